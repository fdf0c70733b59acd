/** Puts a verified file in its place on this computer. Never replaces anything: a name that is taken gets a number. */
import { chmod, link, mkdir, open, rename, stat, symlink, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BerthError } from '../base/berth-error.ts';
import { numbered } from './local-names-policy.ts';

const maxNumber = 1000;

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** What this computer's disk refused. */
export function localError(error: unknown, path: string): BerthError {
  if (error instanceof BerthError) return error;
  const detail = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const code = isCode(error, 'ENOSPC', 'EDQUOT') ? 'no-space' : 'file-write';
  return new BerthError(code, {
    place: 'computer',
    retry: 'user',
    params: { path },
    ...(detail === undefined ? {} : { detail }),
    cause: error,
  });
}

/** Makes a new folder below `parent`: `name`, else `name (2)` and so on. Throws BerthError `file-write`. */
export async function makeOwnFolder(parent: string, name: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    for (let n = 1; n <= maxNumber; n += 1) {
      const folder = join(parent, n === 1 ? name : `${name} (${n})`);
      try {
        await mkdir(folder);
        return folder;
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
    }
  } catch (error) {
    throw localError(error, join(parent, name));
  }
  throw new BerthError('file-exists', { place: 'computer', retry: 'user', params: { path: join(parent, name) } });
}

/** Names to try in turn. */
function* candidates(path: string): Generator<string> {
  yield path;
  for (let n = 2; n <= maxNumber; n += 1) yield join(dirname(path), numbered(basename(path), n));
}

/** Moves `part` to `wanted` where nothing is; answers the name it got. */
async function moveWithoutReplacing(part: string, wanted: string): Promise<string> {
  for (const path of candidates(wanted)) {
    try {
      await link(part, path);
      await unlink(part);
      return path;
    } catch (error) {
      if (isCode(error, 'EEXIST')) continue;
      if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES')) throw error;
    }
    // No hard links here (FAT): an empty file of our own holds the name, and only that is replaced.
    try {
      await (await open(path, 'wx')).close();
      await rename(part, path);
      return path;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
  throw Object.assign(new Error('No free name'), { code: 'EEXIST' });
}

export interface Placing {
  readonly part: string;
  readonly wanted: string;
  readonly mode: number;
  /** Seconds. */
  readonly mtime: number;
}

/** Answers the path it got. Throws BerthError `file-write`, `no-space`. */
export async function placeFile({ part, wanted, mode, mtime }: Placing): Promise<string> {
  try {
    await mkdir(dirname(wanted), { recursive: true });
    // Set-user and sticky bits mean nothing here; the person who downloads keeps the right to read and write.
    if (process.platform !== 'win32') await chmod(part, (mode & 0o777) | 0o600);
    await utimes(part, mtime, mtime);
    return await moveWithoutReplacing(part, wanted);
  } catch (error) {
    throw localError(error, wanted);
  }
}

/** Whether an earlier run put the file in place and then had no time to note it. */
export async function isPlaced(part: string, place: string): Promise<boolean> {
  const [there, rest] = await Promise.all([statOrNull(place), statOrNull(part)]);
  if (!there?.isFile()) return false;
  if (!rest) return true;
  if (rest.ino !== there.ino || rest.dev !== there.dev) return false;
  await unlink(part);
  return true;
}

async function statOrNull(path: string) {
  return await stat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  });
}

/** False where links cannot be made. */
export async function placeLink(target: string, wanted: string): Promise<boolean> {
  try {
    await mkdir(dirname(wanted), { recursive: true });
    for (const path of candidates(wanted)) {
      try {
        await symlink(target, path);
        return true;
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
    }
    return false;
  } catch (error) {
    // Windows lets few people make links.
    if (isCode(error, 'EPERM', 'EACCES', 'ENOTSUP', 'ENOSYS')) return false;
    throw localError(error, wanted);
  }
}
