import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import { systemClock } from '../base/clock.ts';
import { createHmacAuthenticator } from './authenticator.ts';
import { createRoute, defaultRouteSettings, type Route, type RouteSettings } from './route.ts';
import { SiteClient } from './site-client.ts';
import { type Authority, makeAuthority, type Pair } from './testing/certificates.ts';
import { type ConnectProxy, startConnectProxy } from './testing/connect-proxy.ts';
import { readAuthorities } from './trust.ts';
import { openTunnel } from './tunnel.ts';

let authority: Authority;
let good: Pair;
let lonely: Pair;
let proxy: ConnectProxy;
let guarded: ConnectProxy;
const closing: (() => Promise<void>)[] = [];

interface Site {
  readonly port: number;
  /** Requests and upgrades that got past TLS. */
  asked: number;
}

/** REST, events and a WebSocket that echoes. */
async function serveSite(pair: Pair | null): Promise<Site> {
  const site = { port: 0, asked: 0 };
  const sockets = new Set<Socket>();
  const server = pair === null ? createHttpServer() : createHttpsServer(pair);
  const echo = new WebSocketServer({ noServer: true });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    site.asked += 1;
    if (request.url === '/events') response.writeHead(200).write(': hello\n\n');
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  });
  server.on('upgrade', (request, socket, head) => {
    site.asked += 1;
    echo.handleUpgrade(request, socket, head, (ws) => ws.on('message', (data) => ws.send(data)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.port = (server.address() as AddressInfo).port;
  closing.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return site;
}

beforeAll(async () => {
  authority = makeAuthority();
  good = authority.issue(['127.0.0.1', 'site.test']);
  lonely = authority.selfSigned(['site.test']);
  proxy = await startConnectProxy();
  guarded = await startConnectProxy('me:canary-proxy');
  closing.push(
    () => proxy.close(),
    () => guarded.close(),
  );
});

afterAll(async () => {
  for (const close of closing) await close();
  authority.dispose();
});

const clientOf = (endpoint: string, route: Route) =>
  new SiteClient({
    endpoint,
    authenticator: createHmacAuthenticator('AK', 'SK'),
    apiVersion: 'v8.20240915',
    clock: systemClock,
    route,
  });

/** One call of each kind; what each came to. */
const kinds: Record<string, (endpoint: string, route: Route) => Promise<string>> = {
  rest: async (endpoint, route) => {
    const client = clientOf(endpoint, route);
    try {
      await client.json('/', z.object({ ok: z.literal(true) }));
      return 'ok';
    } finally {
      client.dispose();
    }
  },
  events: async (endpoint, route) => {
    const abort = new AbortController();
    const response = await clientOf(endpoint, route).stream('/events', 'text/event-stream', abort.signal);
    response.on('error', () => undefined);
    const [chunk] = await new Promise<[Buffer]>((resolve) => response.once('data', (data: Buffer) => resolve([data])));
    abort.abort();
    return chunk.toString().startsWith(': hello') ? 'ok' : 'odd';
  },
  /** What speaks HTTP itself, as the gateway does to an app proxy. */
  bytes: async (endpoint, route) => {
    const url = new URL(endpoint);
    const socket = await route.connect(url);
    socket.write(`GET / HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer.includes('{"ok":true}') ? 'ok' : 'odd';
  },
  websocket: async (endpoint, route) => {
    const socket = await openTunnel(clientOf(endpoint, route), '/tunnel', { app: 'x' });
    const echoed = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
    socket.resume();
    socket.send('ok');
    const answer = await echoed;
    socket.terminate();
    return answer;
  },
};

async function outcome(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BerthError) return `${error.code} ${error.params.reason ?? ''}`.trim();
    throw error;
  }
}

const settings = (change: Partial<RouteSettings>): RouteSettings => ({ ...defaultRouteSettings, ...change });
const via = (address: string, user = '', password: string | null = null) =>
  ({ kind: 'address', address, user, password }) as const;

describe.each(Object.keys(kinds))('%s', (kind) => {
  const call = (endpoint: string, change: Partial<RouteSettings>, environment = {}) => {
    const one = kinds[kind];
    if (one === undefined) throw new Error(kind);
    return outcome(one(endpoint, createRoute(settings(change), environment)));
  };

  it('does not believe an unknown authority, and does once it is added', async () => {
    const site = await serveSite(good);
    const endpoint = `https://127.0.0.1:${site.port}`;
    expect(await call(endpoint, {})).toMatch(/^tls /);
    expect(site.asked).toBe(0);
    expect(await call(endpoint, { authorities: authority.cert })).toBe('ok');
  });

  it('is not talked out of it by the environment', async () => {
    const site = await serveSite(good);
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await call(`https://127.0.0.1:${site.port}`, {})).toMatch(/^tls /);
      expect(site.asked).toBe(0);
    } finally {
      Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
    }
  });

  it('does not believe a known authority about another name', async () => {
    const site = await serveSite(authority.issue(['elsewhere.test']));
    expect(await call(`https://127.0.0.1:${site.port}`, { authorities: authority.cert })).toMatch(/^tls /);
    expect(site.asked).toBe(0);
  });

  it.each(['self-signed', 'issued'])(
    'believes a pinned certificate (%s), and stops at a changed one',
    async (which) => {
      const pair = which === 'issued' ? good : lonely;
      const site = await serveSite(pair);
      const endpoint = `https://127.0.0.1:${site.port}`;
      expect(await call(endpoint, { pin: pair.cert })).toBe('ok');
      // Both by another self-signed one, and by one that an authority issued for the right name.
      const others = [authority.selfSigned(['127.0.0.1']), authority.issue(['127.0.0.1'])];
      for (const other of others) {
        const changed = await serveSite(other);
        const answer = await call(`https://127.0.0.1:${changed.port}`, { pin: pair.cert, authorities: authority.cert });
        expect(answer).toBe('certificate-changed');
        expect(changed.asked).toBe(0);
      }
    },
  );

  it('takes a pinned certificate for itself alone, not for an authority', async () => {
    const site = await serveSite(good);
    expect(await call(`https://127.0.0.1:${site.port}`, { pin: authority.cert })).toBe('certificate-changed');
    expect(site.asked).toBe(0);
  });

  it('goes through a proxy of the settings, by TLS and without', async () => {
    const [secure, plain] = [await serveSite(good), await serveSite(null)];
    const before = proxy.seen.length;
    const through = { proxy: via(proxy.address), authorities: authority.cert };
    expect(await call(`https://site.test:${secure.port}`, through)).toBe('ok');
    expect(await call(`http://site.test:${plain.port}`, through)).toBe('ok');
    expect(proxy.seen.slice(before)).toEqual([`site.test:${secure.port}`, `site.test:${plain.port}`]);
  });

  it('goes through the proxy of the environment, but not where it is not wanted', async () => {
    const site = await serveSite(good);
    const before = proxy.seen.length;
    const environment = { https_proxy: proxy.address };
    const trusted = { authorities: authority.cert };
    expect(await call(`https://site.test:${site.port}`, trusted, environment)).toBe('ok');
    expect(proxy.seen.slice(before)).toEqual([`site.test:${site.port}`]);
    expect(await call(`https://127.0.0.1:${site.port}`, trusted, environment)).toBe('ok');
    const exempt = { ...environment, no_proxy: '.test' };
    // The name exists at the proxy only: without it the way ends here.
    expect(await call(`https://site.test:${site.port}`, trusted, exempt)).toMatch(/^offline /);
    expect(proxy.seen.length).toBe(before + 1);
  });

  it('signs in to a proxy, and says what the proxy refuses', async () => {
    const site = await serveSite(good);
    const trusted = { authorities: authority.cert };
    const endpoint = `https://site.test:${site.port}`;
    expect(await call(endpoint, { ...trusted, proxy: via(guarded.address) })).toBe('proxy login');
    expect(await call(endpoint, { ...trusted, proxy: via(guarded.address, 'me', 'wrong') })).toBe('proxy login');
    expect(await call(endpoint, { ...trusted, proxy: via(guarded.address, 'me', 'canary-proxy') })).toBe('ok');
    expect(await call('https://forbidden.test', { ...trusted, proxy: via(proxy.address) })).toBe('proxy refused');
    expect(await call(endpoint, { ...trusted, proxy: via('http://127.0.0.1:9') })).toBe('proxy unreachable');
    expect(await call(endpoint, { ...trusted, proxy: via('socks5://127.0.0.1:9') })).toBe('proxy scheme');
  });

  it('believes no proxy about a certificate', async () => {
    const site = await serveSite(lonely);
    expect(await call(`https://site.test:${site.port}`, { proxy: via(proxy.address) })).toMatch(/^tls /);
    expect(site.asked).toBe(0);
  });
});

describe('inspect', () => {
  it('shows a certificate that nobody believes yet, without asking the site anything', async () => {
    const site = await serveSite(lonely);
    const shown = await createRoute(settings({}), {}).inspect(new URL(`https://127.0.0.1:${site.port}`));
    expect(readAuthorities(shown)).toEqual(readAuthorities(lonely.cert));
    expect(readAuthorities(shown)[0]).toMatchObject({
      subject: 'CN=site.test',
      selfSigned: true,
      names: ['site.test'],
    });
    expect(site.asked).toBe(0);
    const through = createRoute(settings({ proxy: via(proxy.address) }), {});
    expect(await through.inspect(new URL(`https://site.test:${site.port}`))).toBe(shown);
  });

  it('refuses text that holds no certificate', () => {
    for (const text of ['', 'hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----']) {
      expect(() => readAuthorities(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    }
  });
});
