import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { situationOf } from '../../src-preload/contract/errors.ts';
import { makeSession } from '../sessions/testing.ts';
import { problemError } from './problem.ts';
import { signature } from './signing.ts';
import { apiVersion, secretKey, sendProblem, serve, siteClient, type TestServer } from './testing.ts';
import { openTunnel } from './tunnel.ts';
import { explainTunnel, tunnelRefusal } from './tunnel-errors.ts';

const path = '/stream/session/3f0c2d6e-1b2a-4c3d-9e8f-001122334455/tcpproxy';
let server: TestServer | null = null;
let sockets: WebSocketServer | null = null;

afterEach(async () => {
  for (const socket of sockets?.clients ?? []) socket.terminate();
  sockets?.close();
  await server?.close();
});

describe('openTunnel', () => {
  it('signs the handshake without a content type, and holds data back until somebody reads', async () => {
    server = await serve((_request, response) => response.end());
    sockets = new WebSocketServer({ server: server.server });
    const accepted = once(sockets, 'connection');
    const opened = openTunnel(siteClient(server.endpoint), path, { app: 'sshd' });
    const [peer, request] = await accepted;
    peer.send(Buffer.from('SSH-2.0-dropbear\r\n'));
    expect(request.url).toBe(`${path}?app=sshd`);
    expect(request.headers['content-type']).toBeUndefined();
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    expect(request.headers.authorization).toContain(
      signature(secretKey, {
        method: 'GET',
        target: request.url,
        date: request.headers['x-backendai-date'],
        host: request.headers.host,
        contentType: 'application/octet-stream',
        apiVersion,
      }),
    );
    const socket = await opened;
    expect(socket.isPaused).toBe(true);
    const message = once(socket, 'message');
    socket.resume();
    expect((await message)[0].toString()).toBe('SSH-2.0-dropbear\r\n');
    socket.terminate();
  });

  it.each([
    [404, 'object-not-found', 'not-found'],
    [401, 'auth-failed', 'unauthorised'],
    [429, 'rate-limit-exceeded', 'rate-limited'],
    [500, 'internal-server-error', 'service-failed'],
    [500, 'app-service-start-failed', 'service-failed'],
    [503, 'service-unavailable', 'maintenance'],
  ])('an answer of %i %s before the upgrade is %s', async (status, slug, code) => {
    server = await serve((_request, response) => sendProblem(response, status, slug));
    server.server.on('upgrade', (_request, socket) => {
      const body = JSON.stringify({ type: `https://api.backend.ai/probs/${slug}`, title: slug });
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
    });
    await expect(openTunnel(siteClient(server.endpoint), path, { app: 'sshd' })).rejects.toMatchObject({ code });
  });

  it('signs again once for a wrong clock', async () => {
    server = await serve((_request, response) => response.end());
    sockets = new WebSocketServer({ noServer: true });
    const dates: string[] = [];
    const wss = sockets;
    server.server.on('upgrade', (request, socket, head) => {
      dates.push(String(request.headers['x-backendai-date']));
      if (Math.abs(Date.parse(dates.at(-1) ?? '') - Date.now()) < 900_000) {
        wss.handleUpgrade(request, socket, head, () => undefined);
        return;
      }
      const body = JSON.stringify({ type: 'https://api.backend.ai/probs/invalid-auth-params', title: 'x' });
      socket.end(
        `HTTP/1.1 400 No\r\ndate: ${new Date().toUTCString()}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
    });
    const socket = await openTunnel(
      siteClient(server.endpoint, () => Date.now() - 86_400_000),
      path,
      { app: 'sshd' },
    );
    expect(dates.length).toBe(2);
    socket.terminate();
  });

  it('masks what a script could choose, and leaves the bytes of a cipher alone', async () => {
    server = await serve((_request, response) => response.end());
    const wss = new WebSocketServer({ server: server.server });
    sockets = wss;
    /** The first frame of eight bytes as it stands on the wire: two bytes of head, four of mask, then the bytes. */
    const frameOf = async (isCipherText?: boolean) => {
      const accepted = once(wss, 'connection');
      const options = isCipherText === undefined ? {} : { isCipherText };
      const socket = await openTunnel(siteClient(server?.endpoint ?? ''), path, { app: 'x' }, options);
      const [, request] = await accepted;
      // Before the server's own reading, which takes the mask off where the bytes stand.
      const frame = new Promise<Buffer>((resolve) =>
        request.socket.prependOnceListener('data', (data: Buffer) => resolve(Buffer.from(data))),
      );
      socket.send(Buffer.from('eight by'));
      const bytes = await frame;
      socket.terminate();
      expect(bytes[1]).toBe(0x80 + 8);
      return { mask: bytes.subarray(2, 6), text: bytes.subarray(6).toString('latin1') };
    };
    for (const isCipherText of [undefined, false]) {
      const { mask, text } = await frameOf(isCipherText);
      expect(mask.equals(Buffer.alloc(4))).toBe(false);
      expect(text).not.toBe('eight by');
    }
    expect(await frameOf(true)).toEqual({ mask: Buffer.alloc(4), text: 'eight by' });
  });

  it('can be cancelled during the handshake', async () => {
    server = await serve((_request, response) => response.end());
    server.server.on('upgrade', (_request, socket) => socket.on('end', () => socket.destroy()).resume());
    const abort = new AbortController();
    const pending = openTunnel(siteClient(server.endpoint), path, { app: 'sshd' }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('tunnelRefusal', () => {
  it.each([
    ['invalid service name', 'service-unknown'],
    ['operation blocked', 'service-failed.blocked'],
    ['opening the service port timed out: jupyter', 'service-failed.not-listening'],
    ['timeout', 'service-timeout'],
    ['cancelled', 'service-failed.restarting'],
    ['the executable file is not found: /bin/x', 'service-failed.program-missing'],
    ["DisallowedArgument('--root')", 'service-failed.not-allowed'],
    ['something of next year', 'service-failed'],
  ])('%s -> %s', (data, situation) => {
    const body = Buffer.from(JSON.stringify({ type: 'x/internal-server-error', title: 'x', msg: 'Failed', data }));
    const error = tunnelRefusal(problemError(500, body), { status: 500, headers: {}, body });
    expect(situationOf(error)).toBe(situation);
    expect(error.detail).toContain(data);
  });
});

describe('explainTunnel', () => {
  const ref = { sessionId: 'x', service: 'jupyter' };
  const flattened = problemError(502, Buffer.from(JSON.stringify({ type: 'x/bad-gateway', title: 'x' })));
  const facts = (status: string | null, ...names: string[]) => ({
    session: async () => (status === null ? null : makeSession(1, status)),
    services: async () => names.map((name) => ({ name, protocol: 'http', ports: [], urlTemplate: null })),
  });

  it.each([
    ['no session', facts(null), 'session-gone'],
    ['a waiting session', facts('PENDING'), 'session-not-running'],
    ['no such service', facts('RUNNING', 'sshd'), 'service-unknown'],
    ['a service that is there', facts('RUNNING', 'jupyter'), 'tunnel-refused'],
  ])('finds the reason behind the 502 of a webserver: %s', async (_name, known, code) => {
    expect(await explainTunnel(flattened, ref, known)).toMatchObject({ code, params: { service: 'jupyter' } });
  });

  it('leaves what is clear as it is', async () => {
    const clear = problemError(429, Buffer.from(''));
    expect(await explainTunnel(clear, ref, facts(null))).toBe(clear);
  });
});
