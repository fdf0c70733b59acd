/**
 * How many WebSockets of a site one account opens for direct connections: each is a signed handshake that counts in the
 * keypair's rate limit, and a refusal for that tells no time to wait (API reference, section 9.3).
 */
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';

/** A browser asks for six at once; a notebook keeps one a kernel besides. */
const maxOpen = 48;
/** Under way at the same time: each waits for an answer of the container. */
const maxOpening = 6;
const firstHoldMs = 30_000;
const longestHoldMs = 240_000;

export class Handshakes {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #open = 0;
  #opening = 0;
  #holdUntil = 0;
  #holdMs = firstHoldMs;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Runs one handshake when there is room for it.
   * @param open answers what was opened, and how to hear of its end
   * @throws BerthError `rate-limited` at once while the site holds this key off, `cancelled`, or what `open` throws
   */
  async run<T>(
    open: () => Promise<T>,
    onEnd: (opened: T, ended: () => void) => void,
    signal?: AbortSignal,
  ): Promise<T> {
    while (!this.#hasRoom()) await this.#roomAgain(signal);
    const waitMs = this.#holdUntil - this.#clock.now();
    if (waitMs > 0) {
      this.#next();
      throw new BerthError('rate-limited', {
        place: 'manager',
        retry: 'auto',
        params: { retryAfterSeconds: Math.ceil(waitMs / 1000) },
      });
    }
    this.#open += 1;
    this.#opening += 1;
    const leave = (): void => {
      this.#open -= 1;
      this.#next();
    };
    try {
      const opened = await open();
      this.#holdMs = firstHoldMs;
      onEnd(opened, leave);
      return opened;
    } catch (error) {
      if (error instanceof BerthError && error.code === 'rate-limited') this.#hold();
      leave();
      throw error;
    } finally {
      this.#opening -= 1;
      this.#next();
    }
  }

  #hold(): void {
    this.#holdUntil = this.#clock.now() + this.#holdMs;
    this.#holdMs = Math.min(this.#holdMs * 2, longestHoldMs);
  }

  #hasRoom(): boolean {
    return this.#open < maxOpen && this.#opening < maxOpening;
  }

  /** Somebody left; room may be taken again by the time that this is heard. */
  #roomAgain(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        const at = this.#waiting.indexOf(go);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(new BerthError('cancelled', { place: 'computer' }));
      };
      if (signal?.aborted) {
        onAbort();
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(go);
    });
  }

  #next(): void {
    if (this.#hasRoom()) this.#waiting.shift()?.();
  }
}
