/** The HTTP server of the gateway: loopback only, with a limit on everything that a neighbour could use up. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refuseSocket } from './answers.ts';

export interface ListenerLimits {
  /** A client that does not send its headers within this time loses its connection. */
  readonly headersTimeoutMs: number;
  /** How often that is looked at. */
  readonly checkEveryMs: number;
  /** All header lines of a request together; notebooks collect long cookies. */
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** A client that ended its side and to whom nothing flows for this long is gone: its requests are cancelled. */
  readonly halfClosedMs: number;
}

export const listenerLimits: ListenerLimits = {
  headersTimeoutMs: 20_000,
  checkEveryMs: 5_000,
  maxHeaderBytes: 64 * 1024,
  maxConnections: 4_096,
  halfClosedMs: 2_000,
};

/** Longer than browsers keep an idle connection, so that it is they who close it. */
const keepAliveMs = 310_000;
/** Of each window's connections, both ways. With Node's 16 KiB every single packet of a download stops and starts its stream. */
export const socketBufferBytes = 256 * 1024;

export interface ListenerEvents {
  request(incoming: IncomingMessage, answer: ServerResponse): void;
  upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void;
}

/** Listens on a port that the system picks. Rejects with the system's error. */
export function startListener(events: ListenerEvents, limits: ListenerLimits): Promise<Server> {
  const server = createServer({
    // SECURITY: slow headers hold no socket ('cuts clients that send no headers' in hostile.itest.ts).
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    // Uploads take as long as they take.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    highWaterMark: socketBufferBytes,
    // SECURITY: headers of any size would fill the memory ('bounds size and number of headers' in hostile.itest.ts).
    maxHeaderSize: limits.maxHeaderBytes,
    // SECURITY: whatever Node was started with, requests that two readers cut differently are refused ('refuses smuggled requests' in hostile.itest.ts).
    insecureHTTPParser: false,
  });
  // All of them, to be counted in request-shape.ts.
  server.maxHeadersCount = 0;
  // SECURITY: other programs cannot use up this process's files ('bounds connections' in hostile.itest.ts).
  server.maxConnections = limits.maxConnections;
  // A client may end its side and still wait for the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket: Socket) => endHalfClosed(socket, limits.halfClosedMs));
  const answers = new WeakMap<Socket, ServerResponse>();
  const onRequest = (incoming: IncomingMessage, answer: ServerResponse): void => {
    // SECURITY: what follows a request that was refused, or that said it is the last, is no request ('refuses smuggled requests' in hostile.itest.ts).
    if (answers.get(incoming.socket)?.shouldKeepAlive === false) return;
    answers.set(incoming.socket, answer);
    events.request(incoming, answer);
  };
  server.on('request', onRequest);
  // Held back until the service itself says that it wants the body.
  server.on('checkContinue', onRequest);
  server.on('upgrade', (incoming, socket, head) => events.upgrade(incoming, socket as Socket, head));
  server.on('connect', (_incoming, socket) => refuseSocket(socket, 405, 'Berth is not a proxy.'));
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    // One request, one answer: what follows it would be taken for the answer to the next.
    if (answers.get(socket)?.headersSent && !socket.destroyed) socket.destroySoon();
    else if (error.code === 'HPE_HEADER_OVERFLOW')
      refuseSocket(socket, 431, 'The headers of this request are too long.');
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') refuseSocket(socket, 408, 'This request took too long.');
    else refuseSocket(socket, 400, 'Not a valid request.');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // SECURITY: loopback only ('listens on 127.0.0.1 and only while needed' in gateway.itest.ts).
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}

/**
 * The end of a client's side says either "that was the request" or "I am gone", and nothing tells them apart until bytes
 * flow to it: those that go to nobody come back as a reset.
 */
function endHalfClosed(socket: Socket, graceMs: number): void {
  socket.once('end', () => {
    let written = socket.bytesWritten;
    const look = (): void => {
      if (socket.bytesWritten === written) socket.destroy();
      written = socket.bytesWritten;
    };
    const timer = setInterval(look, graceMs);
    socket.once('close', () => clearInterval(timer));
  });
}
