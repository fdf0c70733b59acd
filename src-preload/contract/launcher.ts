/** What can be started: environments, amounts and their bounds, folders to mount. */
import { z } from 'zod';
import { AccountId, AccountRef, Nothing, Slots } from './common.ts';
import { call } from './verbs.ts';

export const EnvironmentVersion = z.strictObject({
  /** Canonical reference without architecture, as `image` in the create call. */
  image: z.string(),
  architecture: z.string(),
  /** What a person reads in the Version box, e.g. `3.11 · ubuntu22.04 · cuda12`. */
  label: z.string(),
  /** The tag as the registry has it. */
  tag: z.string(),
  /** Other names under which the site knows this image. */
  aliases: z.array(z.string()),
  /** Of an image that a person made from a session; null for the site's own. */
  customName: z.string().nullable(),
  installed: z.boolean(),
  /** Accelerator families, e.g. `cuda`; `*` for all. */
  accelerators: z.array(z.string()),
  /** Service names declared by the image. */
  services: z.array(z.string()),
  /** Ports that those services use in the container. */
  servicePorts: z.array(z.number().int()),
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
  /** A kind of device of which a session can have one. */
  atMostOne: z.boolean().optional(),
  /** A kind that uses the machine's own memory, and of which no amount is asked. */
  sharesMemory: z.boolean().optional(),
});
export type SlotInfo = z.infer<typeof SlotInfo>;

/** Who sets a limit. */
export const LimitSource = z.enum(['image', 'policy', 'project', 'resource-group', 'site', 'device']);
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
  /** What a whole session may hold at most, shared by its containers; `max` is for one container. */
  total: z.number().nullable(),
  totalBy: LimitSource.nullable(),
  /** What the person's other sessions hold; null where the site does not tell. */
  own: z.number().nullable(),
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

/** What this site and this account let a person ask for, beside amounts. */
export const LauncherRules = z.strictObject({
  /** False: presets only. */
  customAmounts: z.boolean(),
  /** An image may be named by hand. */
  manualImage: z.boolean(),
  /** 0: no preopen ports. */
  maxPorts: z.number().int().min(0),
  maxShmemBytes: z.number().nullable(),
  batchTimeout: z.boolean(),
  priority: z.boolean(),
  /** A writable folder can be mounted read-only. */
  readOnlyMounts: z.boolean(),
  /** Agents may be chosen by the caller. */
  agents: z.boolean(),
  /** The caller may start sessions for others. */
  owner: z.boolean(),
});
export type LauncherRules = z.infer<typeof LauncherRules>;

export const LauncherOptions = z.strictObject({
  environments: z.array(Environment),
  defaultEnvironment: z.string().nullable(),
  /** Ids of environments that the person keeps at the top. */
  pinned: z.array(z.string()),
  /** Ids of environments that were launched here, the last one first. */
  recent: z.array(z.string()),
  projects: z.array(z.string()),
  /** Id of the project that was asked about. */
  projectId: z.string().nullable(),
  resourceGroups: z.array(z.string()),
  slots: z.array(SlotInfo),
  rules: LauncherRules,
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
  /** Containers that one session may have by policy; null when not told. */
  maxContainers: z.number().int().nullable(),
  /** What is free in the resource groups of the project, this one included. */
  groups: z.array(z.strictObject({ name: z.string(), remaining: Slots })),
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

export const FolderHosts = z.strictObject({
  /** Null where the site has no default. */
  default: z.string().nullable(),
  /** On which folders may be made. */
  hosts: z.array(z.string()),
  /** Whose folders may be mounted in sessions; null where the site does not tell. */
  mountable: z.array(z.string()).nullable(),
});
export type FolderHosts = z.infer<typeof FolderHosts>;

/** Somebody for whom an administrator can start a session. */
export const SessionOwner = z.strictObject({
  email: z.string(),
  fullName: z.string(),
  domain: z.string(),
  /** Of the caller's own domain: elsewhere its projects and resource groups are not the caller's to choose. */
  sameDomain: z.boolean(),
  /** Active ones. */
  accessKeys: z.array(z.string()),
  /** By name. */
  projects: z.array(z.string()),
});
export type SessionOwner = z.infer<typeof SessionOwner>;

/** An agent of the site that takes sessions. */
export const Machine = z.strictObject({
  id: z.string(),
  architecture: z.string().nullable(),
  /** What nobody holds now: memory in bytes, others in their own unit. */
  free: Slots,
  /** All that it has for sessions. */
  whole: Slots,
});
export type Machine = z.infer<typeof Machine>;

export const launcher = {
  options: call(z.strictObject({ accountId: AccountId, project: z.string().nullable() }), LauncherOptions),
  bounds: call(BoundsInput, LauncherBounds),
  /** Looks somebody up by e-mail; null where nobody has it. For administrators. */
  owner: call(z.strictObject({ accountId: AccountId, email: z.string().min(1).max(256) }), SessionOwner.nullable()),
  /** The machines of a resource group, where the site shows them. */
  machines: call(z.strictObject({ accountId: AccountId, resourceGroup: z.string().max(256) }), z.array(Machine)),
  /** Keeps an environment at the top of the list, or no longer. */
  pin: call(
    z.strictObject({ accountId: AccountId, environmentId: z.string().max(1024), pinned: z.boolean() }),
    Nothing,
  ),
  /** Notes that an environment was launched. */
  used: call(z.strictObject({ accountId: AccountId, environmentId: z.string().max(1024) }), Nothing),
};

export const folders = {
  list: call(AccountRef, z.array(Folder)),
  /** Storage hosts and what this account may do on them. */
  hosts: call(AccountRef, FolderHosts),
  /** Makes an ordinary folder of one's own and answers its id. */
  create: call(
    z.strictObject({ accountId: AccountId, name: z.string().min(1).max(64), host: z.string().nullable() }),
    z.strictObject({ id: z.string() }),
  ),
};
