/** Files of a session that would be lost with it: looking for them. */
import { z } from 'zod';
import { Instant, Nothing, SessionRef } from './common.ts';
import { call } from './verbs.ts';

export const CheckId = z.uuid();

/** A folder of the session that outlives it. */
export const MountedFolder = z.strictObject({
  /** In the session, as people write it. */
  path: z.string(),
  freeBytes: z.number().nullable(),
});
export type MountedFolder = z.infer<typeof MountedFolder>;

export const LossReport = z.strictObject({
  checkId: CheckId,
  /** Changed since the session's start, outside mounted folders. */
  files: z.number().int(),
  links: z.number().int(),
  bytes: z.number(),
  /** Set when the look was ended before it had seen everything: the numbers are then a lower bound. */
  stopped: z.enum(['time', 'entries']).nullable(),
  /** Folders that could not be entered; the first of them by name. */
  unreadable: z.strictObject({ count: z.number().int(), names: z.array(z.string()) }),
  /** Names that are no text on this way of looking; they count, but cannot be kept. */
  oddNames: z.number().int(),
  /** Where it looked, as people write it. */
  roots: z.array(z.string()),
  /** `changed`: by the time of any change; `modified`: only by the time that programs may set themselves. */
  comparedBy: z.enum(['changed', 'modified']),
  since: Instant.nullable(),
  /** Writable ones, where files can be copied to. */
  folders: z.array(MountedFolder),
  seconds: z.number(),
});
export type LossReport = z.infer<typeof LossReport>;

/** What came up since a look, right before the end that follows from it. */
export const LossNews = z.strictObject({
  count: z.number().int(),
  bytes: z.number(),
  /** The first of them. */
  names: z.array(z.string()),
  /** The look that found them, which takes the place of the one before; null when there is nothing new. */
  report: LossReport.nullable(),
});
export type LossNews = z.infer<typeof LossNews>;

/** Path as shown (below the home without it, elsewhere from `/`), size in bytes, what it is. In tree order. */
export const LossEntry = z.tuple([z.string(), z.number(), z.enum(['file', 'link'])]);
export type LossEntry = z.infer<typeof LossEntry>;

export const files = {
  /** Looks over the session's link. Cancel the call to end it. Fails with what kept it from looking. */
  look: call(SessionRef, LossReport),
  /** A quick second look: what nobody was told of yet. Fails as `look` does. */
  lookAgain: call(z.strictObject({ checkId: CheckId }), LossNews),
  /** What a look found; at most 50,000. Fails with `not-found` when the look is long ago. */
  entries: call(z.strictObject({ checkId: CheckId }), z.array(LossEntry)),
  /** Where downloads go unless the person says otherwise, and whether the host can ask for a folder. */
  downloadPlace: call(Nothing, z.strictObject({ folder: z.string(), canPick: z.boolean() })),
  /** The host's own dialog. Null: none was chosen. */
  pickFolder: call(z.strictObject({ folder: z.string().max(4096) }), z.strictObject({ folder: z.string().nullable() })),
};
