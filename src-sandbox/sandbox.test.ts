/**
 * The whole sandbox over real HTTP and WebSockets, with a runtime without processes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxInfo, startSandbox } from './sandbox.ts';
import { readSlots } from './slots/slots.ts';
import { type Answer, call, gql, refusal, send, signedHeaders, tunnel, until } from './testing/client.ts';
import { RuntimeDouble } from './testing/kernel-double.ts';

let dir = '';
let runtime: RuntimeDouble;
let sandbox: Sandbox;
let site: SandboxInfo;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-sandbox-'));
  runtime = new RuntimeDouble(dir);
  sandbox = await startSandbox({
    dataDir: dir,
    port: 0,
    manager: 'current',
    madeUp: 0,
    paceMs: 1,
    runtime,
    log: () => undefined,
    capacity: readSlots({ cpu: '8', mem: '16g', 'cuda.shares': '2' }),
  });
  site = sandbox.info;
});
afterAll(async () => {
  await sandbox.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function launch(name: string): Promise<string> {
  const answer = await call(site, 'POST', '/session', {
    name,
    image: 'sandbox.localhost/stable/python:1.0-local',
    enqueueOnly: false,
    config: { resources: { cpu: '1', mem: '512m' } },
  });
  expect(answer.status, answer.bytes.toString()).toBe(201);
  return String(answer.json?.sessionId);
}

const slugOf = ({ json }: Answer): string => String(json?.type).split('/').at(-1) ?? '';

describe('refuses', () => {
  const target = '/resource/presets';

  it('nothing that is signed', async () => {
    const answer = await call(site, 'GET', target);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '30000', 'x-ratelimit-window': '900' });
  });

  it('a request without a date, and one without a signature', async () => {
    const bare = await send(site, 'GET', target, {});
    expect([bare.status, slugOf(bare)]).toEqual([400, 'invalid-auth-params']);
    const dated = await send(site, 'GET', target, { 'X-BackendAI-Date': new Date().toISOString() });
    expect([dated.status, slugOf(dated)]).toEqual([401, 'auth-failed']);
    expect(dated.headers['x-ratelimit-limit']).toBeUndefined();
  });

  it('a wrong secret, a wrong key, a wrong query', async () => {
    const wrongSecret = await call({ ...site, secretKey: 'x'.repeat(40) }, 'GET', target);
    expect([wrongSecret.status, wrongSecret.json?.msg]).toEqual([401, 'Signature mismatch']);
    const wrongKey = await call({ ...site, accessKey: 'AKIANOBODY' }, 'GET', target);
    expect([wrongKey.status, wrongKey.json?.msg]).toEqual([401, 'Access key not found']);
    const headers = signedHeaders(site, 'GET', `${target}?a=2`);
    expect((await send(site, 'GET', `${target}?a=1`, headers)).status).toBe(401);
    expect(
      (await send(site, 'POST', '/resource/check-presets', signedHeaders(site, 'GET', '/resource/check-presets')))
        .status,
    ).toBe(401);
  });

  it('a skewed clock, with words by which a client can tell it', async () => {
    for (const minutes of [-16, 16]) {
      const date = new Date(Date.now() + minutes * 60_000);
      const skewed = await call(site, 'GET', target, undefined, { date });
      expect([skewed.status, skewed.json?.title]).toEqual([401, 'Date/time sync error']);
      const forged = await call({ ...site, secretKey: 'x' }, 'GET', target, undefined, { date });
      expect([forged.status, slugOf(forged)]).toEqual([400, 'invalid-auth-params']);
    }
    expect((await call(site, 'GET', target, undefined, { date: new Date(Date.now() - 14 * 60_000) })).status).toBe(200);
  });

  it('a version that it does not speak, even where no signature is needed', async () => {
    const answer = await call(site, 'GET', target, undefined, { version: 'v3.20000101' });
    expect([answer.status, answer.json?.msg]).toEqual([400, 'Unsupported API version.']);
    expect((await send(site, 'GET', '/', { 'X-BackendAI-Version': 'v10.20990101' })).status).toBe(400);
  });

  it('routes and verbs that do not exist', async () => {
    const unknown = await call(site, 'GET', '/nonsense');
    expect([unknown.status, slugOf(unknown)]).toEqual([404, 'url-not-found']);
    expect((await call(site, 'PUT', target)).status).toBe(405);
  });

  it('unknown sessions, bad bodies, unknown GraphQL fields', async () => {
    expect((await call(site, 'DELETE', '/session/nothing-of-that-name')).status).toBe(404);
    expect((await call(site, 'POST', '/session', { image: 42 })).status).toBe(400);
    const headers = signedHeaders(site, 'POST', '/session');
    expect((await send(site, 'POST', '/session', headers, '{')).json?.msg).toBe('Malformed body');
    const answer = await gql(site, '{ user { nonsense } }');
    expect(answer.status).toBe(200);
    expect(answer.json).not.toHaveProperty('data');
    expect(answer.json?.errors).toHaveLength(1);
  });

  it('sessions below the minimum, above the policy of slots, or in a step that is not there', async () => {
    const create = (resources: unknown) =>
      call(site, 'POST', '/session', { name: 'too-small', image: 'python', config: { resources } });
    expect((await create({ cpu: '1', mem: '64m' })).json?.msg).toMatch(/minimum|main memory/);
    expect((await create({ cpu: '1', mem: '300m' })).json?.msg).toMatch(/smaller than the minimum/);
    expect((await create({ 'tpu.device': '1' })).status).toBe(400);
    expect((await create({ 'cuda.shares': '0.25' })).status).toBe(400);
  });
});

describe('listens', () => {
  it('on loopback only', async () => {
    const port = Number(new URL(site.endpoint).port);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of others) {
      const socket = connect({ host: address, port });
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    }
  });

  it('and keeps its account to its owner', async () => {
    expect((await stat(join(dir, 'account.json'))).mode & 0o777).toBe(0o600);
  });
});

describe('sign-in', () => {
  it('gives the key pair for e-mail and password', async () => {
    const body = { type: 'keypair', domain: 'default', username: site.email, password: site.password };
    const answer = await send(
      site,
      'POST',
      '/auth/authorize',
      { 'Content-Type': 'application/json' },
      JSON.stringify(body),
    );
    expect(answer.json?.data).toMatchObject({ access_key: site.accessKey, secret_key: site.secretKey, role: 'user' });
    const wrong = JSON.stringify({ ...body, password: 'x' });
    expect((await send(site, 'POST', '/auth/authorize', {}, wrong)).status).toBe(401);
  });

  it('answers the first questions of a client', async () => {
    expect((await send(site, 'GET', '/', {})).json).toEqual({ version: 'v9.20250722', manager: '25.15.12' });
    expect((await call(site, 'GET', '/auth?echo=hi')).json).toEqual({ authorized: 'yes', echo: 'hi' });
    expect((await call(site, 'GET', '/scaling-groups?group=default')).json).toEqual({
      scaling_groups: [{ name: 'default' }, { name: 'cpu-only' }],
    });
    const me = await gql(
      site,
      '{ user { email groups { id name } } keypair { access_key } groups { name } domain { name } }',
    );
    expect(me.json?.data).toMatchObject({
      user: { email: site.email },
      groups: [{ name: 'default' }, { name: 'research' }],
    });
    const slots = { mem: 'bytes', 'cuda.shares': 'count', 'rocm.device': 'unique' };
    expect((await call(site, 'GET', '/config/resource-slots')).json).toMatchObject(slots);
  });
});

describe('a session', () => {
  it('is created, found everywhere, and ended', async () => {
    const id = await launch('found-everywhere');
    const list = await gql(
      site,
      'query($f: String) { compute_session_list(limit: 5, offset: 0, filter: $f) { total_count items { session_id type status occupied_slots containers { live_stat } } } }',
      { f: 'name == "found-everywhere" & status == "RUNNING"' },
    );
    expect(list.json?.data?.compute_session_list).toMatchObject({
      total_count: 1,
      items: [{ session_id: id, type: 'INTERACTIVE', occupied_slots: '{"cpu":"1","mem":"536870912"}' }],
    });
    const node = await gql(
      site,
      'query($s: ScopeField) { compute_session_nodes(scope_id: $s, filter: "name == \\"found-everywhere\\"", first: 1, offset: 0) { count edges { node { row_id type queue_position kernel_nodes { edges { node { status image { name } } } } } } } }',
      { s: 'system:' },
    );
    expect(node.json?.errors?.[0]?.message).toMatch(/Invalid scope/);
    const nodes = await gql(
      site,
      '{ compute_session_nodes(scope_id: "system", filter: "name == \\"found-everywhere\\"") { count edges { node { row_id type queue_position kernel_nodes { edges { node { status image { name } } } } } } } }',
    );
    expect(nodes.json?.data?.compute_session_nodes).toMatchObject({
      count: 1,
      edges: [{ node: { row_id: id, type: 'interactive' } }],
    });
    expect((await call(site, 'GET', `/session/_/match?id=${id.slice(0, 8)}`)).json).toEqual({
      matches: [{ id, name: 'found-everywhere', status: 'RUNNING' }],
    });
    expect((await call(site, 'GET', `/stream/session/${id}/apps`)).json).toMatchObject([
      { name: 'sshd', protocol: 'tcp', ports: [2200] },
      { name: 'jupyter', protocol: 'http', ports: [8080] },
      {},
      {},
    ]);
    expect((await call(site, 'GET', `/session/${id}`)).json).toMatchObject({
      status: 'RUNNING',
      environ: '{}',
      requestedSlots: "{'cpu': '1', 'mem': '536870912'}",
    });
    const key = await call(site, 'POST', `/session/${id}/download_single?file=id_container`, {
      file: '/home/work/id_container',
    });
    expect(key.bytes.toString()).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect((await call(site, 'GET', `/session/${id}/download_single?file=id_container`)).status).toBe(400);
    expect((await call(site, 'POST', `/session/${id}/start-service`, { app: 'jupyter' })).status).toBe(503);
    expect((await call(site, 'DELETE', `/session/${id}`)).json).toEqual({ stats: { status: 'terminated' } });
    const history = await until('the end', async () => {
      const answer = await call(site, 'GET', `/session/${id}/status-history`);
      return answer.json?.result?.TERMINATED === undefined ? null : answer.json;
    });
    expect(history.result).toHaveProperty('CREATING');
    expect((await call(site, 'DELETE', `/session/${id}`)).json).toEqual({ stats: {} });
  });

  it('is reused or refused under a name that is taken', async () => {
    const id = await launch('taken-name');
    const body = { name: 'taken-name', image: 'sandbox.localhost/stable/python:1.0-local' };
    expect((await call(site, 'POST', '/session', body)).json).toMatchObject({ sessionId: id, created: false });
    const refused = await call(site, 'POST', '/session', { ...body, reuseIfExists: false });
    expect([refused.status, slugOf(refused), refused.json?.data]).toEqual([
      400,
      'session-already-exists',
      { existingSessionId: id },
    ]);
  });

  it('tells of itself on the event stream', async () => {
    const target = '/events/session?scope=session';
    const response = await fetch(new URL(target, site.endpoint), { headers: signedHeaders(site, 'GET', target) });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const id = await launch('eventful');
    let text = '';
    while (!text.includes('event: session_started')) text += (await reader?.read())?.value ?? '';
    expect(text).toMatch(/event: session_enqueued\r\ndata: \{"reason":"","sessionName":"eventful"/);
    expect(text).toContain(id);
    expect(text).not.toContain('kernel_');
    await reader?.cancel();
    expect((await call(site, 'GET', '/events/session?name=unheard-of')).status).toBe(404);
  });
});

describe('tunnels', () => {
  let id = '';
  let path = '';
  beforeAll(async () => {
    id = await launch('tunnelled');
    path = `/stream/session/${id}/tcpproxy`;
  });
  const service = () => runtime.kernels.find(({ spec }) => spec.sessionId === id)?.connections.at(-1);

  it('carry bytes both ways, ignore text, answer pings', async () => {
    const socket = tunnel(site, `${path}?app=sshd`);
    await once(socket, 'open');
    const end = await until('the service to be connected', service);
    socket.send('this text goes nowhere');
    socket.send(Buffer.from('hello'));
    const [bytes] = (await once(end, 'data')) as [Buffer];
    expect(bytes.toString()).toBe('hello');
    const pong = once(socket, 'pong');
    socket.ping('payload');
    expect(String((await pong)[0])).toBe('payload');
    const message = once(socket, 'message');
    end.write('world');
    const [data, isBinary] = (await message) as [Buffer, boolean];
    expect([data.toString(), isBinary]).toEqual(['world', true]);
    end.end();
    const [code] = await once(socket, 'close');
    expect(code).toBe(1001);
  });

  it('lose and double nothing when either side is slow', async () => {
    const socket = tunnel(site, `${path}?app=jupyter`);
    await once(socket, 'open');
    const before = runtime.kernels.length;
    const end = await until('the service to be connected', service);
    expect(runtime.kernels).toHaveLength(before);
    const up = randomBytes(12 * 1024 * 1024);
    const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    for (let start = 0; start < up.length; start += 200_000) socket.send(up.subarray(start, start + 200_000));
    const received: Buffer[] = [];
    let size = 0;
    for await (const part of end as AsyncIterable<Buffer>) {
      received.push(part);
      size += part.length;
      if (received.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (size >= up.length) break;
    }
    expect(hashOf(Buffer.concat(received))).toBe(hashOf(up));
    socket.terminate();
  });

  it('send frames of at most 256 KiB', async () => {
    const socket = tunnel(site, `${path}?app=jupyter`);
    await once(socket, 'open');
    const known = service();
    const end = await until('the service', () => (service() === undefined ? null : (service() ?? known)));
    const sizes: number[] = [];
    socket.on('message', (data: Buffer) => sizes.push(data.length));
    end.write(Buffer.alloc(1_000_000));
    await until('the bytes', () => (sizes.reduce((sum, size) => sum + size, 0) === 1_000_000 ? true : null));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    socket.close();
    await once(socket, 'close');
  });

  it('close with 1013 when the port refuses', async () => {
    const socket = tunnel(site, `${path}?app=refusing`);
    const [code] = await once(socket, 'close');
    expect(code).toBe(1013);
  });

  it('are refused before the upgrade with the status of a manager', async () => {
    const answers = await Promise.all([
      refusal(site, path),
      refusal(site, `${path}?app=nothing`),
      refusal(site, `${path}?app=broken`),
      refusal(site, `${path}?app=sshd&arguments=[]`),
      refusal(site, `${path}?app=sshd&port=1025`),
      refusal(site, '/stream/session/00000000-0000-4000-8000-000000000000/tcpproxy?app=sshd'),
      refusal({ ...site, secretKey: 'x' }, `${path}?app=sshd`),
      refusal(site, `/stream/session/${id}/nonsense?app=sshd`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 404, 500, 400, 400, 404, 401, 404]);
    expect(answers[2]?.json).toMatchObject({
      msg: 'Failed to launch the app service',
      data: 'opening the service port timed out: broken',
    });
    expect(answers[1]?.headers['content-type']).toContain('application/problem+json');
  });
});

describe('dependent sessions', () => {
  it('end with the one that they wait for when that is asked for', async () => {
    const body = { image: 'sandbox.localhost/stable/python:1.0-local', enqueueOnly: true, config: {} };
    const first = await launch('waited-for');
    for (const [name, dependencies] of [['waiting', [first]] as const, ['waiting-too', ['waiting']] as const]) {
      expect((await call(site, 'POST', '/session', { ...body, name, dependencies })).status).toBe(201);
    }
    expect((await call(site, 'DELETE', `/session/${first}?recursive=true`)).json).toEqual({
      stats: { status: 'terminated' },
    });
    const query =
      '{ compute_session_list(limit: 9, offset: 0, filter: "name ilike \\"waiting%\\"") { items { status } } }';
    const list = await gql(site, query);
    expect(list.json?.data?.compute_session_list).toEqual({
      items: [{ status: 'CANCELLED' }, { status: 'CANCELLED' }],
    });
  });
});

describe('folders', () => {
  it('begin with two, and live their life', async () => {
    const names = async (): Promise<readonly unknown[]> =>
      ((await call(site, 'GET', '/folders')).json as unknown as readonly { name: string; status: string }[])
        .filter(({ status }) => status === 'ready')
        .map(({ name }) => name);
    expect(await names()).toEqual(['data', 'results']);
    const made = await call(site, 'POST', '/folders', { name: 'models', usage_mode: 'general', permission: 'rw' });
    expect(made.status).toBe(201);
    expect((await call(site, 'POST', '/folders', { name: 'models' })).status).toBe(400);
    expect((await call(site, 'POST', '/folders', { name: '../out' })).status).toBe(400);
    expect((await call(site, 'POST', '/folders/models/mkdir', { path: 'a/b', parents: true })).status).toBe(200);
    expect((await call(site, 'POST', '/folders/models/mkdir', { path: '../../x' })).status).toBe(400);
    expect((await call(site, 'GET', '/folders/models/files?path=a')).json).toMatchObject({
      items: [{ name: 'b', type: 'DIRECTORY' }],
    });
    expect((await call(site, 'GET', '/folders/models/files?path=../..')).status).toBe(400);
    expect((await call(site, 'POST', '/folders/models/rename', { new_name: 'weights' })).status).toBe(201);
    expect(await names()).toEqual(['data', 'results', 'weights']);
    expect((await call(site, 'DELETE', '/folders', { id: made.json?.id })).status).toBe(204);
    expect(await names()).toEqual(['data', 'results']);
    expect((await call(site, 'POST', '/folders/restore-from-trash-bin', { id: made.json?.id })).status).toBe(204);
    expect((await call(site, 'GET', '/folders/weights/files')).json).toMatchObject({ items: [{ name: 'a' }] });
  });
});
