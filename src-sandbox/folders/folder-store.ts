/**
 * Virtual folders: real directories under the data folder, with an index beside them.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivately } from '../write-privately.ts';

export type FolderStatus = 'ready' | 'delete-pending';

export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly permission: 'ro' | 'rw' | 'wd';
  readonly usageMode: 'general' | 'model' | 'data';
  readonly cloneable: boolean;
  readonly createdAt: string;
  readonly status: FolderStatus;
}

/** `proxy:volume`, as every manager names a storage host. */
export const folderHost = 'local:sandbox';
export const hostPermissions = [
  'create-vfolder',
  'modify-vfolder',
  'delete-vfolder',
  'mount-in-session',
  'upload-file',
  'download-file',
  'invite-others',
  'set-user-specific-permission',
] as const;

/** So that a newcomer has something to mount. */
const firstFolders = ['data', 'results'] as const;

const trashName = '.trash';

function isFolder(value: unknown): value is Folder {
  const folder = value as Record<string, unknown> | null;
  return (
    typeof folder === 'object' &&
    folder !== null &&
    ['id', 'name', 'permission', 'usageMode', 'createdAt', 'status'].every((key) => typeof folder[key] === 'string')
  );
}

export class FolderStore {
  readonly root: string;
  private readonly index: string;
  private folders: readonly Folder[];

  private constructor(root: string, index: string, folders: readonly Folder[]) {
    this.root = root;
    this.index = index;
    this.folders = folders;
  }

  /** Throws when the index exists but cannot be read: folders must not vanish silently. */
  static async open(dataDir: string): Promise<FolderStore> {
    const root = join(dataDir, 'vfolders');
    const index = join(dataDir, 'vfolders.json');
    await mkdir(join(root, trashName), { recursive: true, mode: 0o700 });
    const text = await readFile(index, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) {
      const store = new FolderStore(root, index, []);
      for (const name of firstFolders)
        await store.create({ name, permission: 'rw', usageMode: 'general', cloneable: false });
      return store;
    }
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value) || !value.every(isFolder)) throw new Error(`${index} is not a list of folders.`);
    const store = new FolderStore(root, index, value);
    for (const folder of value) await mkdir(store.pathOf(folder), { recursive: true, mode: 0o700 });
    return store;
  }

  list(): readonly Folder[] {
    return this.folders;
  }

  /** By name (folders in the trash do not answer to theirs) or by UUID with or without dashes. */
  find(reference: string): Folder | null {
    const hex = reference.replaceAll('-', '').toLowerCase();
    return (
      this.folders.find((folder) => folder.name === reference && folder.status === 'ready') ??
      this.folders.find((folder) => folder.id.replaceAll('-', '') === hex) ??
      null
    );
  }

  /** Where the folder is on this machine. */
  pathOf(folder: Folder): string {
    return folder.status === 'ready' ? join(this.root, folder.name) : join(this.root, trashName, folder.id);
  }

  async create(order: Pick<Folder, 'name' | 'permission' | 'usageMode' | 'cloneable'>): Promise<Folder> {
    const folder: Folder = { ...order, id: randomUUID(), createdAt: new Date().toISOString(), status: 'ready' };
    await mkdir(this.pathOf(folder), { recursive: true, mode: 0o700 });
    await this.save([...this.folders, folder]);
    return folder;
  }

  /** Moves the directory first: a crash between the two leaves a folder that the index still finds by making it anew. */
  async change(
    folder: Folder,
    change: Partial<Pick<Folder, 'name' | 'status' | 'cloneable' | 'permission'>>,
  ): Promise<Folder> {
    const next = { ...folder, ...change };
    if (this.pathOf(next) !== this.pathOf(folder)) await rename(this.pathOf(folder), this.pathOf(next));
    await this.save(this.folders.map((known) => (known.id === folder.id ? next : known)));
    return next;
  }

  /** Deletes a folder of the trash with all that is in it. */
  async remove(folder: Folder): Promise<void> {
    await rm(this.pathOf(folder), { recursive: true, force: true });
    await this.save(this.folders.filter((known) => known.id !== folder.id));
  }

  private async save(folders: readonly Folder[]): Promise<void> {
    await writePrivately(this.index, JSON.stringify(folders, null, 2));
    this.folders = folders;
  }
}
