/**
 * What a person asked for in the launcher: a plain value that can be kept, compared, written to a file and read again.
 * It holds choices only, as typed; whatever is null or empty follows from the site's answers when it is used. The
 * create call's input is derived from it by `start-input-policy.ts` of the launcher, never stored.
 */
import { z } from 'zod';

/** Texts as typed: amounts are kept exactly so, also while they are no numbers yet. */
const Typed = z.string().max(64);

/** Per container. CPU in cores, memory in GiB, `gpu` in the unit of the chosen accelerator slot. */
export const TypedAmounts = z.strictObject({ cpu: Typed, mem: Typed, gpu: Typed });
export type TypedAmounts = z.infer<typeof TypedAmounts>;

export const MountChoice = z.strictObject({
  /** Folder id of `folders.list`. */
  id: z.string().max(128),
  /** Its name when it was ticked, to name it when it is gone. */
  name: z.string().max(256),
  /** Path in the container as typed; empty: `/home/work/<name>`. */
  alias: z.string().max(1024),
  readOnly: z.boolean(),
});
export type MountChoice = z.infer<typeof MountChoice>;

export const EnvVariable = z.strictObject({ name: z.string().max(256), value: z.string().max(32_768) });
export type EnvVariable = z.infer<typeof EnvVariable>;

export const PortChoice = z.strictObject({
  /** One port or a range `a:b`, as typed. */
  ports: z.string().max(64),
  /** What Berth calls it; the site knows numbers only. */
  name: z.string().max(64),
});
export type PortChoice = z.infer<typeof PortChoice>;

export const TimeUnit = z.enum(['s', 'm', 'h', 'd', 'w']);
export type TimeUnit = z.infer<typeof TimeUnit>;

export const BatchChoice = z.strictObject({
  command: z.string().max(65_536),
  /** Local date and time without zone, `2026-05-01T09:30`; null: as soon as possible. */
  startsAt: z.string().max(32).nullable(),
  /** Null: no limit. */
  timeout: z.strictObject({ amount: Typed, unit: TimeUnit }).nullable(),
});
export type BatchChoice = z.infer<typeof BatchChoice>;

export const OwnerChoice = z.strictObject({
  email: z.string().max(256),
  accessKey: z.string().max(256),
  /** One of theirs; absent: the project chosen for oneself. */
  project: z.string().max(256).optional(),
});
export type OwnerChoice = z.infer<typeof OwnerChoice>;

export const LaunchSpec = z.strictObject({
  name: z.string().max(256),
  type: z.enum(['interactive', 'batch']),
  environmentId: z.string().max(1024).nullable(),
  /** `image@architecture`. */
  version: z.string().max(1024).nullable(),
  /** A full image name typed by hand; not empty: it stands instead of environment and version. */
  manualImage: z.string().max(1024),
  project: z.string().max(256).nullable(),
  resourceGroup: z.string().max(256).nullable(),
  /** Null: the first preset that fits. */
  preset: z.string().max(256).nullable(),
  /** Set once an amount was edited: then no preset counts. */
  custom: TypedAmounts.nullable(),
  /** Slot name of the accelerator, e.g. `cuda.shares`. */
  accelerator: z.string().max(128).nullable(),
  /** GiB as typed; null: the automatic amount. */
  shmem: Typed.nullable(),
  clusterMode: z.enum(['single-node', 'multi-node']),
  clusterSize: Typed,
  /** How many sessions alike in one go. */
  count: Typed,
  mounts: z.array(MountChoice).max(256),
  batch: BatchChoice,
  environ: z.array(EnvVariable).max(512),
  /** Null: the image's own settings; else thread counts that the image is told. */
  threads: z.strictObject({ openmp: Typed, openblas: Typed }).nullable(),
  ports: z.array(PortChoice).max(256),
  bootstrap: z.string().max(65_536),
  /** 0 to 100 as typed; empty: the site's own. */
  priority: Typed,
  /** Ids of sessions that must end with success first. */
  dependencies: z.array(z.string().max(128)).max(64),
  /** Null: for oneself. */
  owner: OwnerChoice.nullable(),
  /** Ids of agents; empty: the site chooses. */
  agents: z.array(z.string().max(256)).max(64),
});
export type LaunchSpec = z.infer<typeof LaunchSpec>;

/** The form before anybody touched it. */
export const emptySpec: LaunchSpec = {
  name: '',
  type: 'interactive',
  environmentId: null,
  version: null,
  manualImage: '',
  project: null,
  resourceGroup: null,
  preset: null,
  custom: null,
  accelerator: null,
  shmem: null,
  clusterMode: 'single-node',
  clusterSize: '1',
  count: '1',
  mounts: [],
  batch: { command: '', startsAt: null, timeout: null },
  environ: [],
  threads: null,
  ports: [],
  bootstrap: '',
  priority: '',
  dependencies: [],
  owner: null,
  agents: [],
};
