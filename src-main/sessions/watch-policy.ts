/** When a watcher asks, and how long it waits. Pure. */
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { BerthError } from '../base/berth-error.ts';
import { isMoving } from './status-policy.ts';

/** Waits between tries of the event stream. */
export const eventDelaysMs: readonly number[] = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000];
/** A site without an event stream may get one with its next update. */
export const noEventsDelayMs = 600_000;
/** Waits while the site cannot be asked. */
export const errorDelaysMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** The site counts requests in windows of 15 minutes and says nothing about when to come back (API reference, 9.3). */
export const rateLimitedDelaysMs: readonly number[] = [30_000, 60_000, 120_000];

const movingPollMs = 2_500;
const calmPollMs = 15_000;
/** Beside events: they may be lost, and amounts in use have none. */
const reconcileMs = 20_000;
const idleReconcileMs = 60_000;

/** The wait before the live sessions are listed again. */
export function pollDelayMs(sessions: readonly Session[], live: 'events' | 'polling' | 'none'): number {
  if (live !== 'events') return sessions.some((session) => isMoving(session.status)) ? movingPollMs : calmPollMs;
  return sessions.some((session) => session.family === 'running') ? reconcileMs : idleReconcileMs;
}

export function errorDelaysFor(error: BerthError): readonly number[] {
  return error.code === 'rate-limited' ? rateLimitedDelaysMs : errorDelaysMs;
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
