/**
 * The person's own `~/.ssh/config`, which Berth touches in one line. The file behind a symbolic link is the one that
 * changes; mode and owner stay; a file that may not be written is not written.
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, readFile, realpath, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { BerthError } from '../base/berth-error.ts';
import { hostPatterns, includesOf, matchesHost } from './host-names-policy.ts';

/** What was not there before Berth came. */
export interface Made {
  readonly folder: boolean;
  readonly file: boolean;
}

/** The system's code of a failed file operation, or nothing. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function refused(path: string, line: string, reason: string, cause?: unknown): BerthError {
  const code = codeOf(cause);
  return new BerthError('ssh-config', {
    place: 'computer',
    retry: 'user',
    params: { path, line, reason },
    ...(code === '' ? {} : { detail: code }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Null when there is none. */
async function look(path: string): Promise<Stats | null> {
  return stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
}

/**
 * Changes the file as a whole: a reader sees the old or the new one.
 * @param change answers the same object to leave the file alone, null to delete it
 * @param line what a person can do by hand instead, for the error
 * @throws BerthError `ssh-config`
 */
export async function editConfig(
  path: string,
  change: (content: Buffer) => Buffer | null,
  line: string,
): Promise<Made> {
  const folder = dirname(path);
  try {
    const hadFolder = (await look(folder)) !== null;
    const target = await realpath(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    if (target === null) {
      const next = change(Buffer.alloc(0));
      if (next === null || next.length === 0) return { folder: false, file: false };
      if (!hadFolder) await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeNew(path, next);
      return { folder: !hadFolder, file: true };
    }
    const before = await stat(target);
    const content = await readFile(target);
    const next = change(content);
    if (next === content) return { folder: false, file: false };
    // Root may write everything; a person who took the right away means it.
    if ((before.mode & 0o200) === 0) throw Object.assign(new Error('The file is read-only'), { code: 'EACCES' });
    if (next === null) await unlink(path);
    else await replace(target, before, content, next);
    return { folder: false, file: false };
  } catch (error) {
    if (error instanceof BerthError) throw error;
    throw refused(path, line, 'unwritable', error);
  }
}

/** SECURITY: 'wx' follows no link (a link that leads nowhere fails, and is the person's; 'a link' in config-file.test.ts). */
async function writeNew(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function replace(target: string, before: Stats, content: Buffer, next: Buffer): Promise<void> {
  const temporary = `${target}.berth-${randomBytes(6).toString('hex')}`;
  await writeNew(temporary, next);
  try {
    const owner = await stat(temporary);
    if (owner.uid !== before.uid || owner.gid !== before.gid) await chown(temporary, before.uid, before.gid);
    await chmod(temporary, before.mode & 0o7777);
    // Somebody saved it meanwhile: theirs stands.
    if (!(await readFile(target)).equals(content)) {
      throw Object.assign(new Error('The file changed meanwhile'), { code: 'EBUSY' });
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Takes away a folder that Berth made, if nothing else came into it. */
export async function removeEmptyFolder(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error))) throw error;
  });
}

/** Writes a file of Berth's own, 0600, whole. Throws what the disk says. */
export async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeNew(temporary, Buffer.from(text));
  await rename(temporary, path);
}

/** Names and patterns that the person's configuration gives to hosts, with the files that it includes (not theirs in turn). */
export async function hostsInUse(path: string, home: string, ours: string): Promise<string[]> {
  const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  const own = await read(path);
  const files = await Promise.all(includesOf(own).map((pattern) => expand(pattern, home)));
  const included = await Promise.all(
    files
      .flat()
      .filter((file) => file !== ours)
      .map(read),
  );
  return [own, ...included].flatMap(hostPatterns);
}

/** Files of an `Include`: a path, or a pattern in its last part. */
async function expand(pattern: string, home: string): Promise<string[]> {
  const path = pattern.startsWith('~/') ? join(home, pattern.slice(2)) : pattern;
  const absolute = isAbsolute(path) ? path : join(home, '.ssh', path);
  if (!/[*?]/.test(basename(absolute))) return [absolute];
  const names = await readdir(dirname(absolute)).catch(() => []);
  return names.filter((name) => matchesHost(basename(absolute), name)).map((name) => join(dirname(absolute), name));
}
