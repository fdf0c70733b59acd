/** Starts a kernel's supervisor and talks to it. The supervisor is the only thing that ends a kernel's processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cleanCommand } from './clean-command.ts';
import { supervisorScript } from './supervisor-script.ts';

export interface Supervisor {
  /** Tells the supervisor which processes belong to the kernel now. */
  readonly list: (members: readonly string[]) => void;
  /** Asks for the end and waits for it. @throws Error in words when something could not be ended or deleted. */
  readonly finish: () => Promise<void>;
  /** Ends everything at once; resolves with the exit code. */
  readonly sweep: () => Promise<number | null>;
  /** Resolves when the supervisor is gone, for whatever reason. */
  readonly gone: Promise<number | null>;
}

/**
 * @param folders deleted at the end, without following symbolic links in them.
 * @throws Error when /bin/sh cannot be started.
 */
export function startSupervisor(kernelId: string, folders: readonly string[], log: (line: string) => void): Supervisor {
  const { file, args } = cleanCommand('/bin/sh', ['-c', supervisorScript, 'berth-supervisor', kernelId, ...folders]);
  const child: ChildProcess = spawn(file, args, {
    cwd: '/',
    // A session of its own, so that Ctrl-C in the sandbox's terminal does not reach it.
    detached: true,
    env: { PATH: `/usr/bin:/bin:/usr/sbin:/sbin:${process.env.PATH ?? ''}`, LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr?.on('data', (data: Buffer) => {
    complaints = (complaints + data.toString()).slice(-2000);
    log(`supervisor: ${data.toString().trim()}`);
  });
  // A supervisor that died early makes writes fail; `gone` reports that.
  child.stdin?.on('error', () => {});
  let last = '';
  const gone = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      complaints += error.message;
      resolve(null);
    });
    child.once('close', (code) => resolve(code));
  });
  return {
    list: (members) => {
      const line = members.join(' ');
      if (line === last || !child.stdin?.writable) return;
      last = line;
      child.stdin.write(`${line}\n`);
    },
    finish: async () => {
      child.stdin?.end();
      const code = await gone;
      // It was killed, or it gave up: a second one tries from the start.
      if (code !== 0 && (await startSupervisor(kernelId, folders, log).sweep()) !== 0) {
        throw new Error(
          `Could not end everything of kernel ${kernelId} on this computer: ${complaints.trim() || `its supervisor ended with ${code}`}.` +
            ` Left in place: ${folders.join(', ')}.`,
        );
      }
    },
    sweep: () => {
      child.stdin?.end();
      return gone;
    },
    gone,
  };
}
