/** A web service for tests that does what HTTP/1.1 allows and proxies seldom see, and counts what reaches it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface HttpService {
  readonly port: number;
  /** Connections so far, and open ones. */
  connections: number;
  open: number;
  peak: number;
  /** Requests so far. */
  asked: number;
  /** Bytes written to and read from whoever asks, of the endless paths. */
  written: number;
  read: number;
  /** Requests whose client left before the answer. */
  left: number;
  requestTrailers: Record<string, unknown>;
  /** Lets `/chunks` go on. */
  go(): void;
  close(): Promise<void>;
}

const block = Buffer.alloc(64 * 1024, 7);

function writeEndlessly(service: HttpService, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const more = (): void => {
    while (!response.destroyed) {
      service.written += block.length;
      if (!response.write(block)) {
        response.once('drain', more);
        return;
      }
    }
  };
  more();
}

function readAll(service: HttpService, request: IncomingMessage, done: (bytes: number) => void): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    service.read += chunk.length;
  });
  request.on('end', () => {
    service.requestTrailers = { ...request.trailers };
    done(bytes);
  });
}

export async function startHttpService(): Promise<HttpService> {
  let go = (): void => undefined;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    service.asked += 1;
    response.on('close', () => {
      if (!response.writableFinished) service.left += 1;
    });
    const text = (words: string): void => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': words.length });
      response.end(words);
    };
    switch (request.url?.split('?')[0]) {
      case '/trailers':
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('body');
        response.addTrailers({ 'x-sum': 'abc', 'set-cookie': 'berth-gate=x' });
        response.end();
        break;
      case '/hints':
        response.writeProcessing();
        response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, () => text('hinted'));
        break;
      case '/nothing':
        response.writeHead(204, { etag: '"n"' });
        response.end();
        break;
      case '/same':
        response.writeHead(304, { etag: '"s"', 'content-length': '1000' });
        response.end();
        break;
      case '/chunks':
        response.writeHead(200);
        response.write('one');
        go = () => response.end('two');
        break;
      case '/slowly':
        setTimeout(() => text('slow'), 100);
        break;
      case '/late':
        setTimeout(() => text('late'), 350);
        break;
      case '/endless':
        writeEndlessly(service, response);
        break;
      case '/deaf':
        request.pause();
        break;
      case '/silent':
        break;
      case '/refuse':
        response.writeHead(413, { 'content-length': '3', connection: 'close' });
        response.end('big');
        break;
      default:
        readAll(service, request, (bytes) => text(`${request.method} ${bytes}`));
    }
  };
  const server: Server = createServer({ keepAliveTimeout: 60_000 }, handle);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/refuse') return handle(request, response);
    response.writeContinue();
    handle(request, response);
  });
  server.on('connection', (socket) => {
    service.connections += 1;
    service.open += 1;
    service.peak = Math.max(service.peak, service.open);
    socket.on('close', () => {
      service.open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const service: HttpService = {
    port: address.port,
    connections: 0,
    open: 0,
    peak: 0,
    asked: 0,
    written: 0,
    read: 0,
    left: 0,
    requestTrailers: {},
    go: () => go(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}
