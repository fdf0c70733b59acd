/** Runs one step of fetching an environment: lines out as they come, words when it fails, ended when asked. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Step {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A descriptor beside stdout and stderr on which the program reports its progress. */
  readonly statusDescriptor?: number;
  /** apt ends safely by itself on SIGINT and must not lose its helpers; Python's tools end with all of theirs. */
  readonly stopBy: 'interrupting-it' | 'ending-its-group';
  readonly onLine: (line: string, from: 'output' | 'status') => void;
}

/** Lines of output kept for the error message. */
const keptLines = 6;

/** @throws Error with the program's last words; the signal's reason when it was aborted. */
export async function runStep(step: Step, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(step.file, [...step.args], {
    cwd: '/',
    env: { ...step.environment },
    stdio: ['ignore', 'pipe', 'pipe', step.statusDescriptor === 3 ? 'pipe' : 'ignore'],
    detached: true,
  });
  const last: string[] = [];
  const abort = (): void => {
    if (step.stopBy === 'interrupting-it') child.kill('SIGINT');
    else endGroup(child.pid);
  };
  signal.addEventListener('abort', abort, { once: true });
  for (const [index, from] of [
    [1, 'output'],
    [2, 'output'],
    [3, 'status'],
  ] as const) {
    const stream = child.stdio[index];
    if (!stream || !('readable' in stream)) continue;
    createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
      if (from === 'output' && line.trim()) last.push(line.trim());
      if (last.length > keptLines) last.shift();
      step.onLine(line, from);
    });
  }
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, by) => resolve(exitCode ?? by));
    });
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`${step.file} ended with ${code}: ${last.join(' / ') || 'it said nothing'}`);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
