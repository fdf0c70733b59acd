/**
 * Bridge connections over WebSocket. The server has checked Host, Origin and cookie of the upgrade; here the first frame
 * must bring a one-time token before the window is connected to anything.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { contractVersion } from '../../../src-preload/contract/index.ts';
import type { AreaLog } from '../../log/log.ts';
import type { OneTimeTokens } from './launch-tokens.ts';

/** What a window is connected to. */
export interface BridgeEnd {
  connect(port: { send(message: string | Uint8Array): void; close(): void }): {
    receive(message: string | Uint8Array): void;
    closed(): void;
  };
}

const helloWithinMs = 5_000;
const pingEveryMs = 20_000;
const maxMessageBytes = 4 * 1024 * 1024;
/** A window that leaves this much unread is gone or stuck; it connects again by itself when it is not. */
const maxUnsentBytes = 64 * 1024 * 1024;

/** Application close codes: the window's transport tells them apart. */
export const closeCodes = { refused: 4401, otherVersion: 4409, protocol: 4400, tooSlow: 4408 } as const;

function parseHello(text: string): { version: unknown; token: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { t, version, token } = value as Record<string, unknown>;
    return t === 'hello' && typeof token === 'string' && token.length <= 256 ? { version, token } : null;
  } catch {
    // Not JSON: the caller closes the socket for it.
    return null;
  }
}

export class BridgeSockets {
  readonly #bridge: BridgeEnd;
  readonly #tokens: OneTimeTokens;
  readonly #log: AreaLog;
  readonly #sockets = new Set<WebSocket>();
  #server: Promise<WebSocketServer> | null = null;
  #disposed = false;

  constructor(bridge: BridgeEnd, tokens: OneTimeTokens, log: AreaLog) {
    this.#bridge = bridge;
    this.#tokens = tokens;
    this.#log = log;
  }

  /** Loads `ws` ahead of the first window; it costs more than the rest of the start (styles reference, 4.1). */
  warm(): Promise<WebSocketServer> {
    this.#server ??= import('ws').then(
      ({ WebSocketServer: Server }) =>
        new Server({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: maxMessageBytes }),
    );
    return this.#server;
  }

  /** Takes over an upgrade that was checked. */
  async accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const server = await this.warm();
    if (this.#disposed) {
      socket.destroy();
      return;
    }
    server.handleUpgrade(request, socket, head, (webSocket) => this.#greet(webSocket));
  }

  dispose(): void {
    this.#disposed = true;
    for (const socket of this.#sockets) socket.terminate();
  }

  #greet(socket: WebSocket): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => socket.close(closeCodes.refused, 'no hello'), helloWithinMs);
    socket.on('error', (error) => this.#log.debug('A window broke its connection', { error }));
    socket.on('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
    socket.once('message', (data, isBinary) => {
      clearTimeout(timer);
      const hello = isBinary ? null : parseHello(data.toString());
      // SECURITY: the cookie alone opens no bridge (loopback-server.itest.ts, "bridge wants its own token").
      if (hello === null || !this.#tokens.redeem(hello.token)) {
        this.#log.warn('Refused a bridge connection', { reason: 'token' });
        socket.close(closeCodes.refused, 'token');
      } else if (hello.version !== contractVersion) {
        socket.close(closeCodes.otherVersion, 'version');
      } else {
        this.#connect(socket);
      }
    });
  }

  #connect(socket: WebSocket): void {
    const connection = this.#bridge.connect({
      send: (message) => {
        if (socket.readyState !== socket.OPEN) return;
        if (socket.bufferedAmount > maxUnsentBytes) socket.terminate();
        else socket.send(message);
      },
      close: () => socket.close(closeCodes.protocol, 'protocol'),
    });
    let isAlive = true;
    const ping = setInterval(() => {
      if (!isAlive) {
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping();
    }, pingEveryMs);
    socket.on('pong', () => {
      isAlive = true;
    });
    socket.on('message', (data, isBinary) => {
      isAlive = true;
      // Without a `binaryType` of our own, ws hands over one Buffer a message.
      connection.receive(isBinary && Buffer.isBuffer(data) ? data : data.toString());
    });
    socket.on('close', () => {
      clearInterval(ping);
      connection.closed();
    });
  }
}
