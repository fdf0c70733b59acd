/** What storage volumes count by owner. */
export type QuotaOwner = 'mine' | { readonly projectId: string };

export interface QuotaScope {
  /** Null: not counted, or nothing is there yet. */
  readonly usedBytes: number | null;
  /** Null: no limit. */
  readonly limitBytes: number | null;
}

export interface QuotasApi {
  /**
   * For volumes that count (`FolderHost.capabilities` has `quota`). Throws BerthError `unsupported` before `quotaScopes`, and
   * `refused-by-site` for a volume or a scope that is not the caller's to see.
   * @param host `proxy:volume`
   */
  quotaScope(host: string, owner: QuotaOwner, signal?: AbortSignal): Promise<QuotaScope>;
}
