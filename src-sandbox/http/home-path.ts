/**
 * Paths that a request names inside a directory of this machine.
 */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { badParameters } from './problem.ts';

export function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

/**
 * The absolute path of `path` below `root`. `prefix` is what clients may write for the root itself (`/home/work`).
 * SECURITY: the nearest directory that exists is followed through its links and must lie below one of `allowed`
 * (home-path.test.ts, "leaves"). Throws 400.
 */
export async function confine(
  root: string,
  path: string,
  prefix: string | null,
  allowed: readonly string[],
): Promise<string> {
  if (path.includes('\0')) throw badParameters('The path holds a NUL character.');
  const plain =
    prefix !== null && (path === prefix || path.startsWith(`${prefix}/`)) ? path.slice(prefix.length + 1) : path;
  const full = resolve(root, plain === '' ? '.' : plain);
  if (isAbsolute(plain) || !isInside(full, root)) throw badParameters(`The path ${path} is outside of its place.`);
  const roots = await Promise.all(allowed.map((one) => realpath(one)));
  let probe = full;
  for (;;) {
    const real = await realpath(probe).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw error;
    });
    if (real !== null) {
      if (!roots.some((one) => isInside(real, one))) throw badParameters(`The path ${path} is outside of its place.`);
      return full;
    }
    probe = dirname(probe);
  }
}
