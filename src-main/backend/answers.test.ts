/** What goes wrong with an answer on its way, told apart by a real server that does it; and what is asked again. */
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { situationOf } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';
import { fromNetworkError } from './network-errors.ts';
import { repeatDelayMs } from './repeat-policy.ts';
import type { SiteClient } from './site-client.ts';
import { sendJson, sendProblem, serve, siteClient, type TestServer } from './testing.ts';

let server: TestServer | null = null;
let client: SiteClient | null = null;

async function start(answer: Parameters<typeof serve>[0]): Promise<SiteClient> {
  server = await serve(answer);
  client = siteClient(server.endpoint);
  return client;
}

afterEach(async () => {
  client?.dispose();
  await server?.close();
  server = null;
});

async function failure(work: Promise<unknown>): Promise<BerthError> {
  const error = await work.then(
    () => new Error('It went well'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BerthError);
  return error as BerthError;
}

const Shape = z.object({ a: z.number() });
const portal = '<!DOCTYPE html><html><body>Welcome to the hotel network</body></html>';

describe('an answer that is none', () => {
  it.each<[string, Parameters<typeof serve>[0], string]>([
    ['a captive portal', (_, response) => response.end(portal), 'intercepted.page'],
    [
      'a page by its type',
      (_, response) => response.setHeader('content-type', 'text/html').end('hi'),
      'intercepted.page',
    ],
    [
      'a redirect elsewhere',
      (_, response) => response.writeHead(302, { location: 'http://portal.example.net/' }).end(),
      'intercepted.redirect',
    ],
    ['a login page', (_, response) => response.writeHead(302, { location: '/login' }).end(), 'intercepted.login'],
    [
      'a sign-in before the site',
      (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
      'intercepted.login',
    ],
    ['garbage', (_, response) => response.end('\u0000\u0001}{'), 'bad-answer.not-json'],
    ['JSON that is cut off', (_, response) => response.end('{"a": [1, "t'), 'bad-answer.cut-off'],
    ['nothing', (_, response) => response.end(), 'bad-answer.empty'],
    ['another shape', (_, response) => response.end('{"b": 1}'), 'bad-answer.shape'],
    [
      'a compressed answer',
      (_, response) => {
        response.setHeader('content-encoding', 'gzip');
        response.end(gzipSync(Buffer.alloc(4 * 1024 * 1024)));
      },
      'bad-answer.compressed',
    ],
    [
      'a shorter content-length',
      (_, response) => response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a": 123}'),
      'bad-answer.wrong-length',
    ],
    ['a status of nobody', (_, response) => response.writeHead(299 + 1).end(), 'bad-answer.status'],
    ['a lost route', (_, response) => response.writeHead(404).end('default backend - 404'), 'bad-answer.status'],
  ])('%s', async (_name, answer, situation) => {
    const error = await failure((await start(answer)).json('/x', Shape));
    expect(situationOf(error)).toBe(situation);
    // Told once: none of these passes by asking again.
    expect(server?.requests.length).toBe(1);
  });

  it('a content-length that is too long: asked again where that is safe', async () => {
    const api = await start((_request, response, _body, count) => {
      if (count === 2) sendJson(response, 200, { a: count });
      else response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"a":');
    });
    expect(await api.json('/x', Shape)).toEqual({ a: 2 });
    const error = await failure(api.json('/x', Shape, { idempotent: false }));
    expect(situationOf(error)).toBe('bad-answer.truncated');
    expect(server?.requests.length).toBe(3);
  });

  it('a body without end: too large when it is fast, too late when it drips', async () => {
    const api = await start((request, response) => {
      response.writeHead(200);
      if (request.url === '/drip') {
        const timer = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(timer));
        return;
      }
      const pump = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', pump);
      };
      pump();
    });
    expect(situationOf(await failure(api.raw('/fast', { maxBytes: 1_000_000 })))).toBe('bad-answer.too-large');
    expect(situationOf(await failure(api.raw('/drip', { timeoutMs: 400 })))).toBe('timeout.body');
  });

  it('silence, a closed port, and a server of another kind', async () => {
    const api = await start(() => undefined);
    expect(situationOf(await failure(api.raw('/x', { timeoutMs: 50 })))).toBe('timeout.silent');
    const listener = createServer((socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const other = siteClient(`http://127.0.0.1:${port}`);
    expect(situationOf(await failure(other.raw('/')))).toBe('bad-answer.not-http');
    await new Promise((resolve) => listener.close(resolve));
    expect(situationOf(await failure(other.raw('/')))).toBe('offline.refused');
    other.dispose();
  });

  it('an event stream that is a page, or carries something else', async () => {
    const api = await start((request, response) => {
      response.setHeader('content-type', request.url === '/page' ? 'text/html' : 'application/json').end(portal);
    });
    const open = (path: string) => failure(api.stream(path, 'text/event-stream', new AbortController().signal));
    expect(situationOf(await open('/page'))).toBe('intercepted.page');
    expect((await open('/other')).code).toBe('intercepted');
  });

  it.each([
    ['ENOTFOUND', 'offline.name-not-found', 'computer'],
    ['ENETUNREACH', 'offline.no-network', 'computer'],
    ['ECONNRESET', 'offline.reset', 'site'],
    ['CERT_HAS_EXPIRED', 'tls.expired', 'site'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls.self-signed', 'site'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls.wrong-name', 'site'],
    ['ERR_SSL_SOMETHING_NEW', 'tls', 'site'],
    ['SOMETHING_NEW', 'offline', 'computer'],
  ])('knows the name of %s: %s', (code, situation, place) => {
    // As a failed happy-eyeballs connect arrives.
    const error = fromNetworkError(new AggregateError([Object.assign(new Error('x'), { code })]), 'h');
    expect([situationOf(error), error.place]).toEqual([situation, place]);
  });
});

describe('asking again', () => {
  it.each([
    [500, 'internal-server-error', 3],
    [502, 'bad-gateway', 3],
    [503, 'service-unavailable', 3],
    [503, 'server-frozen', 1],
    [429, 'rate-limit-exceeded', 2],
    [400, 'generic-bad-request', 1],
    [501, 'not-implemented', 1],
  ])('%i %s to a question is met with %i tries in all', async (status, slug, tries) => {
    const api = await start((_request, response) => sendProblem(response, status, slug));
    await failure(api.json('/x', Shape));
    expect(server?.requests.length).toBe(tries);
  });

  it('goes on when the second answer is good', async () => {
    const api = await start((_request, response, _body, count) =>
      count === 1 ? response.writeHead(502).end('<html>') : sendJson(response, 200, { a: 1 }),
    );
    expect(await api.json('/x', Shape)).toEqual({ a: 1 });
  });

  it.each([500, 502, 503, 429])('never happens for what may not be done twice: %i', async (status) => {
    const api = await start((_request, response) => response.writeHead(status).end());
    await failure(api.json('/session', Shape, { method: 'POST', json: {} }));
    await failure(api.raw('/session/x', { method: 'DELETE' }));
    expect(server?.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  it('ends at once when nobody waits any more', async () => {
    const abort = new AbortController();
    const api = await start((_request, response) => {
      response.on('finish', () => abort.abort());
      sendProblem(response, 500, 'internal-server-error');
    });
    expect((await failure(api.json('/x', Shape, { signal: abort.signal }))).code).toBe('cancelled');
    expect(server?.requests.length).toBe(1);
  });

  it('keeps to the stated wait, ignores its absence, and leaves long ones to the caller', () => {
    const busy = (params: Record<string, number>) => new BerthError('maintenance', { place: 'manager', params });
    expect(repeatDelayMs(busy({}), 0, 0.5)).toBe(250);
    expect(repeatDelayMs(busy({}), 0, 0)).toBe(200);
    expect(repeatDelayMs(busy({}), 1, 0.99)).toBeCloseTo(1_196, 0);
    expect(repeatDelayMs(busy({}), 2, 0.5)).toBeNull();
    expect(repeatDelayMs(busy({ retryAfterSeconds: 3 }), 0, 0.5)).toBe(3_000);
    expect(repeatDelayMs(busy({ retryAfterSeconds: 600 }), 0, 0.5)).toBeNull();
    expect(repeatDelayMs(new BerthError('rate-limited', { place: 'manager' }), 1, 0.5)).toBeNull();
  });
});

describe('401', () => {
  it('of a route that this account may not use is no lost sign-in', async () => {
    const api = await start((request, response) =>
      request.url === '/auth/role' ? sendJson(response, 200, {}) : sendProblem(response, 401, 'auth-failed'),
    );
    const error = await failure(api.json('/resource/usage', Shape));
    expect(situationOf(error)).toBe('forbidden.route');
    expect(error.params).toMatchObject({ path: '/resource/usage', slug: 'auth-failed' });
  });

  it('of everything is', async () => {
    const api = await start((_request, response) => sendProblem(response, 401, 'auth-failed'));
    expect((await failure(api.json('/folders', Shape))).code).toBe('unauthorised');
    expect((await failure(api.json('/auth/role', Shape))).code).toBe('unauthorised');
    expect(server?.requests.map(({ url }) => url)).toEqual(['/folders', '/auth/role', '/auth/role']);
  });

  it('of headers lost on the way is neither: the clocks agree', async () => {
    const api = await start((_request, response) => sendProblem(response, 400, 'invalid-auth-params'));
    expect(situationOf(await failure(api.json('/x', Shape)))).toBe('refused-by-site.authorisation');
  });
});
