/** What can be started on a site, and how much of it. */
import type { LauncherBounds, LauncherOptions } from '../../../src-preload/contract/launcher.ts';

export interface CatalogueApi {
  launcherOptions(project: string | null, signal?: AbortSignal): Promise<LauncherOptions>;
  launcherBounds(
    query: { project: string; resourceGroup: string; image: string; architecture: string },
    signal?: AbortSignal,
  ): Promise<LauncherBounds>;
}
