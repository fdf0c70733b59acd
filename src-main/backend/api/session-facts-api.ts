/** What the site can tell about one session beyond its row: logs, times, reasons, relatives. */
import type {
  AuditPage,
  Relatives,
  Scheduling,
  SchedulingRounds,
  StatusStep,
} from '../../../src-preload/contract/session-facts.ts';

/** A session of system type that only carries SFTP: where its servers listen. */
export interface DirectAccess {
  readonly host: string;
  readonly sshdPorts: readonly number[];
}

export interface SessionFactsApi {
  /** Output of a batch session as kept in its owner's folder; null where there is none. */
  taskLog(kernelId: string, signal?: AbortSignal): Promise<string | null>;
  /** Oldest first; empty where the site keeps no times (`statusHistory`). */
  statusHistory(sessionId: string, signal?: AbortSignal): Promise<StatusStep[]>;
  /** Why it waits or did not start, from wherever the manager's era keeps that. */
  scheduling(sessionId: string, signal?: AbortSignal): Promise<Scheduling>;
  /** The rounds of the scheduler, newest first (`schedulingHistory`; throws BerthError `unsupported` without it). */
  schedulingRounds(sessionId: string, signal?: AbortSignal): Promise<SchedulingRounds>;
  /** What was asked of the session, newest first (`auditLog`, `auditLogScoped`). Throws what the site refuses. */
  auditLog(
    query: { readonly sessionId: string; readonly offset: number; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<AuditPage>;
  /** Sessions it waits for, and (`sessionNodes`) those that wait for it. */
  relatives(sessionId: string, signal?: AbortSignal): Promise<Relatives>;
  /** Null for every session that is not of type `system`, and before 22.09. */
  directAccess(sessionId: string, signal?: AbortSignal): Promise<DirectAccess | null>;
  /**
   * The answer that holds the whole log as the site keeps it, still arriving: it may be larger than fits in memory.
   * @param kernelId another kernel than the main one (`kernelLogs`)
   */
  openLog(sessionId: string, kernelId: string | null, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}
