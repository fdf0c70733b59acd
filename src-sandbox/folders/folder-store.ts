/**
 * Virtual folders: real directories under the data folder, with an index beside them. Every question is asked for a user,
 * who sees own folders and those that others shared.
 */
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivately } from '../write-privately.ts';
import { type Access, type Folder, FolderIndex, type FolderPermission, type Index, type Invitation } from './folder.ts';

/** `proxy:volume`, as every manager names a storage host. */
export const folderHost = 'local:sandbox';
/** So that a newcomer has something to mount. */
const firstFolders = ['data', 'results'] as const;

const trashName = '.trash';

const plainHex = (id: string): string => id.replaceAll('-', '').toLowerCase();

export class FolderStore {
  readonly root: string;
  private readonly file: string;
  private readonly mainUser: string;
  private index: Index;
  private writing: Promise<void> = Promise.resolve();

  private constructor(dataDir: string, mainUser: string, index: Index) {
    this.root = join(dataDir, 'vfolders');
    this.file = join(dataDir, 'vfolders.json');
    this.mainUser = mainUser;
    this.index = index;
  }

  /** `mainUser` owns the first folders. Throws when the index exists but cannot be read: folders must not vanish silently. */
  static async open(dataDir: string, mainUser: string): Promise<FolderStore> {
    const empty = new FolderStore(dataDir, mainUser, { folders: [], grants: [], invitations: [] });
    await mkdir(join(empty.root, trashName), { recursive: true, mode: 0o700 });
    const text = await readFile(empty.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) {
      for (const name of firstFolders) {
        await empty.create(mainUser, { name, permission: 'rw', usageMode: 'general', cloneable: false });
      }
      return empty;
    }
    const read = FolderIndex.safeParse(JSON.parse(text));
    if (!read.success) throw new Error(`${empty.file} is not a list of folders.`);
    const folders = read.data.folders.map((one) => (one.ownerId === '' ? { ...one, ownerId: mainUser } : one));
    const store = new FolderStore(dataDir, mainUser, { ...read.data, folders });
    for (const folder of folders) await mkdir(store.pathOf(folder), { recursive: true, mode: 0o700 });
    return store;
  }

  /** Own folders, in the trash too, then those that others shared. */
  list(userId: string): readonly Access[] {
    const own = this.index.folders
      .filter((folder) => folder.ownerId === userId)
      .map((folder): Access => ({ folder, permission: folder.permission, isOwner: true }));
    const shared = this.index.grants.flatMap((grant): Access[] => {
      const folder = grant.userId === userId ? this.byId(grant.folderId) : null;
      return folder === null ? [] : [{ folder, permission: grant.permission, isOwner: false }];
    });
    return [...own, ...shared];
  }

  /** By name (folders in the trash do not answer to theirs) or by UUID with or without dashes. */
  find(userId: string, reference: string): Access | null {
    const all = this.list(userId);
    const hex = plainHex(reference);
    return (
      all.find(({ folder }) => folder.name === reference && folder.status === 'ready') ??
      all.find(({ folder }) => plainHex(folder.id) === hex) ??
      null
    );
  }

  byId(id: string): Folder | null {
    return this.index.folders.find((folder) => plainHex(folder.id) === plainHex(id)) ?? null;
  }

  countOwn(userId: string): number {
    return this.index.folders.filter((folder) => folder.ownerId === userId).length;
  }

  /** Where the folder is on this machine. The main user's are where a person looks for them. */
  pathOf(folder: Folder): string {
    if (folder.status !== 'ready') return join(this.root, trashName, folder.id);
    if (folder.ownerId === this.mainUser) return join(this.root, folder.name);
    return join(`${this.root}-of-others`, folder.ownerId, folder.name);
  }

  async create(
    ownerId: string,
    order: Pick<Folder, 'name' | 'permission' | 'usageMode' | 'cloneable'>,
  ): Promise<Folder> {
    const createdAt = new Date().toISOString();
    const folder: Folder = { ...order, ownerId, id: randomUUID(), createdAt, status: 'ready' };
    await mkdir(this.pathOf(folder), { recursive: true, mode: 0o700 });
    await this.save((index) => ({ ...index, folders: [...index.folders, folder] }));
    return folder;
  }

  /** Copies what is in one folder into another. */
  async copy(from: Folder, to: Folder): Promise<void> {
    await cp(this.pathOf(from), this.pathOf(to), { recursive: true, verbatimSymlinks: true });
  }

  /** Moves the directory first: a crash between the two leaves a folder that the index still finds by making it anew. */
  async change(
    folder: Folder,
    change: Partial<Pick<Folder, 'name' | 'status' | 'cloneable' | 'permission'>>,
  ): Promise<Folder> {
    const next = { ...folder, ...change };
    if (this.pathOf(next) !== this.pathOf(folder)) await rename(this.pathOf(folder), this.pathOf(next));
    await this.save((index) => ({
      ...index,
      folders: index.folders.map((known) => (known.id === folder.id ? next : known)),
    }));
    return next;
  }

  /** Deletes a folder of the trash with all that is in it. */
  async remove(folder: Folder): Promise<void> {
    await rm(this.pathOf(folder), { recursive: true, force: true });
    await this.save((index) => ({
      folders: index.folders.filter(({ id }) => id !== folder.id),
      grants: index.grants.filter(({ folderId }) => folderId !== folder.id),
      invitations: index.invitations.filter(({ folderId }) => folderId !== folder.id),
    }));
  }

  /** Invitations that the person was sent, and those that were sent in a folder's name. */
  invitations(): readonly Invitation[] {
    return this.index.invitations;
  }

  async invite(folder: Folder, inviter: string, invitee: string, permission: FolderPermission): Promise<Invitation> {
    const createdAt = new Date().toISOString();
    const invitation: Invitation = { id: randomUUID(), folderId: folder.id, inviter, invitee, permission, createdAt };
    await this.save((index) => ({ ...index, invitations: [...index.invitations, invitation] }));
    return invitation;
  }

  /** Takes the invitation away; with a user id that user may use the folder from now on. */
  async settle(invitation: Invitation, acceptedBy: string | null): Promise<void> {
    const { folderId, permission } = invitation;
    await this.save((index) => ({
      ...index,
      invitations: index.invitations.filter(({ id }) => id !== invitation.id),
      grants: acceptedBy === null ? index.grants : [...index.grants, { folderId, userId: acceptedBy, permission }],
    }));
  }

  /** Ends a user's right to somebody else's folder. */
  async leave(folder: Folder, userId: string): Promise<void> {
    await this.save((index) => ({
      ...index,
      grants: index.grants.filter((grant) => grant.folderId !== folder.id || grant.userId !== userId),
    }));
  }

  /** One change after the other, each written down before it counts. */
  private async save(change: (index: Index) => Index): Promise<void> {
    const writing = this.writing.then(async () => {
      const next = change(this.index);
      await writePrivately(this.file, JSON.stringify(next, null, 2));
      this.index = next;
    });
    // Whoever asked for the change is told of its failure; the next change must not be.
    this.writing = writing.catch(() => undefined);
    await writing;
  }
}
