/**
 * Keeps a kernel's processes from inheriting what the sandbox has open. node-pty 1.1 does not mark its terminals
 * close-on-exec on Linux, so that without this every later child would hold the other sessions' terminals: it could read
 * them, and closing one would not hang it up.
 */
import { existsSync } from 'node:fs';

/** bash, because plain sh cannot name descriptors above 9; -p and --norc, because no file of the person's may run here. */
const closeAndBecome = `for f in /proc/self/fd/*; do n=\${f##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done; exec "$@"`;
const bash = ['/bin/bash', '/usr/bin/bash'].find((path) => process.platform === 'linux' && existsSync(path));

export interface Command {
  readonly file: string;
  readonly args: string[];
}

/** The same command with nothing inherited but stdin, stdout and stderr; as it is where that is not needed. */
export function cleanCommand(file: string, args: readonly string[]): Command {
  if (!bash) return { file, args: [...args] };
  return { file: bash, args: ['--noprofile', '--norc', '-p', '-c', closeAndBecome, 'berth', file, ...args] };
}
