/**
 * Where requests wait: for a link that comes back, bounded in number and time; for a turn, so that a burst does not open
 * a channel each. Their bodies stay in the senders' sockets: nothing is read of a request that waits.
 */
import type { Clock } from '../base/clock.ts';

export interface HoldLimits {
  /** Requests that wait for a lost link, of one place. Each keeps at most a socket's buffer of its body. */
  readonly maxHeld: number;
  readonly holdMs: number;
}

/** Long enough for a link that was away for 20 s to find its way back. */
export const holdLimits: HoldLimits = { maxHeld: 128, holdMs: 40_000 };

export type HoldEnd = 'ready' | 'full' | 'late' | 'failed';

export class HoldGate {
  readonly #limits: HoldLimits;
  readonly #clock: Clock;
  #held = 0;

  constructor(limits: HoldLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get held(): number {
    return this.#held;
  }

  /**
   * Waits for `ready`, which must stop waiting when its signal aborts.
   * @param gone aborts when whoever asked is gone
   */
  async wait(ready: (signal: AbortSignal) => Promise<unknown>, gone: AbortSignal): Promise<HoldEnd> {
    if (this.#held >= this.#limits.maxHeld) return 'full';
    this.#held += 1;
    const own = new AbortController();
    const stop = (): void => own.abort();
    let isLate = false;
    const timer = this.#clock.after(this.#limits.holdMs, () => {
      isLate = true;
      own.abort();
    });
    gone.addEventListener('abort', stop, { once: true });
    try {
      await ready(own.signal);
      return 'ready';
    } catch {
      // Why is in the state of the link; what matters here is that it is not up.
      return isLate ? 'late' : 'failed';
    } finally {
      timer.dispose();
      gone.removeEventListener('abort', stop);
      this.#held -= 1;
    }
  }
}

/** Turns: so many at a time, the rest in the order in which they came. */
export class Turns {
  readonly #max: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls `start` when it is this one's turn, at once if there is one; the answer ends the turn or the wait for it. */
  take(start: () => void): () => void {
    let state: 'waiting' | 'running' | 'over' = 'waiting';
    const run = (): void => {
      this.#taken += 1;
      state = 'running';
      start();
    };
    if (this.#taken < this.#max) run();
    else this.#waiting.add(run);
    return () => {
      const was = state;
      state = 'over';
      if (was === 'waiting') this.#waiting.delete(run);
      if (was !== 'running') return;
      this.#taken -= 1;
      const [next] = this.#waiting;
      if (!next || this.#taken >= this.#max) return;
      this.#waiting.delete(next);
      next();
    };
  }
}
