/** The sandbox's app proxy over real HTTP and WebSockets, with a service that lives in memory. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { call } from '../testing/client.ts';
import { type KernelDouble, RuntimeDouble } from '../testing/kernel-double.ts';

let dir = '';
let runtime: RuntimeDouble;
let sandbox: Sandbox;
let sessionId = '';
const seen: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
const service = createServer((incoming, answer) => {
  seen.push({ method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers });
  answer.setHeader('Set-Cookie', ['a=1', 'b=2']);
  incoming.pipe(answer);
});
const sockets = new WebSocketServer({ noServer: true });
service.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
  seen.push({ method: 'UPGRADE', url: incoming.url ?? '', headers: incoming.headers });
  sockets.handleUpgrade(incoming, socket, head, (client) =>
    client.on('message', (data, binary) => client.send(data, { binary })),
  );
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-app-proxy-'));
  runtime = new RuntimeDouble(dir);
  const common = { dataDir: dir, port: 0, madeUp: 0, paceMs: 1, runtime, log: () => undefined } as const;
  sandbox = await startSandbox({ ...common, manager: 'current', appProxy: 'port' });
  const started = await call(sandbox.info, 'POST', '/session', {
    name: 'proxied',
    image: 'sandbox.localhost/stable/python:1.0-local',
    enqueueOnly: false,
    config: { resources: { cpu: '1', mem: '512m' } },
  });
  sessionId = String(started.json?.sessionId);
});
afterAll(async () => {
  await sandbox.close();
  sockets.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function get(url: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += String(part);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

const kernel = (): KernelDouble => {
  const found = runtime.kernels.at(-1);
  if (found === undefined) throw new Error('No kernel');
  return found;
};

/** Every connection that the kernel is asked for ends at the service above. */
function serve(): void {
  const double = kernel();
  const original = double.connect.bind(double);
  double.connect = async (name) => {
    const stream = await original(name);
    const inside = double.connections.at(-1);
    if (inside !== undefined)
      service.emit('connection', Object.assign(inside, { setTimeout: () => inside, setNoDelay: () => inside }));
    return stream;
  };
}

async function open(app = 'jupyter'): Promise<{ app: URL; cookie: string }> {
  const started = await call(sandbox.info, 'POST', `/session/${sessionId}/start-service`, { app });
  expect(started.status, started.bytes.toString()).toBe(200);
  const { token, wsproxy_addr: proxy } = started.json ?? {};
  const query = new URLSearchParams({ token: String(token), session_id: sessionId, app, protocol: 'http' });
  const authorised = await get(`${String(proxy)}/v2/proxy/auth?${query.toString()}`, { accept: 'application/json' });
  expect(authorised.status).toBe(200);
  const setup = await get(JSON.parse(authorised.text).redirect_url);
  expect(setup.status).toBe(302);
  const [line = ''] = setup.headers['set-cookie'] ?? [];
  expect(line).toMatch(/^appproxy_permit="[A-Za-z0-9+/=]+"; HttpOnly; Max-Age=604800; Path=\/; SameSite=Lax$/);
  return { app: new URL(setup.headers.location ?? ''), cookie: line.split(';')[0] ?? '' };
}

describe('app proxy', () => {
  it('is what the manager says that it is', async () => {
    const version = await call(sandbox.info, 'GET', '/scaling-groups/default/wsproxy-version?group=default');
    expect(version.json).toEqual({ wsproxy_version: 'v2' });
    const started = await call(sandbox.info, 'POST', `/session/${sessionId}/start-service`, { app: 'jupyter' });
    const status = await get(`${String(started.json?.wsproxy_addr)}/status`);
    expect(JSON.parse(status.text)).toEqual({ api_version: 'v2', advertise_address: started.json?.wsproxy_addr });
    const broken = await call(sandbox.info, 'POST', `/session/${sessionId}/start-service`, { app: 'broken' });
    expect(broken.status).toBe(500);
    const unknown = await call(sandbox.info, 'POST', `/session/${sessionId}/start-service`, { app: 'nothing' });
    expect(unknown.status).toBe(404);
  });

  it('wants the permit, and gives no two addresses to one app', async () => {
    serve();
    const { app, cookie } = await open();
    expect((await open()).app.href).toBe(app.href);
    expect((await get(app.href)).status).toBe(401);
    const wrong = await get(app.href, { cookie: 'appproxy_permit="bm90IGl0"', accept: 'application/json' });
    expect([wrong.status, JSON.parse(wrong.text).title]).toEqual([401, 'E20005: Invalid authorization cookie']);
    const right = await get(`${app.origin}/a?b=c`, { cookie: `x=1; ${cookie}`, 'X-Own': '1' }, 'POST', 'hello');
    expect([right.status, right.text]).toEqual([200, 'hello']);
    expect(right.headers['access-control-allow-origin']).toBe('*');
    expect(right.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    // The permit goes on to the app as well.
    expect(seen.at(-1)).toMatchObject({
      method: 'POST',
      url: '/a?b=c',
      headers: {
        host: app.host,
        cookie: `x=1; ${cookie}`,
        'x-own': '1',
        'x-forwarded-host': app.host,
        'x-forwarded-proto': 'http',
      },
    });
  });

  it('carries WebSockets without cookies and Origin', async () => {
    const { app, cookie } = await open();
    const refused = new WebSocket(`ws://${app.host}/ws`);
    const [failure] = await once(refused, 'error');
    expect(String(failure)).toContain('401');
    const client = new WebSocket(`ws://${app.host}/ws?x=1`, ['v1.kernel'], {
      headers: { cookie, origin: 'http://elsewhere' },
    });
    await once(client, 'open');
    expect(client.protocol).toBe('v1.kernel');
    client.send('text');
    expect((await once(client, 'message')).map(String)).toEqual(['text', 'false']);
    const { url, headers } = seen.at(-1) ?? { url: '', headers: {} as IncomingHttpHeaders };
    expect([url, headers.cookie, headers.origin, headers['sec-websocket-protocol']]).toEqual([
      '/ws?x=1',
      undefined,
      undefined,
      'v1.kernel',
    ]);
    client.close();
    await once(client, 'close');
  });

  it('forgets apps of a session that has ended', async () => {
    const { app, cookie } = await open();
    await call(sandbox.info, 'DELETE', `/session/${sessionId}`);
    kernel().endBy(0);
    await expect.poll(() => get(app.href, { cookie }).then(({ status }) => status)).toBe(400);
  });
});
