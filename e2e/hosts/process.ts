/** Starting the project's own commands as a person does, and stopping them without a trace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'berth-e2e-'));
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

export interface Started {
  readonly child: ChildProcess;
  /** The part of the first stdout line that matched. */
  readonly match: RegExpMatchArray;
  output(): string;
  /** Ends it with SIGTERM and resolves with its exit code. */
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();
// A spec that fails half way must leave no process behind either.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs a program until a stdout line matches `ready`. Rejects with what it printed when it ends before or takes too long. */
export function startProcess(
  command: readonly string[],
  ready: RegExp,
  options: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Started> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  running.add(child);
  const exited = new Promise<number | null>((done) =>
    child.once('exit', (code) => {
      running.delete(child);
      done(code);
    }),
  );
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const output = () => `${stdout}\n${stderr}`;
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
    const code = await exited;
    clearTimeout(timer);
    return code;
  };
  return new Promise((done, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`Not ready in time: ${command.join(' ')}\n${output()}`));
    }, options.timeoutMs ?? 90_000);
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
      const match = stdout
        .split('\n')
        .map((line) => line.match(ready))
        .find((it) => it !== null);
      if (!match) return;
      clearTimeout(timer);
      done({ child, match, output, stop });
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`Ended with ${code}: ${command.join(' ')}\n${output()}`));
    });
  });
}

/** One of the sandbox's accounts, by what a sign-in with it meets. */
export interface SandboxAccount {
  readonly kind: 'main' | 'one-time-code' | 'must-enrol' | 'expired-password' | 'low-limits' | 'admin';
  readonly email: string;
  readonly password: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly totpSecret?: string;
}

export interface SandboxInfo {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** With `--webserver` only. */
  readonly webserver?: string;
  readonly accounts: readonly SandboxAccount[];
  readonly process: Started;
}

/** Between two statuses of a starting session: enough to be seen, and nobody waits for it. */
export const sandboxPaceMs = 40;

/** A sandbox of its own, as `npm run sandbox` starts it. */
export async function startSandbox(dataDir: string, extra: readonly string[] = []): Promise<SandboxInfo> {
  const started = await startProcess(
    [
      ...[process.execPath, 'scripts/sandbox.mjs', '--port', '0', '--data-dir', dataDir],
      ...['--pace', String(sandboxPaceMs), ...extra],
    ],
    /^(\{.*"endpoint".*\})\s*$/,
  );
  const info = JSON.parse(started.match[1] ?? '{}') as Omit<SandboxInfo, 'process'>;
  return { ...info, process: started };
}

export const browserHostCommand = (dataDir: string, extra: readonly string[] = []): string[] => [
  process.execPath,
  'scripts/start.mjs',
  '--host',
  'browser',
  '--no-open',
  '--port',
  '0',
  '--data-dir',
  dataDir,
  ...extra,
];

/** The browser host; resolves with its one-use address. */
export async function startBrowserHost(
  dataDir: string,
  extra: readonly string[] = [],
  env: Record<string, string> = {},
  /** Of Node itself. */
  nodeFlags: readonly string[] = [],
): Promise<{ url: string; process: Started }> {
  const [node = '', ...rest] = browserHostCommand(dataDir, ['--secrets', 'memory', ...extra]);
  const started = await startProcess([node, ...nodeFlags, ...rest], /berth ready (http\S+)/, {
    env: { BERTH_VERIFY_OUTPUTS: '1', ...env },
  });
  return { url: started.match[1] ?? '', process: started };
}
