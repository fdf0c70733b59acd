/**
 * One HTTP listener on loopback: what the site's faces (manager, webserver, storage proxy) have in common.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Reply } from './call.ts';
import { Problem, serverError } from './problem.ts';

/** aiohttp keeps an idle connection so long; Node's five seconds would cut clients that reuse theirs. */
const keepAliveMs = 75_000;

export interface FaceHandlers {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
}

/** Comes between the wire and a face: it may let a request pass, or answer (or spoil) it itself. */
export interface Interceptor {
  readonly request: (request: IncomingMessage, response: ServerResponse, next: () => Promise<void>) => Promise<void>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, next: () => Promise<void>) => Promise<void>;
}

export class Listener {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(handlers: FaceHandlers, interceptor: Interceptor | null = null) {
    this.server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
      const next = (): Promise<void> => handlers.answer(request, response);
      void (interceptor === null ? next() : interceptor.request(request, response, next));
    });
    this.server.on('connection', (socket) => {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      const next = (): Promise<void> => handlers.upgrade(request, socket, head);
      void (interceptor === null ? next() : interceptor.upgrade(request, socket, next));
    });
  }

  /** SECURITY: loopback only (sandbox.test.ts, "listens"). Resolves with the port; rejects when it is taken. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection at once; new ones are taken. */
  cutConnections(): void {
    for (const socket of this.sockets) socket.destroy();
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
}

/** The request target as a URL; `null` when it is not a path. */
export function urlOf(request: IncomingMessage): URL | null {
  const target = request.url ?? '/';
  return target.startsWith('/') && URL.canParse(`http://sandbox${target}`) ? new URL(`http://sandbox${target}`) : null;
}

export function toProblem(error: unknown, log: (line: string) => void): Problem {
  if (error instanceof Problem) return error;
  log(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return serverError('The sandbox has failed; its log says more.');
}

export function send(response: ServerResponse, reply: Reply): void {
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

export function refuse(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // A refusal carries no rate headers: a 429 least of all.
  for (const name of response.getHeaderNames()) if (name !== 'date') response.removeHeader(name);
  response.writeHead(problem.status, { 'Content-Type': 'application/problem+json; charset=utf-8' });
  response.end(JSON.stringify(problem));
}

/** `problem` becomes the body as JSON. */
export function refuseUpgrade(socket: Duplex, problem: { readonly status: number }): void {
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
