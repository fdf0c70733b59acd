/**
 * Batch jobs, clusters, pre-opened ports, kept containers and another host key, with real processes.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebSocketStream } from 'ws';
import { createKernelRuntime } from './runtime/runtime.ts';
import { type Sandbox, type SandboxInfo, startSandbox } from './sandbox.ts';
import { call, gql, type Json, tunnel, until } from './testing/client.ts';

let dir = '';
let faults = '';
let sandbox: Sandbox;
let site: SandboxInfo;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-jobs-it-'));
  faults = join(dir, 'faults.json');
  await writeFile(faults, '{}');
  const log = (): void => undefined;
  const runtime = await createKernelRuntime({ dataDir: dir, sshd: 'builtin', log });
  const common = { dataDir: dir, port: 0, madeUp: 0, paceMs: 5, runtime, log, faults };
  sandbox = await startSandbox({ ...common, manager: 'current' });
  site = sandbox.info;
});
afterAll(async () => {
  await sandbox.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function create(fields: Record<string, unknown>): Promise<string> {
  const made = await call(site, 'POST', '/session', { image: 'shell', ...fields });
  expect(made.status, made.bytes.toString()).toBe(201);
  return String(made.json?.sessionId);
}

async function look(id: string): Promise<Json> {
  const query =
    'query($id: UUID!) { compute_session(id: $id) { status status_info result containers { kernel_id cluster_hostname } } }';
  return ((await gql(site, query, { id })).json?.data?.compute_session ?? {}) as Json;
}

const logsOf = async (id: string, kernel = ''): Promise<string> => {
  const answer = await call(site, 'GET', `/session/${id}/logs${kernel === '' ? '' : `?kernel_id=${kernel}`}`);
  return String(answer.json?.result?.logs);
};

describe('a job', () => {
  it('runs its command after the bootstrap script, with the dotfiles, and ends with its result', async () => {
    await call(site, 'POST', '/user-config/dotfiles', { path: '.greeting', permission: '600', data: 'hello' });
    const job = { type: 'batch', config: { resources: { cpu: '1', mem: '512m' } } };
    const good = await create({
      ...job,
      name: 'good-job',
      bootstrap_script: 'echo booted > booted.txt',
      startupCommand: 'cat booted.txt .greeting; stat -c %a .greeting',
      enqueueOnly: true,
    });
    const bad = await create({ ...job, name: 'bad-job', startupCommand: 'exit 7', enqueueOnly: true });
    const late = await create({
      ...job,
      name: 'late-job',
      startupCommand: 'sleep 60',
      batch_timeout: '1s',
      enqueueOnly: true,
    });
    const ended = (id: string) =>
      until(`the end of ${id}`, async () => {
        const session = await look(id);
        return String(session.status) === 'TERMINATED' ? session : null;
      });
    expect(await ended(good)).toMatchObject({ result: 'SUCCESS', status_info: 'task-finished' });
    expect(await logsOf(good)).toMatch(/booted\nhello600\n/);
    expect(await ended(bad)).toMatchObject({ result: 'FAILURE', status_info: 'task-failed' });
    expect(await ended(late)).toMatchObject({ result: 'FAILURE', status_info: 'task-timeout' });
  });
});

describe('a cluster', () => {
  it('is as many kernels as asked for, each with its own log, and a port that was opened is reached', async () => {
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as { readonly port: number };
    const id = await create({
      name: 'a-cluster',
      cluster_size: 2,
      bootstrap_script: 'echo "I am $BACKENDAI_CLUSTER_HOST of $BACKENDAI_CLUSTER_HOSTS"',
      config: { resources: { cpu: '1', mem: '512m' }, preopen_ports: [port] },
    });
    const { containers } = await look(id);
    const kernels = containers as unknown as readonly { kernel_id: string; cluster_hostname: string }[];
    expect(kernels.map(({ cluster_hostname: host }) => host)).toEqual(['main1', 'sub1']);
    for (const { kernel_id: kernel, cluster_hostname: host } of kernels) {
      expect(await logsOf(id, kernel)).toContain(`I am ${host} of main1,sub1`);
    }
    const socket = tunnel(site, `/stream/session/${id}/tcpproxy?app=${port}`);
    await once(socket, 'open');
    socket.send(Buffer.from('there and back'));
    expect(String((await once(socket, 'message'))[0])).toBe('there and back');
    socket.terminate();
    await call(site, 'DELETE', `/session/${id}`);
    await new Promise((resolve) => echo.close(resolve));
  });
});

describe('a session', () => {
  async function hostKey(id: string): Promise<string> {
    const socket = tunnel(site, `/stream/session/${id}/tcpproxy?app=sshd`);
    const client = new Client();
    client.on('error', () => undefined);
    const seen = new Promise<string>((resolve) => {
      client.connect({
        sock: createWebSocketStream(socket),
        username: 'work',
        password: 'none',
        hostVerifier: (key: Buffer) => {
          resolve(createHash('sha256').update(key).digest('base64'));
          return false;
        },
      });
    });
    const key = await seen;
    client.end();
    return key;
  }

  it('keeps its host key until a fault gives it another, and is kept as a file and as an image', async () => {
    const id = await create({ name: 'keeper', config: { resources: { cpu: '1', mem: '512m' } } });
    const first = await hostKey(id);
    expect(await hostKey(id)).toBe(first);
    const rules = [{ on: 'GET /stream/session/*/tcpproxy', fault: 'rotated-host-key', count: 1 }];
    await writeFile(faults, JSON.stringify({ rules }));
    const second = await hostKey(id);
    expect(second).not.toBe(first);
    expect(await hostKey(id)).toBe(second);

    const commit = await call(site, 'POST', `/session/${id}/commit`, { filename: 'kept' });
    expect(commit.status).toBe(201);
    await until('the commit', async () => {
      const { json } = await call(site, 'GET', `/session/${id}/commit`);
      return String(json?.status) === 'ready' ? true : null;
    });
    const { stdout } = await promisify(execFile)('tar', ['-tzf', String(commit.json?.path)]);
    expect(stdout).toContain('./id_container');

    expect((await call(site, 'POST', `/session/${id}/imagify`, { image_name: 'mine' })).json?.task_id).toBeDefined();
    const images = '{ images(load_filters: ["customized"]) { registry name tag labels { key value } } }';
    const image = await until('the image', async () => {
      const found = (await gql(site, images)).json?.data?.images as unknown as readonly Record<string, string>[];
      return found[0];
    });
    expect(image.tag).toMatch(/customized_[0-9a-f]{32}$/);
    const from = `${image.registry}/${image.name}:${image.tag}`;
    const again = await create({ name: 'from-image', image: from, config: { resources: { cpu: '1', mem: '512m' } } });
    expect(await look(again)).toMatchObject({ status: 'RUNNING' });
  });
});
