/** Paths as people type them. */
import { isAbsolute, join, resolve } from 'node:path';

/** `~` is the home folder; a relative path is below it, never below where Berth was started. */
export function personPath(path: string, home: string): string {
  if (path === '~') return home;
  if (path.startsWith('~/') || path.startsWith('~\\')) return join(home, path.slice(2));
  return isAbsolute(path) ? path : resolve(home, path);
}
