/** The two calls that keep a connection, against a real server whose every byte may be wrong. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BerthError } from '../../base/berth-error.ts';
import { openSessionEvents } from '../session-events.ts';
import { siteClient } from '../testing.ts';
import { openTunnel } from '../tunnel.ts';
import { mutate, type Random, seeded } from './testing/mutations.ts';

const seed = Number(process.env.BERTH_FUZZ_SEED ?? 20_261_125);
const runs = Math.ceil(Number(process.env.BERTH_FUZZ_RUNS ?? 10_000) / 50);

const id = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
const events = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n: ping\r\n\r\n${`event: session_started\r\ndata: {"sessionId":"${id}","reason":"x"}\r\n\r\n`.repeat(6)}`;
const problem = JSON.stringify({ type: 'https://api.backend.ai/probs/object-not-found', title: 'No such session.' });
const refusal = `HTTP/1.1 404 Not Found\r\ncontent-type: application/problem+json\r\ncontent-length: ${problem.length}\r\n\r\n${problem}`;
const upgrade =
  'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: x\r\n\r\n';

let server: Server;
let endpoint = '';
let answer: Uint8Array = Buffer.alloc(0);
const open = new Set<Socket>();

beforeAll(async () => {
  server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function spoiled(text: string, random: Random): Buffer {
  return mutate({ status: 200, headers: {}, body: Buffer.from(text) }, random).body;
}

describe('spoiled streams', () => {
  it(`of events end once, with a BerthError, ${runs} times`, { timeout: 60_000 }, async () => {
    for (let run = 0; run < runs; run++) {
      answer = spoiled(events, seeded(seed + run));
      const client = siteClient(endpoint);
      const closed: unknown[] = [];
      await new Promise<void>((resolve) => {
        openSessionEvents(
          client,
          { now: () => 0, after: () => ({ dispose: () => undefined }) },
          {
            onOpen: () => undefined,
            onEvent: (event) => expect([typeof event.sessionId, typeof event.reason]).toEqual(['string', 'string']),
            onClose: (error) => {
              closed.push(error);
              resolve();
            },
          },
        );
      });
      expect(closed.length, `run ${run} of seed ${seed}`).toBe(1);
      expect(closed[0], `run ${run} of seed ${seed}`).toBeInstanceOf(BerthError);
      client.dispose();
    }
  });

  it(`of tunnels are refused with a BerthError, ${runs} times`, { timeout: 60_000 }, async () => {
    for (let run = 0; run < runs; run++) {
      const random = seeded(seed + run);
      answer = spoiled(random() < 0.5 ? refusal : upgrade, random);
      const client = siteClient(endpoint);
      const error = await openTunnel(client, `/stream/session/${id}/tcpproxy`, { app: 'sshd' }).catch(
        (thrown) => thrown,
      );
      expect(error, `run ${run} of seed ${seed}`).toBeInstanceOf(BerthError);
      client.dispose();
    }
    expect(open.size).toBeLessThan(20);
  });
});
