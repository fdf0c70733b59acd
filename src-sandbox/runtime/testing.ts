/** What the runtime's tests share: a runtime on a folder of its own, an SSH client on a kernel, waiting with a deadline. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, ClientChannel, ConnectConfig } from 'ssh2';
import ssh2 from 'ssh2';
import type { KernelSpec, RunningKernel } from './kernel.ts';
import { processName } from './processes/process-table.ts';
import { createKernelRuntime, type RuntimeOptions } from './runtime.ts';

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'berth-test-')));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function testRuntime(dataDir: string, options: Partial<RuntimeOptions> = {}) {
  const lines: string[] = [];
  const runtime = await createKernelRuntime({ dataDir, sshd: 'builtin', log: (line) => lines.push(line), ...options });
  return { runtime, lines };
}

export function testKeys(): { privatePem: string; publicLine: string } {
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync('ed25519');
    // One in some 240 of the keys that ssh2 1.17 makes is cut short by a leading zero, and ssh2 itself cannot read it.
    if (ssh2.utils.parseKey(keys.public) instanceof Error || ssh2.utils.parseKey(keys.private) instanceof Error)
      continue;
    return { privatePem: keys.private, publicLine: keys.public };
  }
}

export function testSpec(changes: Partial<KernelSpec> = {}): KernelSpec {
  return {
    sessionId: randomUUID(),
    sessionName: 'test',
    kernelId: randomUUID(),
    environment: 'shell',
    environ: {},
    mounts: [],
    preopenPorts: [],
    bootstrapScript: null,
    userKey: testKeys(),
    resources: { cpu: 1, memBytes: 2 ** 30, accelerators: {} },
    ...changes,
  };
}

/** Logs in over `connect('sshd')`. Rejects when the server refuses. */
export async function sshClient(
  kernel: RunningKernel,
  privateKey: string,
  changes: ConnectConfig = {},
): Promise<Client> {
  const sock = await kernel.connect('sshd');
  const client = new ssh2.Client();
  // ssh2 may report a lost connection once more after the first error.
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed before it was ready')));
    client.connect({ sock, username: 'work', privateKey, ...changes });
  });
  return client;
}

export interface ExecResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function execIn(client: Client, command: string, input: string | Buffer = '', pty = false): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, { pty }, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      let end: { code: number | null; signal: string | null } = { code: null, signal: null };
      channel.on('data', (data: Buffer) => stdout.push(data));
      channel.stderr.on('data', (data: Buffer) => stderr.push(data));
      channel.on('exit', (code: number | null, signal?: string) => {
        end = { code, signal: signal ?? null };
      });
      channel.on('close', () =>
        resolve({ ...end, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
      );
      if (!pty) channel.end(input);
    });
  });
}

/** A shell with a terminal, whose output so far can be waited for. */
export async function shellIn(
  client: Client,
): Promise<{ channel: ClientChannel; seen: (pattern: RegExp) => Promise<RegExpExecArray> }> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.shell({ term: 'xterm-256color', cols: 100, rows: 30 }, (error, stream) =>
      error ? reject(error) : resolve(stream),
    );
  });
  let text = '';
  channel.on('data', (data: Buffer) => {
    text += data.toString();
  });
  return {
    channel,
    seen: async (pattern) => {
      await until(
        () => pattern.test(text),
        10_000,
        () => `no ${pattern} in: ${JSON.stringify(text.slice(-2000))}`,
      );
      const found = pattern.exec(text);
      if (!found) throw new Error('unreachable');
      text = text.slice(found.index + found[0].length);
      return found;
    },
  };
}

/** Polls until it holds. @throws Error with the words after the time. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs: number,
  words: () => string,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(words());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether it still runs; one that only waits for its parent to notice its end does not. */
export function isAlive(pid: number): boolean {
  return processName(pid) !== null;
}
