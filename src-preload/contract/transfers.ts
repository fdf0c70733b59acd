/** Moving files out of a session: downloads, and copies to a mounted folder inside it. */
import { z } from 'zod';
import { AccountId, Instant, Nothing, Uuid } from './common.ts';
import { ErrorValue } from './errors.ts';
import { CheckId } from './files.ts';
import { call, event } from './verbs.ts';

export const TransferState = z.enum([
  'running',
  /** The link is down; it goes on by itself when it is back. */
  'reconnecting',
  'paused',
  /** Everything is verified; the session is being ended. */
  'ending',
  'done',
  'failed',
  'cancelled',
]);
export type TransferState = z.infer<typeof TransferState>;

export const TransferFailure = z.strictObject({ path: z.string(), error: ErrorValue });
export type TransferFailure = z.infer<typeof TransferFailure>;

export const Transfer = z.strictObject({
  id: Uuid,
  accountId: AccountId,
  sessionId: Uuid,
  sessionName: z.string(),
  siteName: z.string(),
  kind: z.enum(['download', 'copy']),
  /** The folder that was made for it: on this computer, or in the session. */
  folder: z.string(),
  state: TransferState,
  filesTotal: z.number().int(),
  /** Verified and in place. */
  filesDone: z.number().int(),
  bytesTotal: z.number(),
  bytesDone: z.number(),
  /** Over the last seconds; null while nothing moves. */
  bytesPerSecond: z.number().nullable(),
  /** `hash`: compared with the session's own; `second-read`: read twice, since the session cannot hash. */
  verifiedBy: z.enum(['hash', 'second-read']).nullable(),
  /** The session is ended once everything is verified. */
  thenEnd: z.boolean(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  /** Files that could not be kept; the first of them. */
  failures: z.array(TransferFailure),
  failedCount: z.number().int(),
  /** What stopped it as a whole. */
  error: ErrorValue.optional(),
  /** Paused because Berth was quit. */
  interrupted: z.boolean(),
});
export type Transfer = z.infer<typeof Transfer>;

/** First and last place in the look's entries, both included. */
const Range = z.tuple([z.number().int().min(0), z.number().int().min(0)]);

export const KeepInput = z.strictObject({
  checkId: CheckId,
  chosen: z.array(Range).max(50_000),
  to: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('download'), folder: z.string().min(1).max(4096) }),
    z.strictObject({ kind: z.literal('copy'), folder: z.string().min(1).max(4096) }),
  ]),
  thenEnd: z.boolean(),
});
export type KeepInput = z.infer<typeof KeepInput>;

const TransferRef = z.strictObject({ transferId: Uuid });

export const transfers = {
  list: call(Nothing, z.array(Transfer)),
  /** Begins to keep what a look found. Fails with `no-space`, `file-write`, `not-found` before anything is moved. */
  keep: call(KeepInput, Transfer),
  pause: call(TransferRef, Nothing),
  /** Goes on, or tries again what failed. */
  resume: call(TransferRef, Nothing),
  /** Ends it; what is verified stays. */
  cancel: call(TransferRef, Nothing),
  /** Takes an ended one off the list; its files stay. */
  forget: call(TransferRef, Nothing),
  openFolder: call(TransferRef, Nothing),
  changed: event(Transfer),
  removed: event(TransferRef),
};
