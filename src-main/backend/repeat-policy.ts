/** Whether a request that may be sent twice is sent again, and when. Pure. */
import { backoffMs } from '../base/backoff.ts';
import { BerthError } from '../base/berth-error.ts';

/** Two more tries. Short: a person is waiting, and whoever watches has longer waits of its own. */
export const repeatDelaysMs: readonly number[] = [250, 1_000];
/** A manager's limit is for 15 minutes and tells nothing (API reference, section 9.3); a proxy's is for a moment. */
export const rateLimitedRepeatMs = 2_000;
/** A longer wait than this is for the caller to decide. */
const longestWaitMs = 5_000;

/**
 * The wait before the next try; null when there is none: what went wrong will not pass by itself, or was tried enough.
 * @param attempt tries made before this failure, less one
 * @param random in [0, 1)
 */
export function repeatDelayMs(error: unknown, attempt: number, random: number): number | null {
  if (!(error instanceof BerthError)) return null;
  const stated = error.params.retryAfterSeconds;
  if (typeof stated === 'number' && stated * 1_000 > longestWaitMs) return null;
  const least = typeof stated === 'number' ? stated * 1_000 : 0;
  if (error.code === 'rate-limited') {
    return attempt > 0 ? null : Math.max(least, backoffMs([rateLimitedRepeatMs], 0, random));
  }
  if (attempt >= repeatDelaysMs.length || !isPassing(error)) return null;
  return Math.max(least, backoffMs(repeatDelaysMs, attempt, random));
}

function isPassing({ code, params }: BerthError): boolean {
  switch (code) {
    case 'server-error':
      return true;
    case 'maintenance':
      return params.reason !== 'frozen';
    case 'offline':
      return params.reason === 'reset';
    case 'bad-answer':
      return params.reason === 'truncated';
    default:
      return false;
  }
}
