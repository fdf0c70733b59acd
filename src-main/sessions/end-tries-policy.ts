/** Pure: what a failed request to end a session tells, and whether to send it again (web client parity P-TERM-03). */
import { BerthError } from '../base/berth-error.ts';
import { hasEnded } from './status-policy.ts';

/** Waits before the second and the third try. A person waits with them. */
export const endDelaysMs: readonly number[] = [1_000, 3_000];
/** A site that asks for a longer wait than this is left to the person. */
const longestWaitMs = 5_000;

/**
 * `refused`: an answer that another try does not change; `untaken`: it never came so far as to be taken;
 * `unknown`: it may have been taken, which only the session's status tells.
 */
export type EndFailure = 'refused' | 'untaken' | 'unknown';

export function endFailure(error: unknown): EndFailure {
  if (!(error instanceof BerthError)) return 'refused';
  const { code, params } = error;
  switch (code) {
    case 'rate-limited': {
      // Refused before anything looks at what is asked; the manager's own limit lasts for minutes and tells nothing.
      const stated = params.retryAfterSeconds;
      return typeof stated === 'number' && stated * 1_000 > longestWaitMs ? 'refused' : 'untaken';
    }
    case 'offline':
      return params.reason === 'reset' || params.reason === 'stream-ended' ? 'unknown' : 'untaken';
    case 'timeout':
      return params.reason === 'connect' ? 'untaken' : 'unknown';
    case 'maintenance':
      return params.reason === 'frozen' ? 'refused' : 'unknown';
    case 'server-error':
      return 'unknown';
    case 'bad-answer':
      return params.reason === 'not-http' ? 'refused' : 'unknown';
    default:
      return 'refused';
  }
}

/** Refusals that a session gives which is gone, or on its way: the manager's old registry answers 403 for both. */
export function mayBeOver(error: unknown): boolean {
  return error instanceof BerthError && (error.code === 'session-gone' || error.code === 'forbidden');
}

/** @param now its status; null: the site does not know it any more */
export function isOver(now: string | null): boolean {
  return now === null || hasEnded(now);
}

/**
 * Whether a session is being ended because of what was asked.
 * @param before its status when that was asked; null when nobody knew
 */
export function isOnItsWay(before: string | null, now: string | null, forced: boolean): boolean {
  // Force is for those that are being ended already: that they are proves nothing then.
  return now === 'TERMINATING' && before !== 'TERMINATING' && !(forced && before === null);
}
