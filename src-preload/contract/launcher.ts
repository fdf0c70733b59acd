/** What can be started: environments, amounts and their bounds, folders to mount. */
import { z } from 'zod';
import { AccountId, AccountRef, Slots } from './common.ts';
import { call } from './verbs.ts';

export const EnvironmentVersion = z.strictObject({
  /** Canonical reference without architecture, as `image` in the create call. */
  image: z.string(),
  architecture: z.string(),
  /** What a person reads in the Version box, e.g. `3.11 · ubuntu22.04 · cuda12`. */
  label: z.string(),
  installed: z.boolean(),
  /** Accelerator families, e.g. `cuda`; `*` for all. */
  accelerators: z.array(z.string()),
  /** Service names declared by the image. */
  services: z.array(z.string()),
  minimum: Slots,
});
export type EnvironmentVersion = z.infer<typeof EnvironmentVersion>;

export const Environment = z.strictObject({
  /** Registry and name without tag; unique. */
  id: z.string(),
  title: z.string(),
  versions: z.array(EnvironmentVersion).min(1),
});
export type Environment = z.infer<typeof Environment>;

export const SlotInfo = z.strictObject({
  name: z.string(),
  /** E.g. `GPU`, `fGPU`, `Core`, `GiB`. */
  unit: z.string(),
  title: z.string(),
  description: z.string(),
  /** Smallest step of an amount, in the slot's own unit: 1 for whole devices, e.g. 0.1 for shares. Null for memory. */
  step: z.number().positive().nullable(),
});
export type SlotInfo = z.infer<typeof SlotInfo>;

/** Who sets a limit. */
export const LimitSource = z.enum(['image', 'policy', 'project', 'resource-group', 'site']);
export type LimitSource = z.infer<typeof LimitSource>;

/** Bounds of one slot: memory in bytes, others in their own unit. Null: no such bound. */
export const Bound = z.strictObject({
  slot: z.string(),
  min: z.number(),
  minBy: LimitSource,
  max: z.number().nullable(),
  maxBy: LimitSource.nullable(),
  /** More than this is allowed, but has to wait. */
  remaining: z.number().nullable(),
  remainingBy: LimitSource.nullable(),
  step: z.number().positive(),
  unit: z.string(),
});
export type Bound = z.infer<typeof Bound>;

export const Preset = z.strictObject({
  name: z.string(),
  slots: Slots,
  /** Bytes as text, or null for the automatic amount. */
  shmem: z.string().nullable(),
  startsNow: z.boolean(),
});
export type Preset = z.infer<typeof Preset>;

export const LauncherOptions = z.strictObject({
  environments: z.array(Environment),
  defaultEnvironment: z.string().nullable(),
  projects: z.array(z.string()),
  resourceGroups: z.array(z.string()),
  slots: z.array(SlotInfo),
});
export type LauncherOptions = z.infer<typeof LauncherOptions>;

export const BoundsInput = z.strictObject({
  accountId: AccountId,
  project: z.string(),
  resourceGroup: z.string(),
  image: z.string(),
  architecture: z.string(),
});

export const LauncherBounds = z.strictObject({
  bounds: z.array(Bound),
  presets: z.array(Preset),
  /** Sessions that may still be started by policy; null when not limited or not told. */
  sessionsLeft: z.number().int().nullable(),
});
export type LauncherBounds = z.infer<typeof LauncherBounds>;

export const Folder = z.strictObject({
  id: z.string(),
  name: z.string(),
  host: z.string(),
  permission: z.enum(['ro', 'rw', 'wd']),
  usageMode: z.string(),
  ownership: z.enum(['user', 'group']),
  /** Names with a leading dot are mounted by the site in every session. */
  automatic: z.boolean(),
  status: z.string(),
  createdAt: z.string().nullable(),

  // Told by some sites only; absent or null otherwise.
  creator: z.string().nullable().optional(),
  /** Of the project that owns it. */
  projectId: z.string().nullable().optional(),
  isOwner: z.boolean().nullable().optional(),
  cloneable: z.boolean().nullable().optional(),
  quotaScope: z.string().nullable().optional(),
});
export type Folder = z.infer<typeof Folder>;

export const launcher = {
  options: call(z.strictObject({ accountId: AccountId, project: z.string().nullable() }), LauncherOptions),
  bounds: call(BoundsInput, LauncherBounds),
};

export const folders = {
  list: call(AccountRef, z.array(Folder)),
};
