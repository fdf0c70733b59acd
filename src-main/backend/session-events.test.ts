import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../sessions/testing.ts';
import { openSessionEvents, silenceMs } from './session-events.ts';
import type { SessionEvent } from './site-api.ts';
import { accessKey, sendProblem, serve, siteClient, type TestServer, until } from './testing.ts';

const id = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
let server: TestServer | null = null;
afterEach(() => server?.close());

function listen(endpoint: string) {
  const clock = new FakeClock();
  const seen = { opened: 0, events: [] as SessionEvent[], closed: [] as unknown[] };
  const stream = openSessionEvents(siteClient(endpoint), clock, {
    onOpen: () => seen.opened++,
    onEvent: (event) => seen.events.push(event),
    onClose: (error) => seen.closed.push(error),
  });
  return { clock, seen, stream };
}

describe('openSessionEvents', () => {
  it('hands over session events and nothing else', async () => {
    server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        `: ping\r\n\r\nevent: session_started\r\ndata: {"sessionId":"${id.toUpperCase()}","reason":null}\r\n\r\n`,
      );
      response.write(`event: session_started\ndata: {"sessionId":"${id}","ownerAccessKey":"SOMEBODY-ELSE"}\n\n`);
      response.write('event: odd\ndata: not json\n\nevent: odd\ndata: {"x":1}\n\n');
      response.write(
        `event: kernel_pulling\ndata: {"sessionId":"${id}","reason":"pulling","ownerAccessKey":"${accessKey}"}\n\n`,
      );
      // Of managers from 25.13 on: named after the status.
      response.write(`event: session_prepared\ndata: {"sessionId":"${id}","reason":null,"exitCode":null}\n\n`);
    });
    const { seen, stream } = listen(server.endpoint);
    await until(() => seen.events.length === 3);
    expect(seen.events).toEqual([
      { name: 'session_started', sessionId: id, reason: '' },
      { name: 'kernel_pulling', sessionId: id, reason: 'pulling' },
      { name: 'session_prepared', sessionId: id, reason: '' },
    ]);
    expect([seen.opened, seen.closed.length]).toEqual([1, 0]);
    expect(server.requests[0]?.headers.accept).toBe('text/event-stream');
    stream.dispose();
    expect(seen.closed).toEqual([]);
  });

  it('takes silence for the end', async () => {
    server = await serve((_request, response) => response.writeHead(200).write(': ping\n\n'));
    const { clock, seen } = listen(server.endpoint);
    await until(() => seen.opened === 1);
    await clock.advance(silenceMs - 1);
    expect(seen.closed.length).toBe(0);
    await clock.advance(1);
    expect(seen.closed).toMatchObject([{ code: 'timeout' }]);
  });

  it.each([
    [
      'the end',
      (send: (text: string) => void, end: () => void) => {
        send(': ping\n\n');
        end();
      },
    ],
    ['server_close', (send: (text: string) => void) => send('event: server_close\ndata: {}\n\n')],
  ])('closes once on %s', async (_name, act) => {
    server = await serve((_request, response) => {
      response.writeHead(200);
      act(
        (text) => response.write(text),
        () => response.end(),
      );
    });
    const { seen } = listen(server.endpoint);
    await until(() => seen.closed.length > 0);
    expect(seen.closed).toMatchObject([{ code: 'offline' }]);
  });

  it('says when the site has no events', async () => {
    server = await serve((_request, response) => sendProblem(response, 404, 'url-not-found'));
    const { seen } = listen(server.endpoint);
    await until(() => seen.closed.length > 0);
    expect(seen.opened).toBe(0);
    expect(seen.closed).toMatchObject([{ code: 'unsupported' }]);
  });
});
