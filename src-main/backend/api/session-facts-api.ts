/** What the site can tell about one session beyond its row: logs, times, reasons, relatives. */

export interface SessionFactsApi {
  /** The whole log as the site keeps it. @param kernelId another kernel than the main one (`kernelLogs`) */
  logs(sessionId: string, kernelId?: string | null, signal?: AbortSignal): Promise<string>;
}
