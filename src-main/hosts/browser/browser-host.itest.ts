import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askControl } from '../control-channel.ts';
import { readLock } from '../instance-lock.ts';
import { type BuiltProgram, buildProgram } from './testing/build-program.ts';
import { ask, enter } from './testing/loopback-client.ts';

const ref = { accountId: 'account-1', sessionId: '0f9a2f6e-6f3f-4a5e-9d51-2d8f4f2c1b11' };

let program: BuiltProgram;
let sshProxy: BuiltProgram;
let folder: string;
let running: ChildProcess[] = [];

interface Started {
  readonly child: ChildProcess;
  readonly ready: Promise<string>;
  readonly ended: Promise<number | null>;
  out(): string;
  err(): string;
}

function start(args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(
    process.execPath,
    [program.file, '--secrets', 'memory', '--data-dir', join(folder, 'data'), ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, STUB_MAIN_DIR: join(folder, 'main'), XDG_RUNTIME_DIR: join(folder, 'run'), ...env },
    },
  );
  running.push(child);
  let out = '';
  let err = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const url = /^berth ready (\S+)$/m.exec(out)?.[1];
      if (url !== undefined) resolve(url);
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${out}${err}`)));
  });
  ready.catch(() => {});
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return { child, ready, ended, out: () => out, err: () => err };
}

beforeAll(async () => {
  program = await buildProgram('src-main/hosts/browser/testing/stub-program.ts');
  sshProxy = await buildProgram('src-main/hosts/browser/ssh-proxy.ts');
});

afterAll(() => {
  program.dispose();
  sshProxy.dispose();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-host-'));
  mkdirSync(join(folder, 'run'), { mode: 0o700 });
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer', 'index.html'), '<title>page</title>');
});

afterEach(async () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

describe('start and end', () => {
  it('prints exactly one line, lets in once, and leaves nothing on SIGTERM', async () => {
    const host = start(['--no-open']);
    const url = await host.ready;
    expect(url).toMatch(/^http:\/\/b-[a-z2-7]{26}\.localhost:\d+\/enter#[\w-]{43}$/);
    const { host: name, port, cookie } = await enter(url);
    expect((await ask(port, '/', { host: name, cookie })).status).toBe(200);
    await expect(enter(url)).rejects.toThrow('403');
    expect(existsSync(join(folder, 'data', 'berth.lock'))).toBe(true);
    const began = Date.now();
    host.child.kill('SIGTERM');
    expect(await host.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(host.out().trim().split('\n')).toHaveLength(1);
    expect(host.err()).toBe('');
    expect(existsSync(join(folder, 'data', 'berth.lock'))).toBe(false);
    expect(readdirSync(join(folder, 'run', 'berth'))).toEqual([]);
    await expect(ask(port, '/', { host: name })).rejects.toThrow('ECONNREFUSED');
  });

  it('ends within 2 s with exit code 0 even when the app hangs', async () => {
    const host = start(['--no-open'], { STUB_HANG: '1' });
    await host.ready;
    const began = Date.now();
    host.child.kill('SIGINT');
    expect(await host.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(2_100);
    expect(existsSync(join(folder, 'data', 'berth.lock'))).toBe(false);
  });

  it('says in one sentence what is wrong with a flag', async () => {
    const host = start(['--no-such-flag']);
    expect(await host.ended).toBe(2);
    expect(host.err().trim().split('\n')).toHaveLength(1);
    expect(host.out()).toBe('');
  });

  it('says in one sentence that a port is taken, and exits 1 without a lock', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const host = start(['--no-open', '--port', String(port)]);
    expect(await host.ended).toBe(1);
    expect(host.err()).toContain(`Port ${port} is taken`);
    expect(existsSync(join(folder, 'data', 'berth.lock'))).toBe(false);
    other.close();
  });

  it('runs on without a sandbox that does not start', async () => {
    const host = start(['--no-open', '--sandbox'], { STUB_SANDBOX: 'fail' });
    await host.ready;
    expect(host.err()).toContain('no sandbox today');
  });

  it('prints no entry token into its log', async () => {
    const host = start(['--no-open']);
    const url = await host.ready;
    await enter(url);
    await enter(url).catch(() => {});
    host.child.kill('SIGTERM');
    await host.ended;
    const logs = readdirSync(join(folder, 'data', 'logs')).map((name) =>
      readFileSync(join(folder, 'data', 'logs', name), 'utf8'),
    );
    expect(logs.join('')).not.toContain(new URL(url).hash.slice(1));
  });
});

describe('one instance a data folder', () => {
  it('gives a second start a fresh address and exits 0', async () => {
    const first = start(['--no-open']);
    const firstUrl = await first.ready;
    const second = start(['--no-open']);
    const secondUrl = await second.ready;
    expect(await second.ended).toBe(0);
    expect(new URL(secondUrl).host).toBe(new URL(firstUrl).host);
    expect(secondUrl).not.toBe(firstUrl);
    await enter(firstUrl);
    await enter(secondUrl);
    expect(first.child.exitCode).toBeNull();
  });

  it('lets exactly one of several that start together be the first', async () => {
    const all = [1, 2, 3, 4].map(() => start(['--no-open']));
    const urls = await Promise.all(all.map((host) => host.ready));
    expect(new Set(urls.map((url) => new URL(url).host)).size).toBe(1);
    expect(new Set(urls).size).toBe(4);
    await expect.poll(() => all.filter((host) => host.child.exitCode === null).length, { timeout: 5_000 }).toBe(1);
  });

  it('takes over after SIGKILL, and cleans the dead socket away', async () => {
    const first = start(['--no-open']);
    await first.ready;
    const dead = readLock(join(folder, 'data'))?.control ?? '';
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(dead)).toBe(true);
    const second = start(['--no-open']);
    await second.ready;
    expect(second.child.exitCode).toBeNull();
    expect(existsSync(dead)).toBe(false);
    expect(readLock(join(folder, 'data'))?.pid).toBe(second.child.pid);
  });
});

describe('control channel', () => {
  it('refuses what it does not know', async () => {
    const host = start(['--no-open']);
    await host.ready;
    const control = readLock(join(folder, 'data'))?.control ?? '';
    const { reply, socket } = await askControl(control, { op: 'quit' } as never, 3_000);
    socket.destroy();
    expect(reply.ok).toBe(false);
  });

  it('joins ssh-proxy to the raw bytes of a session', async () => {
    const host = start(['--no-open']);
    await host.ready;
    const client = spawn(process.execPath, [
      sshProxy.file,
      '--data-dir',
      join(folder, 'data'),
      ref.accountId,
      ref.sessionId,
    ]);
    running.push(client);
    const sent = Buffer.alloc(1_000_000, 'ssh bytes ');
    const parts: Buffer[] = [];
    client.stdout.on('data', (bytes: Buffer) => parts.push(bytes));
    client.stdin.write(sent);
    await expect.poll(() => parts.reduce((sum, part) => sum + part.length, 0), { timeout: 10_000 }).toBe(sent.length);
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
    client.stdin.end();
    expect(await new Promise((resolve) => client.once('close', resolve))).toBe(0);
  });

  it('tells ssh that Berth does not run', async () => {
    mkdirSync(join(folder, 'data'));
    const client = spawn(process.execPath, [
      sshProxy.file,
      '--data-dir',
      join(folder, 'data'),
      ref.accountId,
      ref.sessionId,
    ]);
    let err = '';
    client.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    expect(await new Promise((resolve) => client.once('close', resolve))).toBe(1);
    expect(err).toContain('Berth does not run');
  });
});
