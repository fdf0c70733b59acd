import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { Credential } from './credential.ts';
import { createRoute, defaultRouteSettings } from './route.ts';
import { siteWire } from './site-wire.ts';
import { sendJson, sendProblem, serve, type TestServer } from './testing.ts';
import { createWebserverDoor, extendLogin, loginCheck, logout } from './webserver.ts';

let server: TestServer | null = null;
afterEach(() => server?.close());

const options = (endpoint: string) => ({
  endpoint,
  route: createRoute(defaultRouteSettings),
  clock: { ...systemClock, now: () => 1_000_000 },
  apiVersion: 'v8.20240915',
});
const person = { username: 'me@example.com', password: 'canary-password', domain: 'default' };
const welcome = { authenticated: true, data: { access_key: 'AK', role: 'user' } };
const credential: Credential = { kind: 'session', accessKey: 'AK', id: 'S1', cookie: null, endsAt: null };

describe('sign-in through a webserver', () => {
  it('keeps the header where there is one, and the time the sign-in lives', async () => {
    server = await serve((_request, response) =>
      sendJson(response, 200, welcome, {
        'x-backendai-sessionid': 'S1',
        'set-cookie': 'AIOHTTP_SESSION=S1; HttpOnly; Max-Age=600; Path=/',
      }),
    );
    expect(
      await createWebserverDoor(options(server.endpoint)).login({ ...person, code: '123456', force: true }),
    ).toEqual({
      kind: 'in',
      credential: { kind: 'session', accessKey: 'AK', id: 'S1', cookie: null, endsAt: 1_600_000 },
    });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      username: person.username,
      password: person.password,
      otp: '123456',
      force: true,
    });
  });

  it('keeps the cookie of an old site, and sends it alone', async () => {
    server = await serve((request, response) => {
      if (request.url === '/server/login') {
        sendJson(response, 200, welcome, { 'set-cookie': 'AIOHTTP_SESSION="S2"; HttpOnly; Path=/' });
      } else sendJson(response, 200, { authenticated: true, data: null });
    });
    const outcome = await createWebserverDoor(options(server.endpoint)).login(person);
    if (outcome.kind !== 'in') throw new Error(outcome.kind);
    expect(outcome.credential).toMatchObject({ id: '"S2"', cookie: 'AIOHTTP_SESSION' });
    expect(await loginCheck(options(server.endpoint), outcome.credential)).toBe(true);
    expect(server.requests[1]?.headers).toMatchObject({ cookie: 'AIOHTTP_SESSION="S2"' });
    expect(server.requests[1]?.headers).not.toHaveProperty('x-backendai-sessionid');
  });

  it('keeps nothing of a refused sign-in, though a cookie came with it', async () => {
    server = await serve((_request, response) =>
      sendJson(
        response,
        200,
        { authenticated: false, data: { type: 'https://x/probs/auth-failed', details: 'User credential mismatch.' } },
        { 'set-cookie': 'AIOHTTP_SESSION=S3; Path=/' },
      ),
    );
    expect(await createWebserverDoor(options(server.endpoint)).login(person)).toMatchObject({ kind: 'refused' });
  });

  it('asks, ends and extends by the header', async () => {
    server = await serve((request, response) => {
      if (request.url === '/server/login-check')
        sendJson(response, 200, { authenticated: false, data: null, session_id: null });
      else if (request.url === '/server/logout') response.writeHead(201).end();
      else sendJson(response, 200, { status: 201, expires: '2026-01-01T00:00:00+00:00' });
    });
    const at = options(server.endpoint);
    expect(await loginCheck(at, credential)).toBe(false);
    await logout(at, credential);
    expect(await extendLogin(at, credential)).toBe(Date.UTC(2026, 0, 1));
    expect(server.requests.map(({ headers }) => headers['x-backendai-sessionid'])).toEqual(['S1', 'S1', 'S1']);
  });

  it('tells why a new password is refused', async () => {
    server = await serve((_request, response) =>
      sendJson(response, 200, {
        data: { type: 't', title: 'T', details: 'too short password' },
        password_changed_at: null,
      }),
    );
    const door = createWebserverDoor(options(server.endpoint));
    expect(await door.changePassword({ username: 'a', domain: 'default', current: 'b', next: 'c' })).toBe(
      'too short password',
    );
  });

  it('says that enrolment answers in a form nobody knows', async () => {
    server = await serve((_request, response) => sendJson(response, 200, { qr: '…' }));
    expect(await createWebserverDoor(options(server.endpoint)).startEnrolment('t1')).toBeNull();
  });
});

describe('an account behind a webserver', () => {
  const hello = { announced: 'v8.20240915', manager: '24.09.5' };
  const open = (endpoint: string) =>
    siteWire.openAccount({
      probed: { endpoint, mode: 'session', modes: ['session'], hello, skewMs: 0, config: null },
      credential,
      route: createRoute(defaultRouteSettings),
      clock: systemClock,
      offerNotInstalled: false,
    });

  it('goes by /func/ with the sign-in and without a signature, in requests, events and handshakes', async () => {
    server = await serve((_request, response) => sendProblem(response, 401, 'auth-failed'));
    server.server.on('upgrade', (request, socket) => {
      server?.requests.push({ method: 'UPGRADE', url: request.url ?? '', headers: request.headers, body: '' });
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    });
    const api = open(server.endpoint);
    await expect(api.folders()).rejects.toMatchObject({ code: 'unauthorised' });
    await expect(api.openTunnel('s', 'sshd', 'tcpproxy')).rejects.toMatchObject({ code: 'unauthorised' });
    await new Promise<unknown>((resolve) =>
      api.events({ onOpen: () => undefined, onEvent: () => undefined, onClose: resolve }),
    );
    expect(server.requests.length).toBeGreaterThanOrEqual(3);
    for (const { url, headers } of server.requests) {
      expect(url.startsWith('/func/')).toBe(true);
      expect(headers).toMatchObject({ 'x-backendai-sessionid': 'S1', 'x-backendai-version': 'v8.20240915' });
      expect(headers).not.toHaveProperty('authorization');
    }
    api.dispose?.();
  });

  it('asks what a 502 of a handshake was really about: here an ended sign-in', async () => {
    server = await serve((request, response) => {
      if (request.url?.startsWith('/func/')) sendProblem(response, 401, 'auth-failed');
      else sendJson(response, 404, {});
    });
    server.server.on('upgrade', (_request, socket) =>
      socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/problem+json\r\nContent-Length: 0\r\n\r\n'),
    );
    const api = open(server.endpoint);
    await expect(api.openTunnel('s', 'sshd', 'tcpproxy')).rejects.toMatchObject({
      code: 'unauthorised',
    });
    api.dispose?.();
  });
});
