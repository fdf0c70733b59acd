/** Compute sessions: list, start, end. */
import { z } from 'zod';
import { AccountId, AccountRef, Instant, Nothing, SessionRef, Slots, Uuid } from './common.ts';
import { ErrorValue } from './errors.ts';
import {
  AuditPage,
  IdleCheck,
  Metric,
  Relatives,
  SchedulingRounds,
  SessionMount,
  TaskProgress,
} from './session-facts.ts';
import { OwnImages, SessionRules } from './session-rules.ts';
import { call, event, stream } from './verbs.ts';
import { Waiting } from './waiting.ts';

/** What a status means for a person; the site's own word stays beside it. */
export const StatusFamily = z.enum(['waiting', 'starting', 'running', 'ending', 'finished', 'broken', 'unknown']);
export type StatusFamily = z.infer<typeof StatusFamily>;

export const SessionTab = z.enum(['running', 'finished', 'other']);
export type SessionTab = z.infer<typeof SessionTab>;

export const Kernel = z.strictObject({
  id: z.string(),
  hostname: z.string(),
  role: z.string(),
  status: z.string(),
  statusInfo: z.string().nullable().optional(),
  index: z.number().int().nullable().optional(),
  containerId: z.string().nullable().optional(),
  /** Machine it runs on; null where the site hides it. */
  agent: z.string().nullable().optional(),
  slots: Slots.optional(),
  /** Measured now, or at the end of a session that is over; empty where the site tells nothing. */
  metrics: z.array(Metric).optional(),
});

/** One error of a start that failed, as the site keeps it. */
export const Failure = z.strictObject({
  name: z.string().nullable(),
  /** The error in the words of the program that met it. */
  text: z.string().nullable(),
  /** `agent`, or another part of the site. */
  source: z.string().nullable(),
  /** The machine it happened on. */
  agent: z.string().nullable(),
  traceback: z.string().nullable(),
});
export type Failure = z.infer<typeof Failure>;

/** Amounts in use now; null where the site does not tell. CPU in cores, memory in bytes. */
export const LiveUse = z.strictObject({
  cpuCores: z.number().nullable(),
  memBytes: z.number().nullable(),
});
export type LiveUse = z.infer<typeof LiveUse>;

export const Session = z.strictObject({
  id: Uuid,
  name: z.string(),
  /** Upper case as most of the wire has it: PENDING, RUNNING, ... Unknown ones are shown as they are. */
  status: z.string(),
  family: StatusFamily,
  tab: SessionTab,
  statusInfo: z.string().nullable(),
  /** Why it waits or failed, in the site's words, one line each; empty when the site gave none. */
  reasons: z.array(z.string()),
  queuePosition: z.number().int().nullable(),
  /** 0..1 while an image is fetched and the site tells; else null. */
  type: z.string(),
  image: z.string(),
  /** What a person reads: environment and version. */
  environment: z.string(),
  architecture: z.string(),
  resourceGroup: z.string().nullable(),
  project: z.string().nullable(),
  clusterSize: z.number().int(),
  /** Amounts given; amounts asked while nothing is given yet. */
  slots: Slots,
  shmemBytes: z.number().nullable(),
  live: LiveUse.nullable(),
  mounts: z.array(z.string()),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  terminatedAt: Instant.nullable(),
  /** Times per status where the site keeps them, in order. */
  history: z.array(z.strictObject({ status: z.string(), at: Instant })),
  /** Service names, empty until it runs. */
  services: z.array(z.string()),
  kernels: z.array(Kernel),
  accessKey: z.string().nullable(),

  // Told by some sites only; absent or null otherwise.
  /** Amounts asked; what was given may be less. */
  asked: Slots.optional(),
  tag: z.string().nullable().optional(),
  priority: z.number().int().nullable().optional(),
  clusterMode: z.string().nullable().optional(),
  domain: z.string().nullable().optional(),
  projectId: z.string().nullable().optional(),
  owner: z.string().nullable().optional(),
  startupCommand: z.string().nullable().optional(),
  /** When a batch session may start at the earliest. */
  startsAt: Instant.nullable().optional(),
  /** SUCCESS or FAILURE of a batch session that is over; null while undefined. */
  result: z.string().nullable().optional(),
  idleChecks: z.array(IdleCheck).optional(),
  /** `ready` or `ongoing`: whether a container image is being made of it. */
  commitStatus: z.string().nullable().optional(),
  /** Machines it runs on, where the site shows them. */
  agents: z.array(z.string()).optional(),
  /** Sessions that have to succeed before this one starts. */
  dependsOn: z.array(z.strictObject({ id: z.string(), name: z.string() })).optional(),
  /** Mounted folders by id, where the site tells; `mounts` has the names. */
  mountIds: z.array(z.string()).optional(),
  /** More of those; in no order that belongs to `mounts`. */
  mounted: z.array(SessionMount).optional(),
  /** Errors of its start; several where kernels failed each for itself. */
  failures: z.array(Failure).optional(),
  /** Measured over all its containers. */
  metrics: z.array(Metric).optional(),
});
export type Session = z.infer<typeof Session>;

export const SessionCounts = z.strictObject({
  running: z.number().int(),
  finished: z.number().int(),
  other: z.number().int(),
});
export type SessionCounts = z.infer<typeof SessionCounts>;

export const SessionList = z.strictObject({
  sessions: z.array(Session),
  counts: SessionCounts,
  /** When the site last answered; null before the first answer. */
  asOf: Instant.nullable(),
  /** False while further pages are still being read. */
  complete: z.boolean(),
  /** Older finished sessions that the site has and that are not in the list; `readOn` reads more of them. */
  unread: z.number().int().optional(),
  /** How changes arrive now. */
  live: z.enum(['events', 'polling', 'none']),
  /** Set while the site cannot be asked; the list then stays as of `asOf`. */
  error: ErrorValue.optional(),
});
export type SessionList = z.infer<typeof SessionList>;

/** Columns of numbers that belong to the instants of `at`; null where the site told nothing. */
const Readings = z.array(z.number().nullable());

/** What a session used over time, oldest first; near times are finer than far ones. Empty when nothing is known. */
export const UseHistory = z.strictObject({
  sessionId: Uuid,
  /** Milliseconds since 1970. */
  at: z.array(z.number()),
  /** CPU in cores, memory in bytes, GPUs in whole GPUs (1 is one of them fully busy), GPU memory in bytes. */
  cpuCores: Readings,
  memBytes: Readings,
  gpus: Readings,
  gpuMemBytes: Readings,
});
export type UseHistory = z.infer<typeof UseHistory>;

/** Name rule of the API reference, section 4.3. */
export const SessionName = z.string().regex(/^\w[\w.-]{2,62}\w$/);

/** Name rule of customized images (web client parity P-COMMIT-01). */
export const ImageName = z.string().regex(/^[A-Za-z0-9._-]{4,32}$/);

/** Environment variables of a session: names as a shell takes them. */
export const Environ = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string());

/** How one folder is mounted; what is left out is the site's own choice. */
export const MountOptions = z.strictObject({
  /** Absolute, or below `/home/work`; without it `/home/work/<name>`. */
  target: z.string().min(1).max(4096).optional(),
  /** Read-only although the folder could be written (`mountOptions`). */
  readOnly: z.boolean().optional(),
  /** Only this folder inside it; not where folders are mounted by id. */
  subpath: z.string().min(1).max(4096).optional(),
});
export type MountOptions = z.infer<typeof MountOptions>;

/** API reference, section 4.3. What a site's manager does not know is refused with `unsupported` before anything is sent. */
export const StartInput = z.strictObject({
  accountId: AccountId,
  name: SessionName,
  image: z.string().min(1).max(1024),
  architecture: z.string().min(1).max(64),
  project: z.string().min(1).max(256),
  resourceGroup: z.string().min(1).max(256),
  slots: Slots,
  shmemBytes: z.number().int().positive().nullable(),
  /** Folder ids of `folders.list`. */
  mounts: z.array(z.string()).max(256),
  /** By folder id; for ids in `mounts` only. */
  mountOptions: z.record(z.string(), MountOptions).optional(),
  /** Interactive without it. */
  type: z.enum(['interactive', 'batch', 'inference', 'system']).optional(),
  /** What a batch session runs; required there, refused elsewhere. */
  startupCommand: z.string().min(1).max(65_536).optional(),
  /** Batch only: ISO time, or a duration such as `2h`. */
  startsAt: z.string().min(1).max(64).optional(),
  /** Batch only: seconds, or `30s`, `5m`, `2h`, `1d`. */
  batchTimeout: z
    .string()
    .regex(/^\d+(\.\d+)?[smhd]?$/)
    .optional(),
  environ: Environ.optional(),
  preopenPorts: z.array(z.number().int().min(1024).max(65_535)).max(64).optional(),
  /** Instead of the script stored on the site; plain text. */
  bootstrapScript: z.string().max(65_536).optional(),
  clusterMode: z.enum(['single-node', 'multi-node']).optional(),
  clusterSize: z.number().int().min(1).max(1024).optional(),
  priority: z.number().int().min(0).max(100).optional(),
  jobPriority: z.number().int().optional(),
  preemptible: z.boolean().optional(),
  /** Sessions that have to succeed before this one starts. */
  dependencies: z.array(Uuid).max(64).optional(),
  /** Machines chosen by name; administrators only on most sites. */
  agents: z.array(z.string()).max(1024).optional(),
  tag: z.string().max(64).optional(),
  /** Lets a fractional GPU be put together from pieces of several. */
  allowFractionalFragmentation: z.boolean().optional(),
  /** An existing network of the site to attach to. */
  network: Uuid.optional(),
  /** For somebody else, by administrators: their access key and, where it is another, their domain. */
  ownerAccessKey: z.string().min(1).max(256).optional(),
  ownerDomain: z.string().min(1).max(256).optional(),
});
export type StartInput = z.infer<typeof StartInput>;

/** How a session may be ended on its site, in the state that it is in. */
export const Ending = z.strictObject({
  /** `over`: there is nothing left to end. */
  plain: z.enum(['ends', 'cancels', 'refused', 'over']),
  force: z.enum(['offered', 'refused', 'unneeded']),
  /** Why force is offered or not. */
  reason: z.enum(['unneeded', 'ending', 'starting', 'failed', 'pulling', 'pulling-superadmin', 'over']),
});
export type Ending = z.infer<typeof Ending>;

export const sessions = {
  list: call(z.strictObject({ accountId: AccountId, tab: SessionTab }), SessionList),
  get: call(SessionRef, Session),
  /** Reads more of the finished sessions, the newest first; they come as changes. */
  readOn: call(AccountRef, Nothing),
  /** All sessions of a project that the site lets this account see, newest first; the running or the finished ones. */
  ofProject: call(
    z.strictObject({
      accountId: AccountId,
      projectId: z.string().min(1).max(64),
      finished: z.boolean(),
      limit: z.number().int().min(1).max(1000),
    }),
    z.strictObject({ sessions: z.array(Session), total: z.number().int() }),
  ),
  start: call(StartInput, z.strictObject({ sessionId: Uuid, name: z.string() })),
  terminate: call(z.strictObject({ accountId: AccountId, sessionId: Uuid, forced: z.boolean() }), Nothing),
  /** Why it waits. For sessions that do not wait, what is known of their start. */
  waiting: call(SessionRef, Waiting),
  /** What it depends on, and what depends on it. */
  relatives: call(SessionRef, Relatives),
  ending: call(SessionRef, Ending),
  rules: call(AccountRef, SessionRules),
  /** The rounds of the scheduler (`rounds` of the rules). */
  rounds: call(SessionRef, SchedulingRounds),
  /** What was asked of it (`audit` of the rules), newest first. */
  audit: call(
    z.strictObject({
      ...SessionRef.shape,
      offset: z.number().int().min(0).max(1_000_000),
      limit: z.number().int().min(1).max(100),
    }),
    AuditPage,
  ),
  /** How many images of one's own there are, and may be. */
  ownImages: call(AccountRef, OwnImages),
  /** Saves the container as an image of one's own; `committing` tells how far it is. */
  commit: call(z.strictObject({ accountId: AccountId, sessionId: Uuid, imageName: ImageName }), Nothing),
  commitState: call(SessionRef, TaskProgress.nullable()),
  committing: event(z.strictObject({ accountId: AccountId, sessionId: Uuid, progress: TaskProgress })),
  rename: call(z.strictObject({ accountId: AccountId, sessionId: Uuid, name: SessionName }), Nothing),
  /** What was used since `sinceMs` (milliseconds since 1970), thinned to at most `points` a session; kept while Berth runs. */
  useHistory: call(
    z.strictObject({
      accountId: AccountId,
      sessionIds: z.array(Uuid).max(200),
      sinceMs: z.number(),
      points: z.number().int().min(2).max(1000),
    }),
    z.array(UseHistory),
  ),
  /** Open while a window shows the sessions of an account: Berth asks the site more often then. No bytes, no messages. */
  look: stream(AccountRef, Nothing, Nothing),
  /** Rows that are new or different since the last event, and the state of watching. */
  changed: event(
    z.strictObject({
      accountId: AccountId,
      changed: z.array(Session),
      removed: z.array(Uuid),
      counts: SessionCounts,
      asOf: Instant.nullable(),
      complete: z.boolean(),
      unread: z.number().int().optional(),
      live: z.enum(['events', 'polling', 'none']),
      error: ErrorValue.optional(),
    }),
  ),
};
