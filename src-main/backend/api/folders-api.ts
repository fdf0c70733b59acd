/** Virtual folders: storage of the site that outlives sessions. Moving bytes is in `storage-api.ts`. */
import type { Folder } from '../../../src-preload/contract/launcher.ts';

/** A folder as calls name it: by id where the site's paths take ids (`folderPathsById`), else by name. */
export interface FolderRef {
  readonly id: string;
  readonly name: string;
}

export type FolderPermission = 'ro' | 'rw' | 'wd';

export interface NewFolder {
  readonly name: string;
  /** `proxy:volume`; null: the site's default. */
  readonly host: string | null;
  readonly usageMode: 'general' | 'model' | 'data';
  readonly permission: FolderPermission;
  /** Id of the project that will own it; null: the caller. */
  readonly projectId: string | null;
  readonly cloneable: boolean;
}

/** One place for folders. */
export interface FolderHost {
  /** `proxy:volume` */
  readonly name: string;
  readonly backend: string | null;
  /** E.g. `vfolder`, `quota`, `metric`. */
  readonly capabilities: readonly string[];
  readonly usedBytes: number | null;
  readonly totalBytes: number | null;
  /** Used share in percent where that is all the site tells. */
  readonly usedPercent: number | null;
  /** Resource groups whose sessions carry SFTP to this host. */
  readonly sftpResourceGroups: readonly string[];
}

export interface FolderHosts {
  readonly defaultHost: string | null;
  readonly hosts: readonly FolderHost[];
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  /** Octal digits; null where not told. */
  readonly mode: string | null;
  readonly createdAt: string | null;
  readonly modifiedAt: string | null;
}

export interface Invitation {
  readonly id: string;
  readonly inviter: string;
  readonly invitee: string;
  readonly permission: FolderPermission;
  readonly folderId: string;
  readonly folderName: string;
  readonly createdAt: string | null;
}

export interface FoldersApi {
  /** Folders that exist for a person: those in the trash or being deleted are left out. By name. */
  folders(signal?: AbortSignal): Promise<Folder[]>;
  /** What lies in the trash and may be restored; empty before `folderTrash`. */
  trashedFolders(signal?: AbortSignal): Promise<Folder[]>;
  createFolder(folder: NewFolder, signal?: AbortSignal): Promise<FolderRef>;
  renameFolder(folder: FolderRef, name: string, signal?: AbortSignal): Promise<void>;
  setFolderOptions(
    folder: FolderRef,
    options: { cloneable?: boolean; permission?: FolderPermission },
    signal?: AbortSignal,
  ): Promise<void>;
  /** Into the trash where there is one (`folderTrash`); before, it is gone for good. */
  deleteFolder(folder: FolderRef, signal?: AbortSignal): Promise<void>;
  restoreFolder(folder: FolderRef, signal?: AbortSignal): Promise<void>;
  /** Deletes what lies in the trash for good. */
  eraseFolder(folder: FolderRef, signal?: AbortSignal): Promise<void>;
  /** Drops the record of one that is erased already. */
  purgeFolder(folder: FolderRef, signal?: AbortSignal): Promise<void>;
  /** @returns the copy, and the id of the task that fills it where the site tells */
  cloneFolder(
    folder: FolderRef,
    copy: Omit<NewFolder, 'projectId'>,
    signal?: AbortSignal,
  ): Promise<FolderRef & { readonly taskId: string | null }>;
  /** Hosts the caller may use for a project's folders, or for its own. */
  folderHosts(projectId: string | null, signal?: AbortSignal): Promise<FolderHosts>;
  /** Who may own folders here. */
  folderOwners(signal?: AbortSignal): Promise<('user' | 'group')[]>;

  /** @param path relative to the folder; empty for its root */
  folderEntries(folder: FolderRef, path: string, signal?: AbortSignal): Promise<FolderEntry[]>;
  /** With the folders above it. Throws BerthError where it exists, unless `existing` is welcome. */
  makeFolder(folder: FolderRef, path: string, existing: boolean, signal?: AbortSignal): Promise<void>;
  renameEntry(folder: FolderRef, path: string, newName: string, signal?: AbortSignal): Promise<void>;
  moveEntry(folder: FolderRef, from: string, to: string, signal?: AbortSignal): Promise<void>;
  /** @returns the id of the task that deletes them where that goes on in the background (`deleteFilesAsync`), else null */
  deleteEntries(
    folder: FolderRef,
    paths: readonly string[],
    recursive: boolean,
    signal?: AbortSignal,
  ): Promise<string | null>;

  invitations(signal?: AbortSignal): Promise<Invitation[]>;
  invite(
    folder: FolderRef,
    permission: FolderPermission,
    emails: readonly string[],
    signal?: AbortSignal,
  ): Promise<void>;
  acceptInvitation(invitationId: string, signal?: AbortSignal): Promise<void>;
  declineInvitation(invitationId: string, signal?: AbortSignal): Promise<void>;
  leaveFolder(folder: FolderRef, signal?: AbortSignal): Promise<void>;
  /** Project folders, by administrators. @returns the addresses that the site took */
  shareFolder(
    folder: FolderRef,
    permission: FolderPermission,
    emails: readonly string[],
    signal?: AbortSignal,
  ): Promise<string[]>;
  unshareFolder(folder: FolderRef, emails: readonly string[], signal?: AbortSignal): Promise<string[]>;
}
