/** What a person looks up beside the list: newest sessions of a project, use of each project, room on each storage volume. */
import { z } from 'zod';
import { AccountId } from './common.ts';
import { Session } from './sessions.ts';
import { UsageLine } from './usage.ts';
import { call } from './verbs.ts';

/**
 * What a volume counts for somebody. `told`: null for what is not counted or not limited; `not-counted`: the volume does not
 * count by owner; `unsupported`: the site's version has no such question; `refused`: the site did not answer it.
 */
export const VolumeShare = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('told'), usedBytes: z.number().nullable(), limitBytes: z.number().nullable() }),
  z.strictObject({ state: z.enum(['not-counted', 'unsupported', 'refused']) }),
]);
export type VolumeShare = z.infer<typeof VolumeShare>;

export const Volume = z.strictObject({
  /** `proxy:volume` */
  name: z.string(),
  isDefault: z.boolean(),
  /** Of the whole volume, everybody's; null where the site does not tell. */
  usedBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  usedPercent: z.number().nullable(),
  mine: VolumeShare,
  /** Null: no project was asked about. */
  project: VolumeShare.nullable(),
});
export type Volume = z.infer<typeof Volume>;

const ProjectId = z.string().min(1).max(64);

export const overview = {
  /** The newest sessions of a project that run, as far as the site shows them to this account. */
  recent: call(z.strictObject({ accountId: AccountId, projectId: ProjectId }), z.array(Session).max(5)),
  /** What the project's sessions hold, everybody's, of what they may; null where the site does not show it. */
  project: call(
    z.strictObject({ accountId: AccountId, project: z.string().min(1).max(256) }),
    z.array(UsageLine).nullable(),
  ),
  volumes: call(z.strictObject({ accountId: AccountId, projectId: ProjectId.nullable() }), z.array(Volume)),
};
