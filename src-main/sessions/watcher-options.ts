/** What a session watcher is given, what it tells, and its sizes. */
import type { SessionList } from '../../src-preload/contract/sessions.ts';
import type { SiteApi } from '../backend/site-api.ts';
import type { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { BookChanges } from './session-book.ts';

export const pageSize = 500;
/** Finished sessions to begin with, and how many more each time somebody wants to see further back. */
export const firstFinished = 1_000;
export const moreFinished = 3_000;
/** More than this are not held in memory. */
export const maxFinished = 20_000;
/** Events come in bursts: a session's own and its kernels'. */
export const coalesceMs = 150;
export const emitMs = 80;
/** Thousands of changes are told in pieces, so that neither side is busy with one message for longer than a frame. */
export const mostTold = 250;
export const nextPieceMs = 20;
/** An answer of so long ago is still news. */
export const freshMs = 3_000;
/** More sessions than this are cheaper by the page. */
export const maxSingleReads = 8;

export type WatchState = Pick<SessionList, 'counts' | 'asOf' | 'complete' | 'unread' | 'live' | 'error'>;

/** Of a watcher's timers. */
export type Purpose = 'poll' | 'batch' | 'emit' | 'retry' | 'events';

export interface SessionWatcherOptions {
  /** Looked up for each use: a reconnected account has a new one. Throws BerthError while there is none. */
  readonly api: () => SiteApi;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onChange: (changes: BookChanges, state: WatchState) => void;
  readonly onEnded: (sessionId: string) => void;
  readonly onTrouble: (error: BerthError) => void;
}
