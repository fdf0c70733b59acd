/**
 * One WebSocket to one raw byte stream, as the manager's `TCPProxy` relays (tunnels reference, section 1.5).
 */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { readPooled } from '../runtime/pooled-reads.ts';

/** The largest binary message towards the client. */
const frameBytes = 256 * 1024;
/** Towards the client: stop reading the service when this much waits in the socket, go on below half of it. */
const highWaterBytes = 1024 * 1024;
/** How long bytes that the client sent before it closed may take to reach the service. */
const flushMs = 5000;

export const goingAway = 1001;
export const internalError = 1011;
export const tryAgainLater = 1013;

type Item = { readonly kind: 'data' | 'ping'; readonly bytes: Buffer };

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/**
 * Client to service. Messages and pings are worked off in the order in which they came, and a ping behind data that the
 * service does not take waits with it: clients must not read a late pong as a dead line.
 */
class Upstream {
  private readonly socket: WebSocket;
  private readonly service: Duplex;
  private readonly waiting: Item[] = [];
  private blocked = false;

  constructor(socket: WebSocket, service: Duplex) {
    this.socket = socket;
    this.service = service;
  }

  push(item: Item): void {
    if (this.blocked) this.waiting.push(item);
    else this.pass(item);
  }

  private pass(item: Item): void {
    if (item.kind === 'ping') {
      if (this.socket.readyState === this.socket.OPEN) this.socket.pong(item.bytes);
      return;
    }
    if (this.service.destroyed || this.service.writableEnded || this.service.write(item.bytes)) return;
    this.blocked = true;
    this.socket.pause();
    this.service.once('drain', () => this.unblock());
  }

  private unblock(): void {
    this.blocked = false;
    while (!this.blocked) {
      const item = this.waiting.shift();
      if (item === undefined) break;
      this.pass(item);
    }
    if (!this.blocked) this.socket.resume();
  }
}

/** Service to client, in frames of at most 256 KiB, reading no faster than the client takes them. */
function relayDown(socket: WebSocket, service: Duplex): void {
  const sent = (): void => {
    if (service.isPaused() && socket.bufferedAmount < highWaterBytes / 2) service.resume();
  };
  const pass = (bytes: Buffer, release: () => void): void => {
    if (socket.readyState !== socket.OPEN) return;
    for (let start = 0; start < bytes.length; start += frameBytes) {
      const isLast = start + frameBytes >= bytes.length;
      socket.send(bytes.subarray(start, start + frameBytes), { binary: true }, () => {
        if (isLast) release();
        sent();
      });
    }
    if (socket.bufferedAmount > highWaterBytes) service.pause();
  };
  // Also what the stream held before, and its end, come by way of `data`.
  service.on('data', (bytes: Buffer) => pass(bytes, () => undefined));
  readPooled(service, pass);
}

/** Relays until either side ends. The service's end, whatever its reason, closes the WebSocket with 1001. */
export function relay(socket: WebSocket, service: Duplex): void {
  const upstream = new Upstream(socket, service);
  socket.on('message', (data, isBinary) => {
    // Text carries nothing here: it is dropped without a word.
    if (isBinary) upstream.push({ kind: 'data', bytes: toBuffer(data) });
  });
  socket.on('ping', (bytes: Buffer) => upstream.push({ kind: 'ping', bytes }));
  relayDown(socket, service);

  const closeSocket = (): void => {
    // A paused socket would never see the client's answer to the close.
    socket.resume();
    if (socket.readyState === socket.OPEN) socket.close(goingAway);
  };
  service.once('end', closeSocket);
  service.once('close', closeSocket);
  // An error is followed by `close`, which is all that the client may learn.
  service.on('error', () => undefined);
  socket.on('error', () => undefined);
  socket.once('close', () => {
    const timer = setTimeout(() => service.destroy(), flushMs).unref();
    service.once('close', () => clearTimeout(timer));
    service.resume();
    service.end(() => service.destroy());
  });
}
