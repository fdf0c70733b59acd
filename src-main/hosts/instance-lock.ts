/**
 * One Berth per data folder: a lock file that tells where the owner's control channel is. The file is put in place whole
 * (by a hard link), and only after the channel listens, so a lock whose channel refuses is a leftover and may be taken.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LockContent {
  readonly pid: number;
  /** Address of the control channel. */
  readonly control: string;
}

export type LockResult =
  | { readonly owned: true; release(): void }
  | { readonly owned: false; readonly by: LockContent };

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function parseLock(text: string): LockContent | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { pid, control } = value as Record<string, unknown>;
    return typeof pid === 'number' && typeof control === 'string' ? { pid, control } : null;
  } catch {
    // A file that is no lock of ours protects nobody.
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export function lockFile(dataDir: string): string {
  return join(dataDir, 'berth.lock');
}

/** The owner's entry in a data folder, or null when nobody holds it. */
export function readLock(dataDir: string): LockContent | null {
  const text = readText(lockFile(dataDir));
  return text === null ? null : parseLock(text);
}

/** Takes a leftover away, unless another process replaced it in the meantime. */
function removeStale(file: string, staleText: string): void {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readText(aside) !== staleText) {
    try {
      linkSync(aside, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  rmSync(aside, { force: true });
}

/**
 * Takes the lock, or tells who has it.
 * @param isAlive asks the owner's control channel; rejects with `ECONNREFUSED` or `ENOENT` when nobody listens there
 */
export async function takeLock(
  dataDir: string,
  own: LockContent,
  isAlive: (owner: LockContent) => Promise<boolean>,
): Promise<LockResult> {
  const file = lockFile(dataDir);
  const text = JSON.stringify({ ...own, nonce: randomBytes(8).toString('hex') });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        linkSync(draft, file);
        return {
          owned: true,
          release: () => {
            if (readText(file) === text) rmSync(file, { force: true });
          },
        };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const present = readText(file);
      if (present === null) continue;
      const owner = parseLock(present);
      if (owner !== null && (await isAlive(owner))) return { owned: false, by: owner };
      removeStale(file, present);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new Error(`The lock ${file} changes hands too fast`);
}
