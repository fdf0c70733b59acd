/**
 * The command that looks into the other kernels of a cluster: the link ends in the main one, which Backend.AI gives a key and
 * an SSH configuration for the others (tunnels reference, section 3.10). Pure.
 */
import type { Unseen } from '../../src-preload/contract/forwards.ts';

/** Lines that the command prints itself: an exit code would come after the output, or never. */
const marks: Readonly<Record<Unseen | 'kernel' | 'end', string>> = {
  'no-ssh-program': 'berth-no-ssh',
  'not-reached': 'berth-not-there',
  kernel: 'berth-kernel',
  end: 'berth-end',
};
/** What `ssh` itself ends with when it does not get there. */
const notThere = 255;
/** The network inside a session is a near one. */
const connectSeconds = 5;
/** Of one kernel; the tables of a busy one are longer, and nobody needs all of them. */
const maxBytes = 2 ** 20;

/** Asks nobody for a password, and gives up where the other side no longer answers. */
const ssh =
  `ssh -o BatchMode=yes -o ConnectTimeout=${connectSeconds} -o ServerAliveInterval=${connectSeconds}` +
  ' -o ServerAliveCountMax=2 -o LogLevel=ERROR';

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * One after another, so that the main kernel has one `ssh` at a time to run.
 * @param kernels names of the session's own, of letters, digits, dots and hyphens
 */
export function lookInto(kernels: readonly string[], script: string): string {
  const bounded = `{ ${script}\n} | head -c ${maxBytes}`;
  const outer =
    `command -v ssh >/dev/null 2>&1 || { echo ${marks['no-ssh-program']}; exit; }; ` +
    `for kernel in ${kernels.map(quote).join(' ')}; do echo "${marks.kernel} $kernel"; ` +
    `${ssh} -n -- "$kernel" ${quote(bounded)}; [ $? -ne ${notThere} ] || { echo; echo ${marks['not-reached']}; }; ` +
    `echo; echo ${marks.end}; done`;
  return `sh -c ${quote(outer)}`;
}

/** The command whose input and output are a connection to a port of a kernel, also one that listens on its loopback alone. */
export function reachInto(kernel: string, port: number): string {
  return `exec ${ssh} -W localhost:${port} -- ${quote(kernel)}`;
}

export interface Look {
  readonly output: string;
  /** Why nothing was seen; null: it was looked. */
  readonly unseen: Unseen | null;
}

/** What the command told of each kernel that it came to; where it was cut short, the last of them was not reached. */
export function readLooks(output: string, kernels: readonly string[]): Map<string, Look> {
  const lines = output.split(/\r?\n/);
  const nothing = (unseen: Unseen): Look => ({ output: '', unseen });
  if (lines[0] === marks['no-ssh-program']) {
    return new Map(kernels.map((kernel) => [kernel, nothing('no-ssh-program')]));
  }
  const looks = new Map<string, Look>();
  let kernel = '';
  let told: string[] = [];
  for (const line of lines) {
    if (line.startsWith(`${marks.kernel} `)) {
      kernel = line.slice(marks.kernel.length + 1);
      told = [];
      if (kernels.includes(kernel)) looks.set(kernel, nothing('not-reached'));
    } else if (line !== marks.end) told.push(line);
    else if (looks.has(kernel)) {
      const isThere = !told.includes(marks['not-reached']);
      looks.set(kernel, isThere ? { output: told.join('\n'), unseen: null } : nothing('not-reached'));
    }
  }
  return looks;
}
