/**
 * The command that looks into another kernel of a cluster: the link ends in the main one, which Backend.AI gives a key and
 * an SSH configuration for the others (tunnels reference, section 3.10). Pure.
 */
import type { Unseen } from '../../src-preload/contract/forwards.ts';

/** Lines that the command prints itself: an exit code would come after the output, or never. */
const marks: Readonly<Record<Unseen, string>> = { 'no-ssh-program': 'berth-no-ssh', 'not-reached': 'berth-not-there' };
/** What `ssh` itself ends with when it does not get there. */
const notThere = 255;
/** The network inside a session is a near one. */
const connectSeconds = 5;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param kernel a name of the session's own, of letters, digits, dots and hyphens */
export function lookInto(kernel: string, script: string): string {
  const ssh = `ssh -n -o BatchMode=yes -o ConnectTimeout=${connectSeconds} -o LogLevel=ERROR -- ${quote(kernel)}`;
  const outer =
    `command -v ssh >/dev/null 2>&1 || { echo ${marks['no-ssh-program']}; exit; }; ` +
    `${ssh} ${quote(script)}; [ $? -ne ${notThere} ] || echo ${marks['not-reached']}`;
  return `sh -c ${quote(outer)}`;
}

/** Why nothing was seen; null: it was looked. */
export function whyUnseen(output: string): Unseen | null {
  const lines = output.split(/\r?\n/);
  if (lines.includes(marks['no-ssh-program'])) return 'no-ssh-program';
  return lines.includes(marks['not-reached']) ? 'not-reached' : null;
}
