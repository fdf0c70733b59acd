/**
 * The rolling rate limit of a keypair. Only answers that succeed carry its headers; a 429 carries none.
 */

/** The window that managers announce in `X-RateLimit-Window`. */
export const windowSeconds = 900;
const slotSeconds = 10;

export class RateLimit {
  private readonly limit: number;
  private readonly now: () => number;
  /** Requests counted per slot of ten seconds: a rolling window without one entry a request. */
  private readonly slots = new Map<number, number>();

  constructor(limit: number, now: () => number = Date.now) {
    this.limit = limit;
    this.now = now;
  }

  /** Counts one request; `null` when the limit is exceeded. */
  take(): Record<string, string> | null {
    const slot = Math.floor(this.now() / 1000 / slotSeconds);
    let total = 0;
    for (const [key, count] of this.slots) {
      if (key <= slot - windowSeconds / slotSeconds) this.slots.delete(key);
      else total += count;
    }
    if (total >= this.limit) return null;
    this.slots.set(slot, (this.slots.get(slot) ?? 0) + 1);
    return rateHeaders(this.limit, this.limit - total - 1);
  }
}

export function rateHeaders(limit: number, remaining: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Window': String(windowSeconds),
  };
}

/** What answers to unsigned requests announce. */
export const anonymousRateHeaders = rateHeaders(1000, 1000);
