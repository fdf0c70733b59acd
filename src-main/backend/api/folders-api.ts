/** Virtual folders: storage of the site that outlives sessions. */
import type { Folder } from '../../../src-preload/contract/launcher.ts';

export interface FoldersApi {
  /** Folders that exist for a person: those in the trash or being deleted are left out. */
  folders(signal?: AbortSignal): Promise<Folder[]>;
}
