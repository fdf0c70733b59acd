/**
 * The sandbox with its real runtime: from an empty data folder to a session with SSH, mounted folders and a clean end.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebSocketStream } from 'ws';
import { createKernelRuntime } from './runtime/runtime.ts';
import { type Sandbox, type SandboxInfo, startSandbox } from './sandbox.ts';
import { call, gql, type Json, tunnel, until } from './testing/client.ts';

const run = promisify(execFile);

let dir = '';
let sandbox: Sandbox;
let site: SandboxInfo;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-sandbox-it-'));
  const log = (): void => undefined;
  const runtime = await createKernelRuntime({ dataDir: dir, sshd: 'builtin', log });
  sandbox = await startSandbox({ dataDir: dir, port: 0, manager: 'current', madeUp: 0, paceMs: 5, runtime, log });
  site = sandbox.info;
});
afterAll(async () => {
  await sandbox.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function statusOf(id: string): Promise<Json> {
  const query = 'query($id: UUID!) { compute_session(id: $id) { status status_info status_data } }';
  const answer = await gql(site, query, { id });
  const session = answer.json?.data?.compute_session;
  if (session === undefined) throw new Error(answer.bytes.toString());
  return session;
}

/** An environment that is here already, by what its name begins with; without one, the first. */
async function imageLike(prefix: string): Promise<string> {
  const answer = await gql(site, '{ images(is_installed: true) { registry namespace tag base_image_name } }');
  const images = (answer.json?.data?.images ?? []) as unknown as readonly Record<string, string>[];
  const image = images.find(({ base_image_name: name }) => name?.startsWith(prefix)) ?? images[0];
  return `${image?.registry}/${image?.namespace}:${image?.tag}`;
}

async function launch(name: string, image: string, config: Record<string, unknown>): Promise<string> {
  const body = { name, image, enqueueOnly: true, reuseIfExists: false, config };
  const answer = await call(site, 'POST', '/session', body);
  expect(answer.status, answer.bytes.toString()).toBe(201);
  const id = String(answer.json?.sessionId);
  await until(
    `${name} to run`,
    async () => {
      const { status, status_data: data } = await statusOf(id);
      if (String(status) === 'ERROR') throw new Error(String(data));
      return String(status) === 'RUNNING' ? true : null;
    },
    60_000,
  );
  return id;
}

/** Runs a command over SSH through one tunnel, as a client would. */
async function overSsh(id: string, command: string): Promise<string> {
  const key = await call(site, 'POST', `/session/${id}/download_single`, { file: 'id_container' });
  expect(key.bytes.toString()).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  const socket = tunnel(site, `/stream/session/${id}/tcpproxy?app=sshd`);
  const client = new Client();
  const ready = once(client, 'ready');
  client.connect({
    sock: createWebSocketStream(socket),
    username: 'work',
    privateKey: key.bytes,
    readyTimeout: 30_000,
  });
  await ready;
  try {
    return await new Promise((resolve, reject) => {
      client.exec(command, (error, stream) => {
        if (error !== undefined) return reject(error);
        let text = '';
        stream.on('data', (part: Buffer) => {
          text += part.toString();
        });
        stream.stderr.on('data', (part: Buffer) => {
          text += part.toString();
        });
        stream.on('close', () => resolve(text));
      });
    });
  } finally {
    client.end();
  }
}

describe('sandbox with real processes', () => {
  it('runs a session with folders and a fraction of a GPU, and leaves nothing but the folders', async () => {
    await writeFile(join(dir, 'vfolders', 'data', 'given.txt'), 'given\n');
    const id = await launch('real-session', await imageLike('shell'), {
      mounts: ['data', 'results'],
      resources: { cpu: '1', mem: '1g', 'cuda.shares': '0.5' },
      environ: { GREETING: 'hello there' },
    });
    const said = await overSsh(id, 'cat data/given.txt; echo "$GREETING" > results/made.txt; ls; pwd');
    expect(said).toContain('given');
    expect(said).toContain('results');
    expect(await readFile(join(dir, 'vfolders', 'results', 'made.txt'), 'utf8')).toBe('hello there\n');

    const listed = await call(site, 'GET', `/session/${id}/files?path=results`);
    expect(String(listed.json?.files)).toContain('made.txt');
    const stat = await until('figures', async () => {
      const answer = await gql(site, 'query($id: UUID!) { compute_session(id: $id) { containers { live_stat } } }', {
        id,
      });
      const containers = answer.json?.data?.compute_session?.containers as unknown as readonly {
        live_stat: string | null;
      }[];
      return containers[0]?.live_stat;
    });
    expect(JSON.parse(stat)).toMatchObject({ mem: { unit_hint: 'bytes' }, cuda_util: { pct: '0' } });

    expect((await call(site, 'DELETE', `/session/${id}`)).status).toBe(200);
    await until('the end', async () => (String((await statusOf(id)).status) === 'TERMINATED' ? true : null));
    const { stdout } = await run('ps', ['-eo', 'args']);
    expect(stdout).not.toContain(id);
    expect(await readFile(join(dir, 'vfolders', 'results', 'made.txt'), 'utf8')).toBe('hello there\n');
  });

  it('closes a tunnel with 1001 when its session is ended', async () => {
    const id = await launch('cut-short', await imageLike('shell'), { resources: { cpu: '1', mem: '512m' } });
    const socket = tunnel(site, `/stream/session/${id}/tcpproxy?app=sshd`);
    const [banner] = (await once(socket, 'message')) as [Buffer];
    expect(banner.toString()).toMatch(/^SSH-2\.0-/);
    const closed = once(socket, 'close');
    await call(site, 'DELETE', `/session/${id}`);
    expect((await closed)[0]).toBe(1001);
  });
});
