import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signature } from './signing.ts';
import type { SiteClient } from './site-client.ts';
import {
  accessKey,
  apiVersion,
  secretKey,
  sendJson,
  sendProblem,
  serve,
  siteClient,
  type TestServer,
  until,
} from './testing.ts';

let server: TestServer | null = null;
let client: SiteClient | null = null;

async function start(answer: Parameters<typeof serve>[0], nowMs?: () => number): Promise<SiteClient> {
  server = await serve(answer);
  client = siteClient(server.endpoint, nowMs);
  return client;
}

afterEach(async () => {
  client?.dispose();
  await server?.close();
});

const Anything = z.unknown();

describe('SiteClient', () => {
  it('signs exactly the target and host that it sends', async () => {
    const api = await start((_request, response) => sendJson(response, 200, {}));
    await api.json('/scaling-groups', Anything, { query: { group: 'a b/ü&=' } });
    const sent = server?.requests[0];
    const date = String(sent?.headers['x-backendai-date']);
    expect(sent?.headers.date).toBeUndefined();
    expect(sent?.headers.authorization).toBe(
      `BackendAI signMethod=HMAC-SHA256, credential=${accessKey}:${signature(secretKey, {
        method: 'GET',
        target: sent?.url ?? '',
        date,
        host: sent?.headers.host ?? '',
        contentType: 'application/json',
        apiVersion,
      })}`,
    );
    expect(JSON.stringify(api)).not.toContain(secretKey);
  });

  it('takes the time of the site once when the clock is wrong, and keeps it', async () => {
    const siteTime = Date.parse('2026-03-01T12:00:00Z');
    const api = await start(
      (request, response) => {
        const skew = Math.abs(Date.parse(String(request.headers['x-backendai-date'])) - siteTime);
        if (skew > 900_000)
          sendProblem(response, 400, 'invalid-auth-params', { date: new Date(siteTime).toUTCString() });
        else sendJson(response, 200, { ok: true });
      },
      () => siteTime - 7_200_000,
    );
    expect(await api.json('/auth/role', Anything)).toEqual({ ok: true });
    expect(await api.json('/auth/role', Anything)).toEqual({ ok: true });
    expect(server?.requests.length).toBe(3);
  });

  it('says clock-skew with the measured difference when signing again does not help', async () => {
    const api = await start((_request, response) =>
      sendProblem(response, 400, 'invalid-auth-params', { date: new Date(Date.now() + 3_600_000).toUTCString() }),
    );
    await expect(api.json('/auth/role', Anything)).rejects.toMatchObject({ code: 'clock-skew', place: 'computer' });
    expect(server?.requests.length).toBe(2);
  });

  it('does not sign again when the clocks agree', async () => {
    const api = await start((_request, response) => sendProblem(response, 401, 'auth-failed'));
    await expect(api.json('/auth/role', Anything)).rejects.toMatchObject({ code: 'unauthorised' });
    expect(server?.requests.length).toBe(1);
  });

  it('gives up in time, and at once when asked to', async () => {
    const api = await start(() => undefined);
    await expect(api.raw('/x', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
    const abort = new AbortController();
    const pending = api.raw('/x', { signal: abort.signal });
    abort.abort();
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
    await expect(api.raw('/x', { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('keeps nothing of a stream that is over in the signal that it was opened with', async () => {
    const type = 'text/event-stream';
    const api = await start((_request, response) => response.setHeader('content-type', type).end('over'));
    const { signal } = new AbortController();
    for (let time = 0; time < 3; time++) (await api.stream('/events/session', type, signal)).resume();
    await until(() => getEventListeners(signal, 'abort').length === 0);
  });

  it('sends again when a kept connection had been closed', async () => {
    const api = await start((_request, response) => sendJson(response, 200, {}));
    await api.raw('/a');
    server?.server.closeIdleConnections();
    await api.raw('/b');
    expect(server?.requests.map(({ url }) => url)).toEqual(['/a', '/b']);
  });

  describe('graphql', () => {
    const Data = z.object({ user: z.object({ email: z.string() }).nullable() });
    const ask = (api: SiteClient) => api.graphql('query { user { email } }', {}, Data);

    it('answers data, and strips what it does not know', async () => {
      const api = await start((_request, response) =>
        sendJson(response, 200, { data: { user: { email: 'a@b', extra: 1 } }, extensions: {} }),
      );
      expect(await ask(api)).toEqual({ user: { email: 'a@b' } });
      expect(JSON.parse(server?.requests[0]?.body ?? '')).toMatchObject({
        query: 'query { user { email } }',
        variables: {},
      });
    });

    it.each([
      [{ errors: [{ message: 'Cannot query field' }] }],
      [{ data: null, errors: [{ message: 'Cannot query field' }] }],
      [{ data: { user: null }, errors: [{ message: 'database is away' }] }],
    ])('throws for errors: %j', async (answer) => {
      const api = await start((_request, response) => sendJson(response, 200, answer));
      await expect(ask(api)).rejects.toMatchObject({ code: 'refused-by-site', detail: answer.errors[0]?.message });
    });

    it('takes null without errors as an answer, and whole data beside errors', async () => {
      const answers = [{ data: { user: null } }, { data: { user: { email: 'a@b' } }, errors: [{ message: 'a row' }] }];
      const api = await start((_request, response, _body, count) => sendJson(response, 200, answers[count - 1]));
      expect(await ask(api)).toEqual({ user: null });
      expect(await ask(api)).toEqual({ user: { email: 'a@b' } });
    });
  });
});
