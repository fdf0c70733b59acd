/** When a watcher asks, and how long it waits. Pure. */
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import { isMoving } from './status-policy.ts';

/** Waits between tries of the event stream. */
export const eventDelaysMs: readonly number[] = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000];
/** The site said that it closes the stream: it asks for 5 s by a field whose unit it gets wrong (API reference, section 8.2). */
export const closedStreamDelaysMs: readonly number[] = [5_000, 5_000, 15_000, 30_000, 60_000];
/** A site without an event stream may get one with its next update. */
export const noEventsDelayMs = 600_000;
/** A stream that held this long was a good one; shorter ones count as failures, or a stream that only opens would be opened forever. */
export const goodStreamMs = 30_000;
/** Waits while the site cannot be asked. */
export const errorDelaysMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** The site counts requests in windows of 15 minutes and says nothing about when to come back (API reference, 9.3). */
export const rateLimitedDelaysMs: readonly number[] = [30_000, 60_000, 120_000];
/** Asking again with a sign-in that was refused changes nothing; a key that is switched on again is found out some time. */
export const refusedDelaysMs: readonly number[] = [300_000];

/** With the answer's own time and the longest jitter a change is on screen within 3 s. */
const movingPollMs = 2_200;
/**
 * So many live sessions come with one small answer, and may be asked for as often while somebody looks and nothing moves:
 * another client's change then shows as soon as one's own. It is some 400 questions in the site's window of 15 minutes;
 * where that is too many the site says so, and the watcher waits (`rateLimitedDelaysMs`).
 */
const fewSessions = 100;
const calmPollMs = 18_000;
const unseenMovingPollMs = 15_000;
const unseenPollMs = 60_000;
/** Beside events: they may be lost, and amounts in use have none. */
const reconcileMs = 20_000;
const idleReconcileMs = 60_000;
const unseenReconcileMs = 120_000;

export interface WatchMood {
  readonly live: 'events' | 'polling' | 'none';
  /** A window shows this account's sessions. */
  readonly looked: boolean;
}

/** The wait before the live sessions are listed again, without jitter. */
export function pollDelayMs(sessions: readonly Session[], { live, looked }: WatchMood): number {
  if (live === 'events') {
    if (!looked) return unseenReconcileMs;
    return sessions.some((session) => session.family === 'running') ? reconcileMs : idleReconcileMs;
  }
  const moving = sessions.some((session) => isMoving(session.status));
  const few = sessions.filter((session) => session.family !== 'finished').length <= fewSessions;
  if (looked) return moving || few ? movingPollMs : calmPollMs;
  return moving ? unseenMovingPollMs : unseenPollMs;
}

/** The sign-in itself is refused: only signing in again helps. */
export function isSignInRefusal({ code }: BerthError): boolean {
  return code === 'unauthorised' || code === 'signed-out' || code === 'password-expired' || code === 'account-missing';
}

export function errorDelaysFor(error: BerthError): readonly number[] {
  if (isSignInRefusal(error)) return refusedDelaysMs;
  return error.code === 'rate-limited' ? rateLimitedDelaysMs : errorDelaysMs;
}

/** Waits before the event stream is opened again; null: not before somebody is back, or the site could be asked again. */
export function eventDelaysFor(error: unknown): readonly number[] | null {
  if (!(error instanceof BerthError)) return eventDelaysMs;
  if (isSignInRefusal(error)) return null;
  switch (error.code) {
    case 'unsupported':
    case 'forbidden':
    case 'not-found':
      return [noEventsDelayMs];
    case 'rate-limited':
      return rateLimitedDelaysMs;
    default:
      return error.params.reason === 'stream-ended' ? closedStreamDelaysMs : eventDelaysMs;
  }
}

/** Why a session is watched closely: it was started, or it was ended. */
export type WatchGoal = 'running' | 'ended';

const giveUpMs = 600_000;

/**
 * The wait before a session that Berth has just started or ended is asked for again; null when it got there or stands
 * for good. Close at first; one that waits in a queue for hours must not eat the account's request budget.
 */
export function closeWatchDelayMs(session: Session | undefined, watchedMs: number, goal: WatchGoal): number | null {
  if (session === undefined && watchedMs > 30_000) return null;
  if (session !== undefined) {
    if (session.family === 'finished' || session.family === 'broken') return null;
    if (goal === 'running' && !isMoving(session.status)) return null;
    if (goal === 'ended' && watchedMs > giveUpMs) return null;
  }
  return watchedMs < 60_000 ? 1_000 : watchedMs < giveUpMs ? 3_000 : 15_000;
}
