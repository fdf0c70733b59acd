/**
 * Which names a folder may have and where it may be mounted (API reference, sections 4.3 and 7.1).
 */

const reserved = new Set([
  '.terminfo',
  '.jupyter',
  '.tmux.conf',
  '.ssh',
  'bin',
  'boot',
  'dev',
  'etc',
  'lib',
  'lib64',
  'media',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'sbin',
  'srv',
  'sys',
  'tmp',
  'usr',
  'var',
  'home',
]);
const reservedPattern = /^\.[a-z0-9]+rc$|^\.[a-z0-9]+_profile$/;

export const isReservedFolderName = (name: string): boolean => reserved.has(name) || reservedPattern.test(name);

/** Letters, digits, `_`, `.` and `-`; no path separators, so that a folder stays inside its place on disk. */
export function isFolderName(name: string): boolean {
  return (
    /^[\p{L}\p{N}_.][\p{L}\p{N}_. -]{0,63}$/u.test(name) &&
    !isReservedFolderName(name) &&
    !/^\.+$/.test(name) &&
    name !== '.trash'
  );
}

export const sessionHome = '/home/work';

/**
 * A mount target as a path below the session's home, e.g. `/home/work/data/x` -> `data/x`; a relative one is below home
 * already. `null` when it leaves the home: on this machine there is no container whose `/` it could be under.
 */
export function targetInHome(path: string): string | null {
  const absolute = path.startsWith('/') ? path : `${sessionHome}/${path}`;
  const parts: string[] = [];
  for (const part of absolute.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const normal = `/${parts.join('/')}`;
  return normal.startsWith(`${sessionHome}/`) ? normal.slice(sessionHome.length + 1) : null;
}

/** True when one path is the other or lies inside it. */
export function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
