/** What the SFTP server does on disk: paths, handles and the calls on them. Names are latin1 strings, one character a byte. */
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { posix } from 'node:path';
import { containerHome } from '../kernel-env.ts';
import { type Attributes, openFlag } from './sftp-wire.ts';

export type Handle =
  | { readonly kind: 'file'; readonly file: fs.FileHandle; readonly append: boolean }
  | { readonly kind: 'directory'; readonly path: string; readonly names: string[] };

/** Open files and directories of one channel; more are refused, so that a client cannot use up the sandbox's own. */
const maxHandles = 256;

export class SftpFiles {
  private readonly home: string;
  private readonly handles = new Map<string, Handle>();
  private nextHandle = 0;

  constructor(home: string) {
    this.home = Buffer.from(home).toString('latin1');
  }

  /** Absolute path as bytes; relative ones are below the home, and `/home/work` is the home. */
  private resolve(path: string): string {
    const absolute = path.startsWith('/') ? posix.normalize(path) : posix.normalize(`${this.home}/${path}`);
    const inHome = absolute === containerHome || absolute.startsWith(`${containerHome}/`);
    const real = inHome ? `${this.home}${absolute.slice(containerHome.length)}` : absolute;
    return real.length > 1 && real.endsWith('/') ? real.slice(0, -1) : real;
  }

  private path(name: string): Buffer {
    return Buffer.from(this.resolve(name), 'latin1');
  }

  handle(name: string): Handle | null {
    return this.handles.get(name) ?? null;
  }

  private add(handle: Handle): string {
    const name = String(this.nextHandle++);
    this.handles.set(name, handle);
    return name;
  }

  /** @returns the handle's name, or null when too many are open. */
  async open(name: string, flags: number, attributes: Attributes): Promise<string | null> {
    if (this.handles.size >= maxHandles) return null;
    const reads = (flags & openFlag.read) !== 0;
    const writes = (flags & openFlag.write) !== 0;
    // Not blocking: opening a named pipe must not take one of the few threads of the sandbox's file calls.
    let mode =
      (reads && writes ? constants.O_RDWR : writes ? constants.O_WRONLY : constants.O_RDONLY) | constants.O_NONBLOCK;
    if (flags & openFlag.append) mode |= constants.O_APPEND;
    if (flags & openFlag.create) mode |= constants.O_CREAT;
    if (flags & openFlag.truncate) mode |= constants.O_TRUNC;
    if (flags & openFlag.exclusive) mode |= constants.O_EXCL;
    const file = await fs.open(this.path(name), mode, (attributes.permissions ?? 0o666) & 0o7777);
    return this.add({ kind: 'file', file, append: (flags & openFlag.append) !== 0 });
  }

  async openDirectory(name: string): Promise<string | null> {
    if (this.handles.size >= maxHandles) return null;
    const found = await fs.readdir(this.path(name), { encoding: 'buffer' });
    const names = ['.', '..', ...found.map((one) => one.toString('latin1'))];
    return this.add({ kind: 'directory', path: this.resolve(name), names });
  }

  async close(name: string): Promise<boolean> {
    const handle = this.handles.get(name);
    if (!handle) return false;
    this.handles.delete(name);
    if (handle.kind === 'file') await handle.file.close();
    return true;
  }

  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.handles.keys()].map((name) => this.close(name)));
  }

  lstat(name: string): Promise<Stats> {
    return fs.lstat(this.path(name));
  }

  stat(name: string): Promise<Stats> {
    return fs.stat(this.path(name));
  }

  async setAttributes(name: string, attributes: Attributes): Promise<void> {
    const path = this.path(name);
    const { size, permissions, accessSeconds, modifySeconds, uid, gid } = attributes;
    if (size !== undefined) await fs.truncate(path, size);
    if (permissions !== undefined) await fs.chmod(path, permissions & 0o7777);
    if (accessSeconds !== undefined && modifySeconds !== undefined) await fs.utimes(path, accessSeconds, modifySeconds);
    if (uid !== undefined && gid !== undefined) await fs.chown(path, uid, gid);
  }

  async setFileAttributes(file: fs.FileHandle, attributes: Attributes): Promise<void> {
    const { size, permissions, accessSeconds, modifySeconds, uid, gid } = attributes;
    if (size !== undefined) await file.truncate(size);
    if (permissions !== undefined) await file.chmod(permissions & 0o7777);
    if (accessSeconds !== undefined && modifySeconds !== undefined) await file.utimes(accessSeconds, modifySeconds);
    if (uid !== undefined && gid !== undefined) await file.chown(uid, gid);
  }

  remove(name: string): Promise<void> {
    return fs.unlink(this.path(name));
  }

  async makeDirectory(name: string, attributes: Attributes): Promise<void> {
    await fs.mkdir(this.path(name), (attributes.permissions ?? 0o777) & 0o7777);
  }

  removeDirectory(name: string): Promise<void> {
    return fs.rmdir(this.path(name));
  }

  /** Resolved as far as it exists; the last part may be missing, as with OpenSSH. */
  async realPath(name: string): Promise<string> {
    const path = this.resolve(name);
    try {
      return await this.resolveLinks(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const parent = await this.resolveLinks(posix.dirname(path));
      return parent === '/' ? `/${posix.basename(path)}` : `${parent}/${posix.basename(path)}`;
    }
  }

  private async resolveLinks(path: string): Promise<string> {
    return (await fs.realpath(Buffer.from(path, 'latin1'), { encoding: 'buffer' })).toString('latin1');
  }

  async readLink(name: string): Promise<string> {
    return (await fs.readlink(this.path(name), { encoding: 'buffer' })).toString('latin1');
  }

  /** Version 3 never replaces a file: a hard link refuses an existing name without a gap between looking and doing. */
  async rename(from: string, to: string): Promise<void> {
    const oldPath = this.path(from);
    const newPath = this.path(to);
    if ((await fs.lstat(oldPath)).isFile()) {
      try {
        await fs.link(oldPath, newPath);
        await fs.unlink(oldPath);
        return;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        // File systems without hard links.
        if (!['EPERM', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
      }
    }
    const taken = await fs.lstat(newPath).catch(() => null);
    if (taken) throw Object.assign(new Error('the new name exists already'), { code: 'EEXIST' });
    await fs.rename(oldPath, newPath);
  }

  /** Replaces an existing file, in one step. */
  replace(from: string, to: string): Promise<void> {
    return fs.rename(this.path(from), this.path(to));
  }

  hardLink(from: string, to: string): Promise<void> {
    return fs.link(this.path(from), this.path(to));
  }

  /** The target is kept as given, not resolved; `/home/work` in it would lead nowhere here and is replaced. */
  symlink(target: string, name: string): Promise<void> {
    const kept = target === containerHome || target.startsWith(`${containerHome}/`) ? this.resolve(target) : target;
    return fs.symlink(Buffer.from(kept, 'latin1'), this.path(name));
  }

  fileSystem(name: string): ReturnType<typeof fs.statfs> {
    return fs.statfs(this.path(name));
  }
}
