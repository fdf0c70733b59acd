/** The gateway among hostile neighbours: bytes that no browser sends, and services that answer with such. */
import type * as http from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { gatewayLimits } from './gateway.ts';
import { maxWebSockets } from './place.ts';
import { maxHeaders } from './request-shape.ts';
import { type GatewayRig, startGatewayRig } from './testing/gateway-rig.ts';
import { sendRaw, startRawService } from './testing/raw.ts';
import { ask, enter, type TestWindow } from './testing/window.ts';

/** As Node is where it was started with `--insecure-http-parser`. */
vi.mock('node:http', async (original) => {
  const real = await original<typeof http>();
  const isOptions = (it: unknown) => typeof it === 'object' && it !== null && !(it instanceof URL);
  const leniently =
    (make: (...args: never[]) => unknown) =>
    (...args: readonly unknown[]) =>
      make(...(args.map((it) => (isOptions(it) ? { insecureHTTPParser: true, ...(it as object) } : it)) as never[]));
  return { ...real, createServer: leniently(real.createServer), request: leniently(real.request) };
});

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

const limits = {
  ...gatewayLimits,
  listener: { ...gatewayLimits.listener, headersTimeoutMs: 400, checkEveryMs: 100, maxConnections: 400 },
};

describe.skipIf(reason !== null)('gateway among hostile neighbours', () => {
  let server: RealSshServer;
  let rig: GatewayRig;
  let window: TestWindow;
  let port: number;
  let host: string;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    rig = await startGatewayRig(server, limits);
    window = await rig.openReady();
    host = new URL(window.origin).host;
    port = Number(new URL(window.origin).port);
  });
  afterEach(() => rig.close());

  /** A request with everything a window has, the given lines added, and the connection closed after it. */
  const raw = (start: string, lines: string[] = [], rest = '', closes = true): Promise<string> =>
    sendRaw(
      port,
      `${[
        start,
        `Host: ${host}`,
        `Cookie: ${window.cookie}`,
        `Origin: ${window.origin}`,
        ...(closes ? ['Connection: close'] : []),
        ...lines,
      ].join('\r\n')}\r\n\r\n${rest}`,
    );

  it('serves its own Host alone, however it is written', async () => {
    const name = host.split(':')[0] ?? '';
    const hosts = [
      name,
      `${name}.:${port}`,
      host.toUpperCase(),
      `${name}:${port + 1}`,
      `${name}:0${port}`,
      `x.${host}`,
      `${host}.evil.example`,
      `evil.example:${port}`,
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::1]:${port}`,
      '[::1]',
      `user@${host}`,
      `${host}/`,
      `${host}, evil.example`,
      '',
    ];
    for (const other of hosts) {
      const answer = await sendRaw(
        port,
        `GET / HTTP/1.1\r\nHost: ${other}\r\nCookie: ${window.cookie}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer, other).toMatch(/^HTTP\/1\.1 421 /);
    }
    const twice = (second: string) => raw('GET / HTTP/1.1', [`Host: ${second}`]);
    expect(await twice('evil.example')).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await twice(host)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await sendRaw(port, `GET / HTTP/1.0\r\nCookie: ${window.cookie}\r\n\r\n`)).toMatch(/ 421 /);
    expect(await sendRaw(port, `GET / HTTP/1.1\r\nCookie: ${window.cookie}\r\n\r\n`)).toMatch(/ 400 /);
    expect(await sendRaw(port, 'GET /\r\n\r\n')).toMatch(/ 421 /);
    const upgrade = (other: string) =>
      sendRaw(
        port,
        `GET /ws HTTP/1.1\r\nHost: ${other}\r\nCookie: ${window.cookie}\r\nOrigin: ${window.origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
    for (const other of [name, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect(await upgrade(other), other).toMatch(/ 421 /);
    }
    expect(rig.service.seen).toEqual([]);
    expect(await raw('GET /right HTTP/1.1')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await raw('GET /old HTTP/1.0')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is no proxy', async () => {
    expect(await raw(`GET http://${host}/ HTTP/1.1`)).toMatch(/ 400 /);
    expect(await raw('GET http://evil.example/ HTTP/1.1')).toMatch(/ 400 /);
    expect(await raw('OPTIONS * HTTP/1.1')).toMatch(/ 400 /);
    expect(await raw(`CONNECT 127.0.0.1:${rig.service.port} HTTP/1.1`)).toMatch(/ 405 /);
    expect(await raw('TRACE / HTTP/1.1')).toMatch(/ 405 /);
    expect(await raw('TRACK / HTTP/1.1')).toMatch(/ 4\d\d /);
    expect(rig.service.seen).toEqual([]);
  });

  it('refuses smuggled requests', async () => {
    const inner = `GET /smuggled HTTP/1.1\r\nHost: ${host}\r\nCookie: ${window.cookie}\r\n\r\n`;
    const chunked = `0\r\n\r\n${inner}`;
    const post = 'POST /outer HTTP/1.1';
    const te = 'Transfer-Encoding: chunked';
    const cases: Readonly<Record<string, Promise<string>>> = {
      'length and chunks': raw(post, ['Content-Length: 5', te], chunked, false),
      'chunks and length': raw(post, [te, 'Content-Length: 5'], chunked, false),
      'two lengths': raw(post, ['Content-Length: 0', 'Content-Length: 5'], inner, false),
      'list of lengths': raw(post, ['Content-Length: 5, 5'], inner, false),
      'signed length': raw(post, ['Content-Length: +5'], inner, false),
      'folded coding': raw(post, ['Transfer-Encoding:', ' chunked'], chunked, false),
      'folded header': raw('GET /outer HTTP/1.1', ['X-A: 1', ' folded'], '', false),
      'space before colon': raw(post, ['Transfer-Encoding : chunked'], chunked, false),
      'coding in other words': raw(post, ['Transfer-Encoding: xchunked'], chunked, false),
      'coding twice': raw(post, [te, 'Transfer-Encoding: identity'], chunked, false),
      'coding compressed': raw(post, ['Transfer-Encoding: gzip, chunked'], chunked, false),
      'coding in HTTP/1.0': raw('POST /outer HTTP/1.0', [te], chunked, false),
      'bare line feed': sendRaw(port, `GET /outer HTTP/1.1\nHost: ${host}\nCookie: ${window.cookie}\n\n`),
      'bare line feed in headers': raw('GET /outer HTTP/1.1', ['X-A: 1\nX-B: 2'], '', false),
      'bare carriage return': raw('GET /outer HTTP/1.1', ['X-A: 1\rX-B: 2'], '', false),
      'NUL in a header': raw('GET /outer HTTP/1.1', ['X-A: 1\0'], '', false),
      'chunk ended by line feed': raw(post, [te], `5;a\nhello\r\n${chunked}`, false),
      'size by line feed': raw(post, [te], `5\nhello\n0\n\n${inner}`, false),
      'long chunk extension': raw(post, [te], `5;${'x'.repeat(20_000)}\r\nhello\r\n${chunked}`, false),
      'huge chunk size': raw(post, [te], `FFFFFFFFFFFFFFFFF\r\nhello\r\n${chunked}`, false),
    };
    for (const [name, answered] of Object.entries(cases)) {
      const answer = await answered;
      expect(answer, name).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer.match(/^HTTP\/1\.1 /gm), name).toHaveLength(1);
    }
    // What was broken in the middle of a body may have begun; nothing inside it was ever taken for a request.
    expect(rig.service.seen.map((entry) => entry.url)).toEqual([]);
    // A short chunk extension is legal, and ends here.
    expect(await raw('POST /fine HTTP/1.1', [te], '5;a=b\r\nhello\r\n0\r\n\r\n')).toMatch(/ 200 /);
    // A body that looks like a request stays a body.
    expect(await raw('POST /fine HTTP/1.1', [`Content-Length: ${inner.length}`], inner)).toMatch(/ 200 /);
    expect(rig.service.seen.map((entry) => [entry.url, entry.length])).toEqual([
      ['/fine', 5],
      ['/fine', inner.length],
    ]);
  });

  it('bounds size and number of headers', async () => {
    // In the gateway's own words: the service behind it has a limit too.
    const tooLong = /^HTTP\/1\.1 431 [\s\S]*The headers of this request are too long\.$/;
    expect(await raw('GET / HTTP/1.1', [`X-A: ${'a'.repeat(limits.listener.maxHeaderBytes)}`])).toMatch(tooLong);
    expect(await raw(`GET /${'a'.repeat(limits.listener.maxHeaderBytes)} HTTP/1.1`)).toMatch(tooLong);
    expect(await raw('GET / HTTP/1.1', Array<string>(maxHeaders).fill('A: 1'))).toMatch(/ 431 /);
    expect(await raw('GET / HTTP/1.1', Array<string>(4_000).fill('A: 1'))).toMatch(/ 431 /);
    expect(rig.service.seen).toEqual([]);
    expect(await raw('GET / HTTP/1.1', [`X-A: ${'a'.repeat(12_000)}`])).toMatch(/ 200 /);
  });

  it('cuts clients that send no headers', async () => {
    const cutAfter = (text: string): Promise<number> =>
      new Promise((resolve) => {
        const startedAt = performance.now();
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        const trickle = setInterval(() => socket.write(text === '' ? '' : 'X'), 50);
        socket.on('error', () => undefined);
        socket.resume();
        socket.on('close', () => {
          clearInterval(trickle);
          resolve(performance.now() - startedAt);
        });
      });
    const times = await Promise.all([
      cutAfter(''),
      cutAfter('GET / HT'),
      cutAfter(`GET / HTTP/1.1\r\nHost: ${host}\r\nA`),
    ]);
    for (const time of times) expect(time).toBeLessThan(3_000);
  });

  it('bounds connections', async () => {
    const sockets: Socket[] = [];
    let closed = 0;
    for (let i = 0; i < limits.listener.maxConnections + 40; i += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => {
        closed += 1;
      });
      socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n`));
      sockets.push(socket);
    }
    const startedAt = performance.now();
    await until(() => closed >= 30, 'refused', 3_000);
    // Refused at once, not after the time for headers.
    expect(performance.now() - startedAt).toBeLessThan(limits.listener.headersTimeoutMs);
    for (const socket of sockets) socket.destroy();
    await until(
      async () =>
        (await window.ask('/').then(
          ({ status }) => status,
          () => 0,
        )) === 200,
      'serves again',
    );
  });

  it('opens no other protocol', async () => {
    const upgrade = (lines: string[], start = 'GET /ws HTTP/1.1') =>
      raw(
        start,
        ['Connection: Upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...lines],
        '',
        false,
      );
    for (const protocol of ['h2c', 'TLS/1.0', 'websocket, h2c', 'websocket/13']) {
      expect(await upgrade([`Upgrade: ${protocol}`]), protocol).toMatch(/ 400 /);
    }
    expect(await upgrade(['Upgrade: websocket'], 'POST /ws HTTP/1.1')).toMatch(/ 400 /);
    expect(await upgrade(['Upgrade: websocket', 'Content-Length: 5'])).toMatch(/ 400 /);
    expect(await upgrade(['Upgrade: websocket', 'Transfer-Encoding: chunked'])).toMatch(/ 400 /);
    expect(await upgrade(['Upgrade: websocket', 'Sec-Fetch-Site: cross-site'])).toMatch(/ 403 /);
  });

  it('lets no service switch protocols or speak in two ways', async () => {
    const service = await startRawService({
      '/switch': 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      '/h2': 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI',
      '/two':
        'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
      '/lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello!',
      '/many': `HTTP/1.1 200 OK\r\n${`A: ${'a'.repeat(1_000)}\r\n`.repeat(300)}Connection: close\r\n\r\nx`,
      '/beyond': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
      '/policy':
        'HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=9\r\nAlt-Svc: h3=":1"\r\nClear-Site-Data: "*"\r\nService-Worker-Allowed: /\r\nContent-Length: 2\r\n\r\nok',
    });
    try {
      rig.add('raw', service.port);
      const other = await rig.openReady('raw');
      expect((await other.ask('/switch')).status).toBe(503);
      await until(async () => (await other.state()).phase === 'ready', 'ready');
      for (const path of ['/two', '/lengths', '/many']) {
        expect((await other.ask(path)).status, path).toBe(503);
        await until(async () => (await other.state()).phase === 'ready', 'ready');
      }
      // An answer before its question is not given to the next one who asks.
      expect((await other.ask('/beyond')).text).toBe('ok');
      expect((await other.ask('/next')).text).toBe('ok');
      const { headers } = await other.ask('/policy');
      for (const name of ['strict-transport-security', 'alt-svc', 'clear-site-data', 'service-worker-allowed']) {
        expect(headers).not.toHaveProperty(name);
      }
      const failed = (path: string): Promise<string> =>
        new Promise((resolve) => {
          const ws = other.socket(path);
          ws.once('open', () => resolve('open'));
          ws.once('error', (error) => resolve(error.message));
        });
      expect(await failed('/h2')).toContain('502');
    } finally {
      await service.close();
    }
  });

  it('keeps places apart, and their tokens', async () => {
    const { url } = await rig.open('other');
    const other = await enter(url);
    const otherHost = new URL(other.origin).host;
    // This place's cookie at the other, with everything else right.
    expect((await window.ask('/apart', { host: otherHost })).status).toBe(403);
    expect((await other.ask('/apart', { host })).status).toBe(403);
    const both = await ask(window.origin, '/apart', { headers: { cookie: other.cookie } });
    expect(both.status).toBe(403);
    // A token of the other place, and one that was used.
    const post = (origin: string, token: string) =>
      ask(origin, '/.berth/enter', { method: 'POST', body: token, headers: { origin } });
    const fresh = new URL((await rig.open('other')).url).hash.slice(1);
    expect((await post(window.origin, fresh)).status).toBe(403);
    expect((await post(other.origin, fresh)).status).toBe(403);
    expect((await post(other.origin, new URL(url).hash.slice(1))).status).toBe(403);
    expect((await post(other.origin, 'x'.repeat(10_000))).status).toBe(403);
    expect(rig.service.seen.filter((entry) => entry.url === '/apart')).toEqual([]);
    // Nothing that lets anybody in is in the log.
    const log = JSON.stringify(rig.logged);
    expect(rig.logged.length).toBeGreaterThan(0);
    for (const secret of [window.cookie, other.cookie, fresh]) expect(log).not.toContain(secret.split('=').pop());
    expect(log).not.toContain(host);
  });

  it('bounds the WebSockets of a window', async () => {
    const sockets: WebSocket[] = [];
    const open = (): Promise<string> => {
      const ws = window.socket('/ws');
      sockets.push(ws);
      return new Promise((resolve) => {
        ws.once('open', () => resolve('open'));
        ws.on('error', (error) => resolve(error.message));
      });
    };
    // A few at a time: the gateway of these tests gives each only 400 ms to send its head.
    const answers: string[] = [];
    while (answers.length < maxWebSockets) answers.push(...(await Promise.all(Array.from({ length: 8 }, open))));
    expect(new Set(answers)).toEqual(new Set(['open']));
    expect(answers).toHaveLength(maxWebSockets);
    expect(await open()).toBe('Unexpected server response: 503');
    for (const ws of sockets) ws.terminate();
    await until(async () => {
      const ws = window.socket('/ws');
      return new Promise<boolean>((resolve) => {
        ws.once('open', () => {
          ws.terminate();
          resolve(true);
        });
        ws.once('error', () => resolve(false));
      });
    }, 'room again');
  });
});
