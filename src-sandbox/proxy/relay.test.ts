/**
 * The relay under pressure: a side that does not read stops the other one, and nothing is lost when it reads again.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { connectPooled } from '../runtime/pooled-reads.ts';
import { until } from '../testing/client.ts';
import { relay } from './relay.ts';

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

/** A client, and the service's end of the stream that the relay joins it with. */
async function open(): Promise<{ readonly client: WebSocket; readonly service: Duplex }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, autoPong: false });
  servers.push(server);
  await once(server, 'listening');
  const [near, service] = duplexPair();
  server.on('connection', (socket) => relay(socket, near));
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await once(client, 'open');
  return { client, service };
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const total = 32 * 1024 * 1024;
/** Socket buffers of both ends plus the relay's own mark; far below the total. */
const mostInFlight = 16 * 1024 * 1024;

describe('relay', () => {
  it('stops reading the service while the client does not read', async () => {
    const { client, service } = await open();
    const bytes = randomBytes(total);
    const parts: Buffer[] = [];
    client.on('message', (part: Buffer) => parts.push(part));
    client.pause();
    let taken = 0;
    let full = false;
    const feed = async (): Promise<void> => {
      while (taken < total) {
        const more = service.write(bytes.subarray(taken, taken + 65_536));
        taken += 65_536;
        if (more) continue;
        full = true;
        await once(service, 'drain');
      }
      service.end();
    };
    const fed = feed();
    let last = -1;
    await until('the flow to stand still', async () => {
      const still = full && taken === last;
      last = taken;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return still ? true : null;
    });
    expect(taken).toBeLessThan(mostInFlight);
    client.resume();
    const [code] = await once(client, 'close');
    await fed;
    expect(code).toBe(1001);
    expect(hashOf(Buffer.concat(parts))).toBe(hashOf(bytes));
  });

  it('loses and mixes nothing of a socket whose reads share their memory, however its client reads', async () => {
    const bytes = randomBytes(total);
    const listener = createServer((socket) => {
      socket.write('first');
      socket.end(bytes);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, autoPong: false });
    servers.push(server);
    await once(server, 'listening');
    server.on('connection', (socket) =>
      relay(socket, connectPooled({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port })),
    );
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const parts: Buffer[] = [];
    let sinceStop = 0;
    client.on('message', (part: Buffer) => {
      parts.push(part);
      sinceStop += part.length;
      if (sinceStop < 4 * 1024 * 1024) return;
      sinceStop = 0;
      client.pause();
      setTimeout(() => client.resume(), 20);
    });
    const [code] = await once(client, 'close');
    listener.close();
    expect(code).toBe(1001);
    expect(hashOf(Buffer.concat(parts))).toBe(hashOf(Buffer.concat([Buffer.from('first'), bytes])));
  });

  it('stops reading the client while the service does not read, its pings included', async () => {
    const { client, service } = await open();
    const bytes = randomBytes(total);
    let ponged = false;
    client.on('pong', () => {
      ponged = true;
    });
    for (let start = 0; start < total; start += 262_144) client.send(bytes.subarray(start, start + 262_144));
    client.ping();
    let last = -1;
    await until('the flow to stand still', async () => {
      const still = client.bufferedAmount === last;
      last = client.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return still ? true : null;
    });
    expect(client.bufferedAmount).toBeGreaterThan(total - mostInFlight);
    expect(ponged).toBe(false);
    const parts: Buffer[] = [];
    let size = 0;
    service.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
    });
    await until('all bytes', () => (size === total ? true : null));
    await until('the pong', () => (ponged ? true : null));
    expect(hashOf(Buffer.concat(parts))).toBe(hashOf(bytes));
  });

  it('hands on what the client sent last before it closed', async () => {
    const { client, service } = await open();
    client.send(Buffer.from('last words'));
    client.close();
    let text = '';
    service.on('data', (part: Buffer) => {
      text += part.toString();
    });
    await once(service, 'end');
    expect(text).toBe('last words');
  });

  it('closes with 1009 when a message is too large', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 1024 });
    servers.push(server);
    await once(server, 'listening');
    server.on('connection', (socket) => relay(socket, duplexPair()[0]));
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(client, 'open');
    client.send(Buffer.alloc(2048));
    expect((await once(client, 'close'))[0]).toBe(1009);
  });
});
