/**
 * What the site knows of one session, and the statuses it can have.
 */
import type { Account } from '../auth/account.ts';
import type { Folder } from '../folders/folder.ts';
import type { Image } from '../images/catalog.ts';
import type { KernelUsage, RunningKernel } from '../runtime/kernel.ts';
import type { Amount } from '../slots/amount.ts';
import type { Slots } from '../slots/slots.ts';

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
export const clusterModes = ['single-node', 'multi-node'] as const;

export interface Mount {
  readonly folder: Folder;
  /** Path inside the folder that is mounted, without slashes at its ends; empty for all of it. */
  readonly subpath: string;
  /** Path below the session's home. */
  readonly target: string;
  readonly readOnly: boolean;
}

export interface Session {
  readonly id: string;
  readonly kernelId: string;
  readonly owner: Account;
  name: string;
  /** True for a session that the sandbox made up to fill a list: it takes no resources and has no processes. */
  readonly madeUp: boolean;
  readonly image: Image;
  readonly tag: string | null;
  readonly priority: number;
  readonly requested: Slots;
  readonly shmem: Amount;
  readonly environ: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly preopenPorts: readonly number[];
  readonly bootstrapScript: string | null;
  readonly startupCommand: string | null;
  readonly dependencies: readonly string[];
  readonly createdAt: number;
  startsAt: number | null;
  scheduledAt: number | null;
  terminatedAt: number | null;
  status: SessionStatus;
  statusInfo: string | null;
  statusData: Readonly<Record<string, unknown>> | null;
  readonly history: Map<SessionStatus, number>;
  result: SessionResult;
  /** True from scheduling until its processes are gone. */
  holdsSlots: boolean;
  kernel: RunningKernel | null;
  containerId: string | null;
  lastUsage: KernelUsage | null;
  usageReadAt: number;
  /** Kept after the kernel is gone. */
  finalLogs: string;
  /** Cuts short whatever the session waits for when it is cancelled. */
  readonly cancel: AbortController;
  retries: number;
}

const over: ReadonlySet<SessionStatus> = new Set(['TERMINATED', 'CANCELLED']);

/** Terminal statuses; ERROR is not one. */
export const isOver = (session: Session): boolean => over.has(session.status);

/** Name rules of a session (API reference, 4.3). */
export const sessionName = /^(?=.{4,64}$)[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9_]$/;
