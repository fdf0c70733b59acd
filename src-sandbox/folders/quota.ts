/**
 * How much of the site's volume an account's folders take, of how much. Counted like a volume with quotas counts: per owner, over
 * all folders of one. Uploads are held to the limit; programs in sessions write to this machine's disk and are not.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderStore } from './folder-store.ts';

/** Bytes of all files below a folder; what goes away meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sizeOf(path);
    return entry.isFile()
      ? await stat(path).then(
          ({ size }) => size,
          () => 0,
        )
      : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

export class FolderQuota {
  private readonly folders: FolderStore;
  /** Bytes by the owner's policy; null: none. */
  readonly limitOf: (userId: string) => number | null;

  constructor(folders: FolderStore, limitOf: (userId: string) => number | null) {
    this.folders = folders;
    this.limitOf = limitOf;
  }

  /** Null before the first folder: a storage proxy makes the scope with it. */
  async usedBy(userId: string): Promise<number | null> {
    const own = this.folders.list(userId).filter(({ isOwner }) => isOwner);
    if (own.length === 0) return null;
    const sizes = await Promise.all(own.map(({ folder }) => sizeOf(this.folders.pathOf(folder))));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Whether so many bytes more would be too many. Looks at the disk only where there is a limit. */
  async isFull(userId: string, moreBytes: number): Promise<boolean> {
    const limit = this.limitOf(userId);
    return limit !== null && ((await this.usedBy(userId)) ?? 0) + moreBytes > limit;
  }
}
