/**
 * The browser host's own web server: Berth's pages, the entry exchange and the bridge's upgrade, on 127.0.0.1 under one
 * random host name. Whoever has not exchanged a one-time token for the cookie sees nothing but the entry page.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { AreaLog } from '../../log/log.ts';
import { pageHeaders, rendererFile } from '../renderer-files.ts';
import { type BridgeEnd, BridgeSockets } from './bridge-sockets.ts';
import { enterPage, enterScript, refusedPage } from './entry-pages.ts';
import { cookieHeader, hasCookie, newSecret, OneTimeTokens } from './launch-tokens.ts';
import { isOwnPeer } from './peer-user.ts';
import { checkRequest, checkUpgrade, type RequestHead, randomHostName } from './request-guard.ts';

export interface LoopbackServerOptions {
  /** 0 means a free one. */
  readonly port: number;
  readonly rendererDir: string;
  readonly bridge: BridgeEnd;
  readonly log: AreaLog;
  readonly clock?: Clock;
}

const bridgeTokenLifetimeMs = 30_000;
/** The longest body is a token. */
const maxBodyBytes = 1_024;
const html = 'text/html; charset=utf-8';

function headOf(request: IncomingMessage): RequestHead {
  return { method: request.method ?? '', target: request.url ?? '', headers: request.headers };
}

/** Null when it is too long; what is too long is read to its end (within the request's time) but not kept. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part as Uint8Array);
    length += bytes.length;
    if (length <= maxBodyBytes) parts.push(bytes);
  }
  return length > maxBodyBytes ? null : Buffer.concat(parts).toString('utf8');
}

export class LoopbackServer {
  readonly #options: LoopbackServerOptions;
  readonly #http: Server;
  readonly #sockets = new Set<Socket>();
  readonly #entryTokens: OneTimeTokens;
  readonly #bridgeTokens: OneTimeTokens;
  readonly #bridgeSockets: BridgeSockets;
  readonly #cookie = newSecret();
  readonly #name = randomHostName();
  #host = '';
  #headers: Record<string, string> = {};

  constructor(options: LoopbackServerOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    this.#entryTokens = new OneTimeTokens(clock);
    this.#bridgeTokens = new OneTimeTokens(clock);
    this.#bridgeSockets = new BridgeSockets(options.bridge, this.#bridgeTokens, options.log);
    this.#http = createServer({ headersTimeout: 10_000, requestTimeout: 15_000, maxHeaderSize: 16_384 });
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#http.on('request', (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        options.log.error('A request could not be answered', { error });
        response.destroy();
      });
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** `name:port`, after `listen`. */
  get host(): string {
    return this.#host;
  }

  /** Rejects with Node's error, e.g. `EADDRINUSE`. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      // SECURITY: loopback only, also on a port that the person chose (loopback-server.itest.ts, "listens on 127.0.0.1 only").
      this.#http.listen({ host: '127.0.0.1', port: this.#options.port, exclusive: true }, () => {
        this.#http.off('error', reject);
        resolve();
      });
    });
    const { port } = this.#http.address() as AddressInfo;
    this.#host = `${this.#name}:${port}`;
    this.#headers = pageHeaders([`ws://${this.#host}`]);
  }

  /** A fresh way in, good for one use. @param lifetimeMs null when a person copies the address by hand */
  entryUrl(lifetimeMs: number | null): string {
    return `http://${this.#host}/enter#${this.#entryTokens.issue(lifetimeMs)}`;
  }

  /** Loads what the first window will need. */
  async warm(): Promise<void> {
    await this.#bridgeSockets.warm();
  }

  async close(): Promise<void> {
    this.#bridgeSockets.dispose();
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verdict = checkRequest(headOf(request), this.#host);
    if (!verdict.allowed) {
      this.#options.log.warn('Refused a request', { reason: verdict.reason, method: request.method ?? '' });
      this.#send(request, response, verdict.status, 'text/plain; charset=utf-8', 'Refused.\n');
      return;
    }
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const isKnown = hasCookie(request.headers.cookie, this.#cookie);
    if (path === '/enter' || path === '/enter.js') {
      await this.#enter(request, response, path, isKnown);
    } else if (!isKnown) {
      // SECURITY: nothing without the cookie (loopback-server.itest.ts, "missing cookie").
      const isPage =
        request.headers['sec-fetch-dest'] === 'document' || (request.headers.accept ?? '').includes('text/html');
      this.#send(
        request,
        response,
        401,
        isPage ? html : 'text/plain; charset=utf-8',
        isPage ? refusedPage : 'Not signed in to Berth.\n',
      );
    } else if (path === '/bridge/token') {
      this.#bridgeToken(request, response);
    } else {
      await this.#file(request, response);
    }
  }

  async #enter(request: IncomingMessage, response: ServerResponse, path: string, isKnown: boolean): Promise<void> {
    if (path === '/enter.js') {
      this.#send(request, response, 200, 'text/javascript; charset=utf-8', enterScript);
      return;
    }
    if (request.method !== 'POST') {
      this.#send(request, response, 200, html, enterPage);
      return;
    }
    const token = await readBody(request);
    // SECURITY: the token is used up by whoever brings it, and brought by another user of this machine it is refused
    // (loopback-server.itest.ts, "replayed token"; "another user").
    const isRedeemed = token !== null && this.#entryTokens.redeem(token);
    const isOwn = isOwnPeer(request.socket.remotePort, request.socket.localPort);
    if (isRedeemed && isOwn) {
      response.setHeader('Set-Cookie', cookieHeader(this.#cookie));
    } else if (!isKnown) {
      this.#options.log.warn('Refused an entry', { reason: isOwn ? 'token' : 'other user' });
      this.#send(request, response, 403, 'text/plain; charset=utf-8', 'Refused.\n');
      return;
    }
    this.#send(request, response, 204, null, '');
  }

  #bridgeToken(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST') {
      this.#send(request, response, 405, 'text/plain; charset=utf-8', 'POST only.\n');
      return;
    }
    this.#send(request, response, 200, 'text/plain; charset=utf-8', this.#bridgeTokens.issue(bridgeTokenLifetimeMs));
  }

  async #file(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = request.method === 'POST' ? null : rendererFile(this.#options.rendererDir, request.url ?? '');
    const found = file === null ? undefined : await stat(file.path).catch(() => undefined);
    if (file === null || !found?.isFile()) {
      this.#send(request, response, 404, 'text/plain; charset=utf-8', 'There is nothing here.\n');
      return;
    }
    response.writeHead(200, {
      ...this.#headers,
      'Content-Type': file.contentType,
      'Content-Length': found.size,
      'Cache-Control': file.cacheControl,
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response);
  }

  #send(request: IncomingMessage, response: ServerResponse, status: number, type: string | null, body: string): void {
    response.writeHead(status, {
      ...this.#headers,
      'Cache-Control': 'no-store',
      ...(type === null ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
      // What was refused may have a body that nobody will read.
      ...(status >= 400 ? { Connection: 'close' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const verdict = checkUpgrade(headOf(request), this.#host);
    const isKnown = hasCookie(request.headers.cookie, this.#cookie);
    // SECURITY: (loopback-server.itest.ts, "bridge refuses a missing cookie").
    if (!verdict.allowed || !isKnown || request.url !== '/bridge') {
      const reason = verdict.allowed ? (isKnown ? 'path' : 'cookie') : verdict.reason;
      this.#options.log.warn('Refused a WebSocket', { reason });
      const status = reason === 'path' ? '404 Not Found' : reason === 'cookie' ? '401 Unauthorized' : '403 Forbidden';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#bridgeSockets.accept(request, socket, head).catch((error: unknown) => {
      this.#options.log.error('The bridge could not take a window', { error });
      socket.destroy();
    });
  }
}
