/** How much of a site a person uses, of how much: their own, in a resource group, and of the group as a whole. */
import { z } from 'zod';
import { AccountId } from './common.ts';
import { call } from './verbs.ts';

/** Who sets the limit that binds first; `machines`: all there is. */
export const UsageBy = z.enum(['policy', 'project', 'domain', 'resource-group', 'machines']);
export type UsageBy = z.infer<typeof UsageBy>;

/** Memory in bytes, others in their own unit. */
export const UsageLine = z.strictObject({
  slot: z.string(),
  /** In the site's words; null where it has none. */
  unit: z.string().nullable(),
  used: z.number(),
  /** Null: no limit. */
  limit: z.number().nullable(),
  by: UsageBy.nullable(),
});
export type UsageLine = z.infer<typeof UsageLine>;

export const Usage = z.strictObject({
  project: z.string(),
  resourceGroup: z.string().nullable(),
  resourceGroups: z.array(z.string()),
  mine: z.array(UsageLine),
  inGroup: z.array(UsageLine),
  /** Of everybody; null where the site does not show its machines, or when it was not asked for. */
  group: z.array(UsageLine).nullable(),
});
export type Usage = z.infer<typeof Usage>;

export const usage = {
  read: call(
    z.strictObject({
      accountId: AccountId,
      /** By name; null: the first one. */
      project: z.string().max(256).nullable(),
      resourceGroup: z.string().max(256).nullable(),
      /** Also what everybody uses of the resource group. */
      whole: z.boolean(),
    }),
    Usage,
  ),
};
