import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { systemLookup } from './environments/lookup.ts';
import type { KernelRuntime, RunningKernel } from './kernel.ts';
import { execIn, isAlive, sshClient, temporaryFolder, testRuntime, testSpec, until } from './testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let runtime: KernelRuntime;
let kernel: RunningKernel;
let client: Client;
let kernelId: string;

const nothing = { arguments: {}, envs: {} };

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'mounted'));
  await writeFile(join(folder.path, 'mounted', 'in-mount.txt'), 'x');
  ({ runtime } = await testRuntime(join(folder.path, 'data')));
  const spec = testSpec({
    environment: 'python-jupyter',
    mounts: [{ target: 'mine', source: join(folder.path, 'mounted'), readOnly: false }],
    // Below the ports that the system hands out by itself: those may be another test's just then.
    preopenPorts: [19_990],
  });
  kernelId = spec.kernelId;
  kernel = await runtime.start(spec);
  client = await sshClient(kernel, spec.userKey.privatePem);
});

afterAll(async () => {
  client?.end();
  await runtime?.dispose();
  await folder?.remove();
});

/** The way the client goes: a channel of the SSH connection to the port that the container would have. */
function channelTo(port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
}

/** One HTTP exchange on a stream of its own. */
async function http(stream: Duplex, method: string, path: string, headers: Record<string, string> = {}, body = '') {
  const agent = new Agent({ keepAlive: false });
  Object.assign(agent, {
    createConnection: () => Object.assign(stream, { setKeepAlive: () => stream, setNoDelay: () => stream }),
  });
  return new Promise<{ status: number; body: string; cookies: string[] }>((resolve, reject) => {
    const asking = request(
      { agent, method, path, headers: { host: '127.0.0.1:8080', connection: 'close', ...headers } },
      (reply) => {
        let text = '';
        reply.on('data', (part: Buffer) => {
          text += part;
        });
        reply.on('end', () =>
          resolve({ status: reply.statusCode ?? 0, body: text, cookies: reply.headers['set-cookie'] ?? [] }),
        );
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

/** Starts a Python kernel through Jupyter and runs one cell over its WebSocket. */
async function runCell(connect: () => Promise<Duplex>, code: string): Promise<string> {
  const page = await http(await connect(), 'GET', '/tree');
  const xsrf = /_xsrf=([^;]+)/.exec(page.cookies.join(';'))?.[1] ?? '';
  const headers = { cookie: `_xsrf=${xsrf}`, 'x-xsrftoken': xsrf, 'content-type': 'application/json' };
  const made = await http(await connect(), 'POST', '/api/kernels', headers, JSON.stringify({ name: 'python3' }));
  expect(made.status, made.body).toBe(201);
  const { id } = JSON.parse(made.body) as { id: string };
  const stream = await connect();
  const socket = new WebSocket(`ws://127.0.0.1:8080/api/kernels/${id}/channels`, {
    createConnection: () => stream as never,
    origin: 'http://127.0.0.1:8080',
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => {
        const header = { msg_id: 'm1', username: 'u', session: 's', msg_type: 'execute_request', version: '5.3' };
        const content = {
          code,
          silent: false,
          store_history: false,
          user_expressions: {},
          allow_stdin: false,
          stop_on_error: true,
        };
        socket.send(
          JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: 'shell', buffers: [] }),
        );
      });
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as { msg_type: string; content: { text?: string; evalue?: string } };
        if (message.msg_type === 'stream') resolve(message.content.text ?? '');
        if (message.msg_type === 'error') reject(new Error(message.content.evalue));
      });
    });
  } finally {
    socket.close();
  }
}

/** Addresses on which processes of this kernel listen; other tests of the machine have theirs. */
async function listeningPorts(): Promise<string[]> {
  const owned = `for p in $(grep -lza "BACKENDAI_KERNEL_ID=${kernelId}" /proc/[0-9]*/environ 2>/dev/null); do \
    find "\${p%/environ}/fd" -lname "socket:*" -printf "%l\\n" 2>/dev/null; done; cat /proc/net/tcp /proc/net/tcp6`;
  const { stdout } = await promisify(execFile)('sh', ['-c', owned]);
  const lines = stdout.split('\n');
  const inodes = new Set(lines.flatMap((line) => /^socket:\[(\d+)\]$/.exec(line)?.[1] ?? []));
  const columns = lines.filter((line) => / 0A /.test(line)).map((line) => line.trim().split(/\s+/));
  return columns.flatMap((words) => (inodes.has(words[9] ?? '') ? [words[1] ?? ''] : [])).sort();
}

describe('jupyter', () => {
  it('starts on first request, and not before', async () => {
    await expect(kernel.connect('jupyter')).rejects.toMatchObject({ kind: 'refused' });
    await expect(channelTo(8080)).rejects.toThrow();
    await Promise.all([kernel.ensureService('jupyter', nothing), kernel.ensureService('jupyter', nothing)]);
    const { stdout } = await execIn(client, 'pgrep -fc "jupyter[-]notebook.*$HOME"');
    expect(stdout).toBe('1\n');
  });

  it('shows the files of the home and of mounted folders', async () => {
    await execIn(client, 'echo hi > from-shell.txt');
    const list = await http(await kernel.connect('jupyter'), 'GET', '/api/contents');
    expect(list.body).toContain('from-shell.txt');
    expect((await http(await kernel.connect('jupyter'), 'GET', '/api/contents/mine')).body).toContain('in-mount.txt');
  });

  it('runs a cell through an SSH channel, and opens no TCP port of a service', async () => {
    const code = 'import os, subprocess\nprint(6*7, os.getcwd(), os.environ["BACKENDAI_KERNEL_ID"] != "")';
    expect(await runCell(() => channelTo(8080), code)).toBe(`42 ${kernel.home} True\n`);
    expect(await runCell(() => kernel.connect('jupyter', 8080), 'print(2**10)')).toBe('1024\n');
    // Each IPython kernel has one port of its own making for the output of its child processes; it takes only messages that
    // begin with a random secret. Its shell, output, input and control channels must be sockets in the private folder.
    expect((await listeningPorts()).length).toBe(2);
    const { stdout } = await execIn(
      client,
      `for p in $(grep -lza "BACKENDAI_KERNEL_ID=${kernelId}" /proc/[0-9]*/environ 2>/dev/null); do tr "\\0" "\\n" <"\${p%environ}cmdline"; \
      done | grep -o "[^ ]*/kernel-[^ ]*json" | sort -u | xargs cat | grep -c '"transport": "ipc"'`,
    );
    expect(Number(stdout)).toBe(2);
  });

  it('refuses a foreign Host and a foreign Origin', async () => {
    const foreign = await http(await kernel.connect('jupyter'), 'GET', '/tree', { host: 'evil.example' });
    expect(foreign.status).toBe(403);
    const posted = await http(
      await kernel.connect('jupyter'),
      'POST',
      '/api/kernels',
      { origin: 'http://evil.example' },
      '{}',
    );
    expect(posted.status).toBeGreaterThanOrEqual(400);
  });

  it('can be shut down and started again', async () => {
    const { stdout } = await execIn(client, 'pgrep -f "jupyter[-]notebook.*$HOME"');
    await kernel.shutdownService('jupyter');
    expect(isAlive(Number(stdout))).toBe(false);
    await expect(kernel.connect('jupyter')).rejects.toMatchObject({ kind: 'refused' });
    await kernel.ensureService('jupyter', nothing);
    expect((await http(await kernel.connect('jupyter'), 'GET', '/api')).body).toContain('version');
  });
});

describe('services', () => {
  it('are listed in the order of a manager', () => {
    expect(kernel.services.map((service) => service.name).slice(0, 2)).toEqual(['sshd', '19990']);
    expect(kernel.services.map((service) => service.name)).toContain('jupyter');
  });

  it('are refused in the words of an agent', async () => {
    await expect(kernel.ensureService('nope', nothing)).rejects.toMatchObject({
      kind: 'unknown',
      reason: 'invalid service name',
    });
    await kernel.shutdownService('jupyter');
    await expect(kernel.ensureService('jupyter', { arguments: { '--x': 1 }, envs: {} })).rejects.toMatchObject({
      kind: 'failed',
    });
    await expect(kernel.connect('jupyter', 9999)).rejects.toMatchObject({ kind: 'unknown' });
  });

  it('of preopened ports reach what the person started', async () => {
    await expect(kernel.connect('19990')).rejects.toMatchObject({ kind: 'refused' });
    await execIn(client, 'setsid python3 -m http.server --bind 127.0.0.1 19990 >/dev/null 2>&1 &');
    await until(
      () =>
        kernel.connect('19990').then(
          (stream) => Boolean(stream.destroy()),
          () => false,
        ),
      10_000,
      () => 'no server',
    );
    const reply = await http(await kernel.connect('19990'), 'GET', '/from-shell.txt');
    expect(reply.body).toBe('hi\n');
  });
});

describe('environments', () => {
  it('lists what the machine has', async () => {
    const list = await runtime.environments();
    expect(list.map((one) => one.name)).toEqual(['python-jupyter', 'shell', 'node']);
    expect(list[0]).toMatchObject({ installed: true, accelerators: ['cuda', 'rocm'], title: 'Python 3 with Jupyter' });
    expect(list[0]?.version).toMatch(/^3\.\d+/);
  });

  it('offers a missing Jupyter as not installed and refuses to start it', async () => {
    const { canInstallPackages } = await systemLookup();
    expect(typeof canInstallPackages).toBe('boolean');
    await mkdir(join(folder.path, 'empty'));
    const lookup = { path: join(folder.path, 'empty'), canInstallPackages: false };
    const bare = await testRuntime(join(folder.path, 'bare'), { lookup });
    expect((await bare.runtime.environments())[0]).toMatchObject({ name: 'python-jupyter', installed: false });
    await expect(bare.runtime.start(testSpec({ environment: 'python-jupyter' }))).rejects.toThrow(
      /not on this computer yet/,
    );
    await expect(bare.runtime.pull('python-jupyter', () => {}, new AbortController().signal)).rejects.toThrow(
      /by pip: there is no python3/,
    );
    await bare.runtime.dispose();
  });
});
