/**
 * The HTTP server: routing, the checks in front of every route, answers and refusals on the wire.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { anonymousRateHeaders, type RateLimit } from '../auth/rate-limit.ts';
import { checkSignature, checkVersion, type KeyHolder, versionOf } from '../auth/verify.ts';
import type { Face } from '../face.ts';
import type { Call, Reply } from './call.ts';
import { Problem, serverError, unknownUrl } from './problem.ts';
import type { Route, Router } from './router.ts';

export interface Upgrades {
  readonly matches: (pathname: string) => boolean;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, url: URL) => Promise<void>;
}

export interface HttpOptions {
  readonly face: Face;
  readonly keys: KeyHolder;
  readonly limit: RateLimit;
  readonly router: Router;
  readonly upgrades: Upgrades;
  readonly log: (line: string) => void;
}

/** aiohttp keeps an idle connection so long; Node's five seconds would cut clients that reuse theirs. */
const keepAliveMs = 75_000;

function toProblem(error: unknown, log: (line: string) => void): Problem {
  if (error instanceof Problem) return error;
  log(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return serverError('The sandbox has failed; its log says more.');
}

/** The request target as a URL; `null` when it is not a path. */
function urlOf(request: IncomingMessage): URL | null {
  const target = request.url ?? '/';
  return target.startsWith('/') && URL.canParse(`http://sandbox${target}`) ? new URL(`http://sandbox${target}`) : null;
}

export class HttpServer {
  private readonly options: HttpOptions;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(options: HttpOptions) {
    this.options = options;
    this.server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
      void this.answer(request, response);
    });
    this.server.on('connection', (socket) => {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.server.on('upgrade', (request, socket, head) => void this.upgrade(request, socket, head));
  }

  /** SECURITY: loopback only (sandbox.test.ts, "listens"). Resolves with the port; rejects when it is taken. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Stops listening, lets answers finish for a moment, then cuts what is left. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const timer = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  private check(request: IncomingMessage, route: Pick<Route, 'anonymous'>): Record<string, string> {
    checkVersion(request, this.options.face);
    if (route.anonymous === true) return anonymousRateHeaders;
    checkSignature(request, this.options.keys);
    const headers = this.options.limit.take();
    if (headers !== null) return headers;
    throw new Problem(429, 'rate-limit-exceeded', 'You have reached your API query rate limit.');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = urlOf(request);
      const match =
        url === null ? { kind: 'unknown' as const } : this.options.router.match(request.method ?? 'GET', url.pathname);
      if (url === null || match.kind !== 'found') {
        checkVersion(request, this.options.face);
        if (match.kind === 'wrong-method') throw new Problem(405, 'method-not-allowed', 'HTTP Method not allowed.');
        throw unknownUrl();
      }
      const headers = this.check(request, match.route);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const call: Call = {
        request,
        response,
        params: match.params,
        query: url.searchParams,
        version: versionOf(request),
      };
      send(response, await match.route.handler(call));
    } catch (error) {
      refuse(response, toProblem(error, this.options.log));
    } finally {
      // A body that no route read would stand in the way of the next request on this connection.
      request.resume();
    }
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      const url = urlOf(request);
      if (url === null || !this.options.upgrades.matches(url.pathname)) throw unknownUrl();
      this.check(request, {});
      await this.options.upgrades.upgrade(request, socket, head, url);
    } catch (error) {
      refuseUpgrade(socket, toProblem(error, this.options.log));
    }
  }
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === undefined) return;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.statusCode = reply.status;
  if (reply.bytes !== undefined) response.end(reply.bytes);
  else if (reply.json === undefined) response.end();
  else {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(reply.json));
  }
}

function refuse(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // A refusal carries no rate headers: a 429 least of all.
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(problem.status, { 'Content-Type': 'application/problem+json; charset=utf-8' });
  response.end(JSON.stringify(problem));
}

function refuseUpgrade(socket: Duplex, problem: Problem): void {
  if (socket.destroyed) return;
  const body = Buffer.from(JSON.stringify(problem));
  socket.end(
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}\r\n` +
          `Content-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
          `Date: ${new Date().toUTCString()}\r\nConnection: close\r\n\r\n`,
      ),
      body,
    ]),
  );
}
