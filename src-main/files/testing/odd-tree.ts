/** Files as people and programs make them, for tests: many, odd, linked, unreadable. Made by a shell, as bytes. */
import { execFileSync } from 'node:child_process';

/** Names that break careless quoting, splitting and decoding. */
export const oddNames = [
  'with space',
  "it's",
  'new\nline',
  '-rf',
  '한글.txt',
  'back\\slash',
  '$(touch pwned)',
  '*',
  ' lead',
];

/** The test's process is root; the session's user is not. */
export function asUser(uid: number, home: string, script: string): void {
  execFileSync('sh', ['-euc', script], { cwd: home, uid, gid: uid, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Small files with content of their own, a hundred in each folder. */
export function manyFilesScript(folders: number): string {
  const program =
    `BEGIN { for (d = 0; d < ${folders}; d++) for (f = 0; f < 100; f++) { ` +
    'n = "d" d "/f" f; printf "%s-%d\\n", n, d * 7919 + f > n; close(n) } }';
  return `mkdir many; cd many; seq -f d%g 0 ${folders - 1} | xargs mkdir; awk '${program}'`;
}
