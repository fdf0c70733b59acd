/** The gateway over a real link: what passes, what is refused, what happens while the link is away. */
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { accepts, type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { testRef } from '../links/testing/test-site.ts';
import { bigBytes } from './testing/echo-service.ts';
import { type GatewayRig, startGatewayRig } from './testing/gateway-rig.ts';
import { ask, enter } from './testing/window.ts';

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== null)('gateway', () => {
  let server: RealSshServer;
  let rig: GatewayRig;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    rig = await startGatewayRig(server);
  });
  afterEach(() => rig.close());

  it('listens on 127.0.0.1 and only while needed', async () => {
    expect(rig.gateway.address).toBeNull();
    await rig.open();
    const { address, port: own } = rig.gateway.address ?? { address: '', port: 0 };
    expect(address).toBe('127.0.0.1');
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((entry) => entry && entry.family === 'IPv4' && !entry.internal);
    if (outside) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect(own, outside.address);
        socket.once('connect', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', () => resolve(false));
      });
      expect(reached).toBe(false);
    }
    rig.gateway.closeSession(testRef.accountId, testRef.sessionId);
    expect(rig.gateway.address).toBeNull();
    await until(async () => !(await accepts(own)), 'listener gone');
  });

  it('its own pages are locked down', async () => {
    const { url } = await rig.open();
    const origin = new URL(url).origin;
    const page = await ask(origin, '/.berth/enter', {
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    });
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.text).toContain('role="status"');
    const korean = await ask(origin, '/.berth/enter', { headers: { 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' } });
    expect(korean.text).toContain('<html lang="ko">');
    expect((await ask(origin, '/.berth/page.js?ko')).text).toContain('세션');
    expect((await ask(origin, '/.berth/page.css')).status).toBe(200);
  });

  it('lets a window in once, with a cookie that script cannot read', async () => {
    const { url } = await rig.open();
    const { origin, hash } = new URL(url);
    expect(hash.length).toBeGreaterThan(43);
    expect(new URL(url).hostname).toMatch(/^[a-z2-7]{26}\.localhost$/);
    const post = (body: string, headers: Record<string, string> = { origin }) =>
      ask(origin, '/.berth/enter', { method: 'POST', body, headers });
    expect((await post(hash.slice(1), { origin: 'http://evil.localhost' })).status).toBe(403);
    expect((await post(hash.slice(1), {})).status).toBe(403);
    expect((await post('wrong')).status).toBe(403);
    const entered = await post(hash.slice(1));
    expect(entered.status).toBe(204);
    expect(entered.headers['set-cookie']?.[0]).toMatch(/^berth-gate=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect((await post(hash.slice(1))).status).toBe(403);
  });

  it('refuses a foreign Host, also without port, twice, or on another place', async () => {
    const window = await rig.openReady();
    const own = new URL(window.origin).host;
    for (const host of ['evil.example', own.split(':')[0] ?? '', `127.0.0.1:${new URL(window.origin).port}`, '']) {
      expect((await window.ask('/', { host })).status, host).toBe(421);
    }
    const raw = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = '';
        const socket = connect(Number(new URL(window.origin).port), '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => {
          answer += String(chunk);
        });
        socket.on('close', () => resolve(answer));
        socket.on('error', reject);
      });
    expect(await raw('GET / HTTP/1.0\r\n\r\n')).toMatch(/ 421 /);
    expect(
      await raw(
        `GET / HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\nCookie: ${window.cookie}\r\nConnection: close\r\n\r\n`,
      ),
    ).toMatch(/ 4\d\d /);
    expect(
      await raw(`GET http://${own}/ HTTP/1.1\r\nHost: ${own}\r\nCookie: ${window.cookie}\r\nConnection: close\r\n\r\n`),
    ).toMatch(/ 400 /);
    const other = await enter((await rig.open('other')).url);
    expect((await window.ask('/', { host: new URL(other.origin).host })).status).toBe(403);
    expect(rig.service.seen.filter((entry) => entry.headers.cookie !== undefined)).toEqual([]);
  });

  it('refuses requests without cookie, from other origins, and other WebSockets', async () => {
    const window = await rig.openReady();
    const page = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const refused = await ask(window.origin, '/', { headers: page });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Open the app again from Berth');
    expect((await ask(window.origin, '/', { headers: { cookie: 'berth-gate=wrong' } })).status).toBe(403);
    const asked = (headers: Record<string, string>, method = 'GET') => window.ask('/', { method, headers });
    expect((await asked({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(403);
    expect((await asked({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).status).toBe(403);
    expect((await asked({ origin: 'http://evil.localhost' }, 'POST')).status).toBe(403);
    expect((await asked({}, 'POST')).status).toBe(403);
    expect((await asked({ origin: 'null' }, 'POST')).status).toBe(403);
    expect(rig.service.seen).toEqual([]);
    expect((await asked({ 'sec-fetch-site': 'same-origin' }, 'POST')).status).toBe(200);
    expect((await asked({ origin: window.origin }, 'POST')).status).toBe(200);
    const failed = (headers: Record<string, string>): Promise<string> =>
      new Promise((resolve) => {
        const ws = window.socket('/ws', headers);
        ws.once('open', () => resolve('open'));
        ws.once('error', (error) => resolve(error.message));
      });
    expect(await failed({ origin: 'http://evil.localhost' })).toContain('403');
    expect(await failed({ origin: '' })).toContain('403');
    expect(await failed({ cookie: '' })).toContain('403');
    expect(await failed({ host: 'evil.example' })).toContain('421');
    expect(await failed({})).toBe('open');
  });

  it('shows the service a browser on its own address, and nothing of ours', async () => {
    const window = await rig.openReady();
    await window.ask('/echo?q=1', {
      method: 'POST',
      body: 'body',
      headers: {
        origin: window.origin,
        referer: `${window.origin}/tree?token=1`,
        cookie: `_xsrf=abc; ${window.cookie}; theirs=1`,
        'x-own': 'kept',
        connection: 'close, x-hop',
        'x-hop': 'dropped',
        te: 'trailers',
      },
    });
    const [entry] = rig.service.seen;
    expect(entry).toMatchObject({ method: 'POST', url: '/echo?q=1', length: 4 });
    expect(entry?.headers).toMatchObject({
      host: `127.0.0.1:${rig.service.port}`,
      origin: `http://127.0.0.1:${rig.service.port}`,
      referer: `http://127.0.0.1:${rig.service.port}/tree?token=1`,
      cookie: '_xsrf=abc; theirs=1',
      'x-own': 'kept',
    });
    expect(entry?.headers).not.toHaveProperty('x-hop');
    expect(JSON.stringify(rig.service.seen)).not.toContain(window.cookie.split('=')[1]);
  });

  it('brings redirects and cookies back to its own host', async () => {
    const window = await rig.openReady();
    const answer = await window.ask('/redirect');
    expect(answer.headers.location).toBe(`${window.origin}/next?x=1`);
    expect(answer.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; HttpOnly']);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('streams uploads, downloads, ranges and events', async () => {
    const window = await rig.openReady();
    const body = randomBytes(24 * 1024 * 1024);
    await window.ask('/upload', { method: 'PUT', body, headers: { origin: window.origin } });
    expect(rig.service.seen[0]).toMatchObject({
      length: body.length,
      hash: createHash('sha256').update(body).digest('hex'),
    });
    expect((await window.ask('/big')).text.length).toBe(bigBytes);
    const range = await window.ask('/range', { headers: { range: 'bytes=0-3' } });
    expect([range.status, range.text, range.headers['content-range']]).toEqual([206, 'abcd', 'bytes 0-3/10']);
    expect(rig.service.seen.find((entry) => entry.url === '/range')?.headers.range).toBe('bytes=0-3');
    const event = await new Promise<string>((resolve, reject) => {
      const asked = request({
        host: '127.0.0.1',
        port: new URL(window.origin).port,
        path: '/events',
        setHost: false,
        headers: { host: new URL(window.origin).host, cookie: window.cookie },
      });
      asked.on('response', (response) =>
        response.once('data', (chunk) => {
          resolve(String(chunk));
          asked.destroy();
        }),
      );
      asked.on('error', reject);
      asked.end();
    });
    expect(event).toBe('data: one\n\n');
    const head = await window.ask('/x', { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('carries WebSockets both ways, with the headers rewritten', async () => {
    const window = await rig.openReady();
    const ws = window.socket('/ws');
    const messages: Buffer[] = [];
    ws.on('message', (data) => messages.push(data as Buffer));
    await until(() => messages.length === 1, 'headers');
    expect(JSON.parse(String(messages[0]))).toMatchObject({
      host: `127.0.0.1:${rig.service.port}`,
      origin: `http://127.0.0.1:${rig.service.port}`,
    });
    expect(String(messages[0])).not.toContain('berth-gate');
    const big = randomBytes(5_000_000);
    ws.send(big);
    await until(() => messages.length === 2, 'echo');
    expect(messages[1]?.equals(big)).toBe(true);
    ws.close();
    await until(() => ws.readyState === ws.CLOSED, 'closed');
  });

  it('ends a WebSocket with a word when the link is cut, and without one in the middle of a message', async () => {
    const window = await rig.openReady();
    const codeAfterCut = async (message: Buffer | null): Promise<number> => {
      const ws = window.socket('/ws');
      const closed = new Promise<number>((resolve) => ws.once('close', resolve));
      ws.on('error', () => undefined);
      await new Promise((resolve) => ws.once('message', resolve));
      if (message) {
        ws.send(message);
        await until(
          () => (ws as unknown as { _receiver: { _bufferedBytes: number } })._receiver._bufferedBytes > 0,
          'part',
        );
      }
      rig.site.cut();
      return closed;
    };
    expect(await codeAfterCut(null)).toBe(1012);
    await until(() => rig.links.list()[0]?.state === 'up', 'up again');
    expect(await codeAfterCut(randomBytes(24 * 1024 * 1024))).toBe(1006);
  });

  it('resets a truncated answer instead of ending it', async () => {
    const window = await rig.openReady();
    let received = 0;
    const asked = window.ask('/half', { onData: (piece) => (received += piece.length) });
    asked.catch(() => undefined);
    await until(() => received > 0, 'the part that was sent');
    rig.site.cut();
    await expect(asked).rejects.toThrow();
  });

  it('holds requests while a lost link comes back', async () => {
    const window = await rig.openReady();
    rig.site.cutAndStayAway();
    await until(() => rig.links.list()[0]?.state !== 'up', 'lost');
    const asked = Promise.all(['/a', '/b', '/c'].map((path) => window.ask(path)));
    rig.site.mend();
    const answers = await asked;
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  });

  it('shows the waiting page instead of an error, and recovers by itself', async () => {
    const window = await rig.openReady();
    await rig.service.down();
    const page = await window.ask('/tree', {
      headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' },
    });
    expect(page.status).toBe(503);
    expect(page.text).toContain('/.berth/page.js');
    const other = await window.ask('/api');
    expect([other.status, other.headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(['connecting', 'starting']).toContain((await window.state()).phase);
    await rig.service.up();
    await until(async () => (await window.state()).phase === 'ready', 'ready again', 15_000);
    expect((await window.ask('/tree')).status).toBe(200);
  });

  it('says why a service cannot start, and tries again when asked', async () => {
    rig.site.onLaunch = async (service) => {
      if (service === 'web') {
        throw new BerthError('service-failed', { place: 'container', retry: 'user', detail: 'no such file: jupyter' });
      }
    };
    const window = await enter((await rig.open()).url);
    await until(async () => (await window.state()).phase === 'failed', 'failed');
    const state = await window.state();
    expect(state.code).toBe('service-failed');
    expect(JSON.stringify(state.log)).toContain('no such file: jupyter');
    rig.site.onLaunch = async () => undefined;
    expect((await window.ask('/.berth/retry', { method: 'POST', headers: { origin: window.origin } })).status).toBe(
      204,
    );
    await until(async () => (await window.state()).phase === 'ready', 'ready');
  });

  it('adds its line to whole pages only, and tells their windows when the session has ended', async () => {
    const window = await rig.openReady();
    const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-origin' };
    const page = await window.ask('/page', { headers: navigation });
    expect(page.text).toMatch(/^<title>a page<\/title><script src="\/\.berth\/window\.js\?en" async><\/script>$/);
    expect((await window.ask('/page')).text).toBe('<title>a page</title>');
    expect((await window.ask('/.berth/window.js')).text).toContain('window.close()');
    rig.site.endSession();
    // The first request may still meet the connection that was cut with the session.
    const told = () =>
      window.ask('/.berth/state').then(
        ({ status }) => status === 410,
        () => false,
      );
    await until(told, 'told');
    expect((await window.ask('/page', { headers: navigation })).status).toBe(410);
  });

  it('ends with the session', async () => {
    const window = await rig.openReady();
    const ws = window.socket('/ws');
    await new Promise((resolve) => ws.once('open', resolve));
    ws.on('error', () => undefined);
    rig.site.endSession();
    await until(() => ws.readyState === ws.CLOSED, 'closed');
    await until(() => rig.gateway.address === null, 'not listening');
  });
});
