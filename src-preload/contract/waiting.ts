/** Why a session waits, taken apart so that windows can say it in words: reasons, what would help, and the site's own sentences. */
import { z } from 'zod';
import { Instant } from './common.ts';

/** Amounts by slot: bytes for memory, else the slot's own unit. */
const Amounts = z.record(z.string(), z.number());

/** Where amounts are short: on each single machine, in the resource group as a whole, or on the machine that was asked for. */
export const ShortOn = z.enum(['machine', 'group', 'chosen-machine']);
export const QuotaOf = z.enum(['keypair', 'user', 'project', 'domain']);
export type QuotaOf = z.infer<typeof QuotaOf>;

export const WaitedFor = z.strictObject({
  id: z.string().nullable(),
  name: z.string(),
  /** `failed`: it ended, and not with success, so this one will never be let through. */
  state: z.enum(['unfinished', 'failed', 'unknown']),
});
export type WaitedFor = z.infer<typeof WaitedFor>;

export const WaitReason = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('room'),
    slot: z.string(),
    asked: z.number().nullable(),
    free: z.number().nullable(),
    missing: z.number().nullable(),
    on: ShortOn,
  }),
  /** No machine of the resource group, or all of them together, ever has as much. */
  z.strictObject({
    kind: z.literal('too-large'),
    slot: z.string(),
    asked: z.number(),
    most: z.number(),
    on: z.enum(['machine', 'group']),
  }),
  /** No machine has room; the site told no amounts. */
  z.strictObject({ kind: z.literal('full') }),
  /** Machines hold as many containers as they may. */
  z.strictObject({ kind: z.literal('containers'), missing: z.number().nullable() }),
  z.strictObject({
    kind: z.literal('quota'),
    of: QuotaOf,
    limits: Amounts,
    /** The slots that exceed it, where that can be told. */
    over: z.array(
      z.strictObject({ slot: z.string(), asked: z.number(), used: z.number().nullable(), limit: z.number() }),
    ),
    /** More is asked than the quota ever allows. */
    never: z.boolean(),
  }),
  /** As many sessions as the policy allows run already. */
  z.strictObject({ kind: z.literal('sessions'), limit: z.number().nullable(), sftp: z.boolean() }),
  /** Too many sessions wait already. */
  z.strictObject({ kind: z.literal('pending-count'), limit: z.number().nullable() }),
  /** Waiting sessions ask for too much together. */
  z.strictObject({ kind: z.literal('pending-amounts'), waiting: Amounts }),
  z.strictObject({ kind: z.literal('dependency'), sessions: z.array(WaitedFor) }),
  /** It is to start at a time of its own. */
  z.strictObject({ kind: z.literal('start-time'), at: Instant.nullable() }),
  /** The resource group has no machine that is up. */
  z.strictObject({ kind: z.literal('no-machines') }),
  /** No machine can ever run it. */
  z.strictObject({
    kind: z.literal('incompatible'),
    why: z.enum(['architecture', 'chosen-machine', 'placement', 'other']),
    architecture: z.string().nullable(),
  }),
  /** The site's scheduler met an error of its own. */
  z.strictObject({ kind: z.literal('scheduler-error') }),
  /** A condition of the site that Berth does not know; its own sentence is shown. */
  z.strictObject({ kind: z.literal('other'), text: z.string() }),
]);
export type WaitReason = z.infer<typeof WaitReason>;

/** What a person can do next. */
export const WaitHelp = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('ask-less'), slot: z.string().nullable(), by: z.number().nullable() }),
  z.strictObject({ do: z.literal('end-a-session') }),
  z.strictObject({ do: z.literal('cancel-a-waiting') }),
  z.strictObject({ do: z.literal('other-group') }),
  z.strictObject({ do: z.literal('other-project') }),
  z.strictObject({ do: z.literal('other-environment') }),
  z.strictObject({ do: z.literal('look-at'), id: z.string().nullable(), name: z.string() }),
  z.strictObject({ do: z.literal('start-again') }),
  z.strictObject({ do: z.literal('ask-administrator') }),
  z.strictObject({ do: z.literal('wait') }),
]);
export type WaitHelp = z.infer<typeof WaitHelp>;

export const Waiting = z.strictObject({
  /** The one that matters most first. */
  reasons: z.array(WaitReason),
  /** The site gave no reason that says more; these come from comparing what is asked with what is left. */
  computed: z.boolean(),
  /** It will not start by waiting. */
  never: z.boolean(),
  /** Place in the queue of its resource group, from 1; null where the site does not tell. */
  place: z.number().int().positive().nullable(),
  tries: z.number().int().nullable(),
  lastTryAt: Instant.nullable(),
  /** At most two. */
  help: z.array(WaitHelp).max(2),
  /** The site's own sentences, whole. */
  said: z.array(z.string()),
  /** Conditions that are met, by the site's names; absent where it does not tell. */
  passed: z.array(z.string()).optional(),
});
export type Waiting = z.infer<typeof Waiting>;
