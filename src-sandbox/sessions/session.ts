/**
 * What the site knows of one session, and the statuses it can have.
 */
import { randomUUID } from 'node:crypto';
import type { Account } from '../auth/account.ts';
import type { Folder } from '../folders/folder.ts';
import type { Image } from '../images/catalog.ts';
import type { KernelUsage, RunningKernel } from '../runtime/kernel.ts';
import type { Project } from '../site-facts.ts';
import type { Amount } from '../slots/amount.ts';
import { multiply, type Slots } from '../slots/slots.ts';

/** Every status of managers up to 25.15. A face below 24.12 does not know PREPARED and CREATING. */
export const sessionStatuses = [
  'PENDING',
  'SCHEDULED',
  'PULLING',
  'PREPARING',
  'PREPARED',
  'CREATING',
  'RUNNING',
  'RESTARTING',
  'RUNNING_DEGRADED',
  'TERMINATING',
  'TERMINATED',
  'ERROR',
  'CANCELLED',
] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

export const sessionResults = ['UNDEFINED', 'SUCCESS', 'FAILURE'] as const;
export type SessionResult = (typeof sessionResults)[number];

export const sessionTypes = ['INTERACTIVE', 'BATCH', 'INFERENCE', 'SYSTEM'] as const;
export type SessionType = (typeof sessionTypes)[number];
export const clusterModes = ['single-node', 'multi-node'] as const;
export type ClusterMode = (typeof clusterModes)[number];

export interface Mount {
  readonly folder: Folder;
  /** Path inside the folder that is mounted, without slashes at its ends; empty for all of it. */
  readonly subpath: string;
  /** Path below the session's home. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a new session is made of; its state comes on top. */
export interface SessionOrder {
  readonly owner: Account;
  readonly project: Project;
  readonly resourceGroup: string;
  readonly name: string;
  readonly type: SessionType;
  readonly image: Image;
  readonly tag: string | null;
  readonly priority: number;
  readonly clusterMode: ClusterMode;
  readonly clusterSize: number;
  /** Of one kernel. */
  readonly requested: Slots;
  readonly shmem: Amount;
  readonly environ: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly preopenPorts: readonly number[];
  readonly bootstrapScript: string | null;
  readonly startupCommand: string | null;
  /** Milliseconds since 1970 before which a batch session does not start. */
  readonly startsAt: number | null;
  /** How long a batch session may run. */
  readonly batchTimeoutMs: number | null;
  readonly dependencies: readonly string[];
}

/** One container of a session. */
/** What agents make of many readings of one kernel. */
export interface UsageSums {
  readonly readings: number;
  readonly cpuPercentSum: number;
  readonly cpuPercentMost: number;
  readonly memBytesSum: number;
  readonly memBytesMost: number;
  /** Bytes a second between the last two. */
  readonly readRate: number;
  readonly writeRate: number;
  /** Milliseconds of the process clock. */
  readonly at: number;
}

export interface SessionKernel {
  readonly id: string;
  readonly role: 'main' | 'sub';
  /** Among those of its role, from 1. */
  readonly index: number;
  readonly hostname: string;
  running: RunningKernel | null;
  containerId: string | null;
  lastUsage: KernelUsage | null;
  /** Of all readings so far. */
  usageSums: UsageSums | null;
  usageReadAt: number;
  /** Kept after the kernel is gone. */
  finalLogs: string;
}

function makeKernel(position: number, id: string = randomUUID()): SessionKernel {
  const role = position === 0 ? 'main' : 'sub';
  const index = position === 0 ? 1 : position;
  return {
    id,
    role,
    index,
    hostname: `${role}${index}`,
    running: null,
    containerId: null,
    lastUsage: null,
    usageSums: null,
    usageReadAt: Number.NEGATIVE_INFINITY,
    finalLogs: '',
  };
}

const over: ReadonlySet<SessionStatus> = new Set(['TERMINATED', 'CANCELLED']);

export class Session {
  readonly order: SessionOrder;
  readonly id: string;
  readonly createdAt: number;
  /** True for a session that the sandbox made up to fill a list: it takes no resources and has no processes. */
  readonly madeUp: boolean;
  readonly main: SessionKernel;
  /** All of them, the main one first. */
  readonly kernels: readonly SessionKernel[];
  readonly history: Map<SessionStatus, number>;
  /** Cuts short whatever the session waits for when it is cancelled. */
  readonly cancel = new AbortController();
  name: string;
  scheduledAt: number | null = null;
  terminatedAt: number | null = null;
  status: SessionStatus = 'PENDING';
  statusInfo: string | null = null;
  statusData: Readonly<Record<string, unknown>> | null = null;
  result: SessionResult = 'UNDEFINED';
  commitStatus: 'ready' | 'ongoing' = 'ready';
  /** True from scheduling until its processes are gone. */
  holdsSlots = false;
  /** When its services were last used, in milliseconds since 1970. */
  lastActivityAt: number;
  /** Tunnels that are open now; each counts as activity. */
  openTunnels = 0;
  retries = 0;

  constructor(
    order: SessionOrder,
    { id = randomUUID(), kernelId = randomUUID(), createdAt = Date.now(), madeUp = false }: SessionIdentity = {},
  ) {
    this.order = order;
    this.id = id;
    this.createdAt = createdAt;
    this.madeUp = madeUp;
    this.name = order.name;
    this.main = makeKernel(0, kernelId);
    const subs = Array.from({ length: order.clusterSize - 1 }, (_, index) => makeKernel(index + 1));
    this.kernels = [this.main, ...subs];
    this.history = new Map([['PENDING', createdAt]]);
    this.lastActivityAt = createdAt;
  }

  get owner(): Account {
    return this.order.owner;
  }
  get image(): Image {
    return this.order.image;
  }
  /** What all its kernels hold together. */
  get total(): Slots {
    return multiply(this.order.requested, this.order.clusterSize);
  }
  get isBatch(): boolean {
    return this.order.type === 'BATCH';
  }
}

export interface SessionIdentity {
  readonly id?: string;
  readonly kernelId?: string;
  readonly createdAt?: number;
  readonly madeUp?: boolean;
}

/** Terminal statuses; ERROR is not one. */
export const isOver = (session: Session): boolean => over.has(session.status);

/** Name rules of a session (API reference, 4.3). */
export const sessionName = /^(?=.{4,64}$)[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9_]$/;
