/** A private key on disk, for other SSH programs: only because the person asked for it, readable by the person alone. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BerthError } from '../base/berth-error.ts';

/**
 * Writes the key with mode 0600.
 * @throws BerthError `file-exists` unless `replace`, `file-write` when the disk refuses
 */
export async function writeKeyFile(path: string, key: string, replace: boolean): Promise<void> {
  try {
    await makePrivateFolder(dirname(path));
    if (replace) await writeBeside(path, key);
    else await writeNew(path, key);
  } catch (error) {
    if (isCode(error, 'EEXIST')) {
      throw new BerthError('file-exists', { place: 'computer', retry: 'user', params: { path }, cause: error });
    }
    const detail = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    throw new BerthError('file-write', {
      place: 'computer',
      retry: 'user',
      params: { path },
      ...(detail === undefined ? {} : { detail }),
      cause: error,
    });
  }
}

/** A folder that we make is private; one that exists is the person's own matter. */
async function makePrivateFolder(folder: string): Promise<void> {
  const existing = await stat(folder).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (!existing) await mkdir(folder, { recursive: true, mode: 0o700 });
}

async function writeNew(path: string, key: string): Promise<void> {
  // SECURITY: 'wx' follows no link and replaces nothing ('never replaces a file unasked' in key-file.test.ts).
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(key);
    await file.sync();
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

async function writeBeside(path: string, key: string): Promise<void> {
  const folder = await stat(path).catch(() => null);
  if (folder?.isDirectory()) throw Object.assign(new Error('A folder is in the way'), { code: 'EISDIR' });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeNew(temporary, key);
  try {
    await rename(temporary, path);
    await chmod(path, 0o600);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
