/**
 * The fault script: what is refused, and each fault as a client meets it.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { call, send, signedHeaders, tunnel, until } from '../testing/client.ts';
import { RuntimeDouble } from '../testing/kernel-double.ts';
import { readFaultScript } from './fault-file.ts';
import { FaultRules } from './fault-rules.ts';
import { endConnection } from './spoil.ts';

describe('a fault script', () => {
  it.each([
    ['{', /is not JSON/],
    ['{"rules": [{"on": "GET /", "fault": "explode"}]}', /wrong at rules\[0\]\.fault/],
    ['{"rules": [{"on": "/session", "fault": "cut"}]}', /rules\[0\]\.on: takes a method/],
    ['{"rules": [{"on": "GET /", "fault": "delay"}]}', /rules\[0\]\.ms/],
    ['{"rules": [{"on": "GET /", "fault": "cut", "probability": 2}]}', /probability/],
    ['{"rule": []}', /wrong at its top: Unrecognized key: "rule"/],
  ])('%s is refused with its place', (text, words) => {
    expect(() => readFaultScript(text, 'f.json')).toThrow(words);
  });

  it('matches by method, path and query, skips, counts, and draws the same lots again', () => {
    const { rules, seed } = readFaultScript(
      JSON.stringify({
        rules: [
          { on: 'GET /session/*/logs', fault: '500', skip: 1, count: 2 },
          { on: '* /stream/**', query: { app: 'sshd' }, fault: 'cut', at: 'manager' },
          { on: '* /lots', fault: 'reset', probability: 0.5 },
        ],
      }),
      'f.json',
    );
    const made = new FaultRules({ rules, seed });
    const meet = (method: string, target: string, place: 'manager' | 'webserver' = 'manager', of = made) => {
      const { pathname: path, searchParams: query } = new URL(target, 'http://x');
      return of.next({ place, method, path, query }, () => true)?.fault ?? null;
    };
    const logs = Array.from({ length: 4 }, () => meet('GET', '/session/x/logs'));
    expect(logs).toEqual([null, '500', '500', null]);
    expect(meet('POST', '/session/x/logs')).toBeNull();
    expect(meet('GET', '/session/x/y/logs')).toBeNull();
    expect(meet('GET', '/stream/session/x/tcpproxy?app=sshd')).toBe('cut');
    expect(meet('GET', '/stream/session/x/tcpproxy?app=ttyd')).toBeNull();
    expect(meet('GET', '/stream/session/x/tcpproxy?app=sshd', 'webserver')).toBeNull();
    const lots = (of: FaultRules) => Array.from({ length: 40 }, () => meet('GET', '/lots', 'manager', of));
    const first = lots(new FaultRules({ rules, seed }));
    expect(lots(new FaultRules({ rules, seed }))).toEqual(first);
    expect(new Set(first)).toEqual(new Set([null, 'reset']));
  });
});

describe('a connection that is reset', () => {
  it('is gone, also when its end is on its way', { timeout: 5_000 }, async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
    try {
      const [socket] = (await once(server, 'connection')) as [Socket];
      const isGone = once(socket, 'close');
      socket.end('all');
      endConnection(socket, 'reset');
      await isGone;
    } finally {
      client.destroy();
      server.close();
    }
  });
});

describe('a site with faults', () => {
  let dir = '';
  let file = '';
  let sandbox: Sandbox;
  let runtime: RuntimeDouble;
  const told: string[] = [];

  const script = (...rules: readonly unknown[]): Promise<void> => writeFile(file, JSON.stringify({ rules }));

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'berth-faults-'));
    file = join(dir, 'faults.json');
    runtime = new RuntimeDouble(dir);
    await script();
    const common = { dataDir: dir, port: 0, madeUp: 0, paceMs: 1, log: (line: string) => told.push(line) };
    sandbox = await startSandbox({ ...common, manager: 'current', runtime, webserver: true, faults: file });
  });
  afterEach(async () => {
    await sandbox.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const target = '/resource/presets';
  const get = (timeoutMs = 10_000): Promise<Response> =>
    fetch(new URL(target, sandbox.info.endpoint), {
      headers: signedHeaders(sandbox.info, 'GET', target),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });

  it('answers refusals, rubbish and other people’s pages, and takes a change of the script at once', async () => {
    const on = `GET ${target}`;
    await script({ on, fault: '429', count: 1 });
    const busy = await call(sandbox.info, 'GET', target);
    expect(busy).toMatchObject({ status: 429, json: { type: 'https://api.backend.ai/probs/rate-limit-exceeded' } });
    expect(busy.headers['x-ratelimit-limit']).toBeUndefined();
    expect((await call(sandbox.info, 'GET', target)).status).toBe(200);
    await script({ on, fault: '502', html: true });
    expect((await get()).headers.get('content-type')).toMatch(/^text\/html/);
    await script({ on, fault: 'garbage' });
    await expect((await get()).json()).rejects.toThrow();
    await script({ on, fault: 'captive-portal' });
    expect(await (await get()).text()).toContain('guest network');
    await script({ on, fault: 'redirect-to-login', to: 'https://login.example/' });
    expect((await get()).headers.get('location')).toBe('https://login.example/');
    await writeFile(file, 'no script');
    expect((await get()).status).toBe(302);
    expect(told.at(-2)).toMatch(/is not JSON/);
  });

  it('cuts, stalls, delays and breaks off answers', async () => {
    const on = `GET ${target}`;
    for (const fault of ['cut', 'reset'] as const) {
      await script({ on, fault });
      await expect(get()).rejects.toThrow();
    }
    await script({ on, fault: 'stall' });
    await expect(get(50)).rejects.toThrow(/timeout/);
    await script({ on, fault: 'delay', ms: 120 });
    const before = performance.now();
    expect((await get()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(110);
    await script({ on, fault: 'truncated' });
    const half = await (await get()).text();
    expect(half).toMatch(/^\{"presets"/);
    expect(() => JSON.parse(half)).toThrow();
    await script({ on, fault: 'broken-off' });
    await expect(get().then((response) => response.text())).rejects.toThrow();
    await script({ on, fault: 'endless' });
    const endless = await get();
    const reader = endless.body?.getReader();
    let size = 0;
    while (size < 100_000) size += (await reader?.read())?.value?.length ?? 0;
    await reader?.cancel();
  });

  it('has a clock of its own', async () => {
    await writeFile(file, JSON.stringify({ clockSkewSeconds: 3600 }));
    const skewed = await call(sandbox.info, 'GET', target);
    expect(skewed.json?.msg).toBe('Date/time sync error');
    const ahead = Date.parse(String(skewed.headers.date)) - Date.now();
    expect(ahead).toBeGreaterThan(3_590_000);
    const date = new Date(Date.now() + 3_600_000);
    expect((await call(sandbox.info, 'GET', target, undefined, { date })).status).toBe(200);
  });

  it('ends sign-ins, and has another host key, when told to', async () => {
    const { webserver = '', email, password } = sandbox.info;
    const login = await fetch(new URL('/server/login', webserver), {
      method: 'POST',
      body: JSON.stringify({ username: email, password }),
    });
    const headers = { 'X-BackendAI-SessionID': login.headers.get('x-backendai-sessionid') ?? '' };
    const status = async () => (await fetch(new URL(`/func${target}`, webserver), { headers })).status;
    expect(await status()).toBe(200);
    await script({ on: `GET /func${target}`, fault: 'expired-login', count: 1 });
    expect(await status()).toBe(401);
    await launch();
    await writeFile(file, JSON.stringify({ now: ['rotate-host-keys'] }));
    await until('another key', () => runtime.kernels[0]?.started.includes('another host key'));
  });

  async function launch(): Promise<void> {
    const body = { name: 'spoilt', image: 'sandbox.localhost/stable/python:1.0-local', config: {} };
    const made = await send(
      sandbox.info,
      'POST',
      '/session',
      signedHeaders(sandbox.info, 'POST', '/session'),
      JSON.stringify(body),
    );
    expect(made.json?.status).toBe('RUNNING');
  }

  const heardWithin = (client: WebSocket, ms: number): Promise<unknown> =>
    Promise.race([
      ...['message', 'pong', 'close'].map((event) => once(client, event).then(() => event)),
      new Promise((resolve) => setTimeout(resolve, ms, 'silence')),
    ]);

  it('spoils tunnels: cut, half-open, stalls, dropped bytes, distance, resets, refused upgrades', async () => {
    await launch();
    const on = 'GET /stream/session/*/tcpproxy';
    const path = '/stream/session/spoilt/tcpproxy?app=jupyter';
    const open = async () => {
      const client = tunnel(sandbox.info, path);
      await once(client, 'open');
      const service = await until('the service', () => runtime.kernels[0]?.connections.shift());
      return { client, service };
    };
    await script({ on, fault: 'tunnel-drop', afterBytes: 3, bytes: 2 });
    const dropping = await open();
    dropping.service.write('abcdefg');
    expect(String((await once(dropping.client, 'message'))[0])).toBe('abcfg');
    dropping.client.terminate();

    await script({ on, fault: 'tunnel-cut', afterBytes: 3 });
    const cut = await open();
    // Listened for from here: the message and the end may come in one piece.
    const isCut = once(cut.client, 'close');
    cut.service.write('abcdefg');
    const [first] = await once(cut.client, 'message');
    expect(String(first)).toBe('abc');
    await isCut;

    await script({ on, fault: 'tunnel-half-open', afterBytes: 1 });
    const dead = await open();
    dead.service.write('ab');
    await once(dead.client, 'message');
    dead.client.ping();
    expect(await heardWithin(dead.client, 100)).toBe('silence');
    const isGone = once(dead.client, 'close');
    await writeFile(file, JSON.stringify({ now: ['cut-tunnels'] }));
    await isGone;

    await script({ on, fault: '503' });
    const refused = tunnel(sandbox.info, path);
    refused.on('error', () => undefined);
    const [, response] = await once(refused, 'unexpected-response');
    expect((response as { readonly statusCode: number }).statusCode).toBe(503);
  });
});
