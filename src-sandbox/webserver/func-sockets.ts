/**
 * `/func/stream/…` as WebSockets. Faithful to a real webserver's weaknesses too (tunnels reference, section 1.5): it
 * answers pings itself, buffers without bound towards the manager, and keeps the client's side open and silent when the
 * manager closes its own.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Keys, Upstream } from './upstream.ts';
import { unreachable } from './web-problem.ts';

/** aiohttp's own limit for a message, in both directions. */
const maxMessageBytes = 4 * 1024 * 1024;
const heartbeatMs = 30_000;
/** Towards the client: stop reading the manager's side above this, go on below half of it. */
const highWaterBytes = 1024 * 1024;

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      reject(new Error(`the manager answered ${response.statusCode ?? 0}`));
    });
    socket.once('error', reject);
  });
}

function join(client: WebSocket, manager: WebSocket): void {
  client.on('message', (data: RawData, isBinary) => {
    if (manager.readyState === manager.OPEN) manager.send(data, { binary: isBinary });
  });
  manager.on('message', (data: RawData, isBinary) => {
    if (client.readyState !== client.OPEN) return;
    client.send(data, { binary: isBinary }, () => {
      if (manager.isPaused && client.bufferedAmount < highWaterBytes / 2) manager.resume();
    });
    if (client.bufferedAmount > highWaterBytes) manager.pause();
  });
  const heartbeat = setInterval(() => {
    if (manager.readyState === manager.OPEN) manager.ping();
  }, heartbeatMs);
  manager.once('close', () => clearInterval(heartbeat));
  client.once('close', () => {
    clearInterval(heartbeat);
    // A paused side would never see the answer to its close.
    manager.resume();
    manager.close();
  });
  client.on('error', () => undefined);
  manager.on('error', () => undefined);
}

export class FuncSockets {
  private readonly upstream: Upstream;
  private readonly log: (line: string) => void;
  private readonly server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });

  constructor(upstream: Upstream, log: (line: string) => void) {
    this.upstream = upstream;
    this.log = log;
  }

  /** Connects to the manager first: what it refuses, whatever the reason, is a 502 for the client. */
  async pass(request: IncomingMessage, socket: Duplex, head: Buffer, target: string, keys: Keys | null): Promise<void> {
    const version = request.headers['x-backendai-version'];
    const headers = this.upstream.signed('GET', target, keys, undefined, Array.isArray(version) ? version[0] : version);
    const manager = new WebSocket(new URL(target, this.upstream.endpoint.replace('http', 'ws')), {
      headers,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
    });
    // Bytes that the manager sends before the client is there must wait.
    manager.once('open', () => manager.pause());
    try {
      await opened(manager);
    } catch (error) {
      this.log(`webserver: ${target.split('?', 1)[0]}: ${error instanceof Error ? error.message : String(error)}`);
      manager.on('error', () => undefined);
      manager.terminate();
      throw unreachable();
    }
    if (socket.destroyed) {
      manager.terminate();
      return;
    }
    this.server.handleUpgrade(request, socket, head, (client) => {
      join(client, manager);
      manager.resume();
    });
  }

  close(): void {
    for (const client of this.server.clients) client.terminate();
  }
}
