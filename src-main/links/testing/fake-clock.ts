/** Time that moves when a test says so. */
import type { Clock } from '../../base/clock.ts';

export class FakeClock implements Clock {
  #now: number;
  #timers: { at: number; callback: () => void }[] = [];

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now = (): number => this.#now;

  get pending(): number {
    return this.#timers.length;
  }

  after(delayMs: number, callback: () => void): { dispose(): void } {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return {
      dispose: () => {
        this.#timers = this.#timers.filter((entry) => entry !== timer);
      },
    };
  }

  /** Time passes, and nothing runs: the process was stopped, or the computer slept. */
  jump(byMs: number): void {
    this.#now += byMs;
  }

  /** Runs what is due, in order, letting promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const end = this.#now + byMs;
    for (;;) {
      await settle();
      const due = this.#timers.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((entry) => entry !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
    await settle();
  }
}

export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
