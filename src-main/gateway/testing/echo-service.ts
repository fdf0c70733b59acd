/** A web service for tests that tells what it was asked, and answers in the ways that proxies get wrong. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly length: number;
  readonly hash: string;
}

export interface EchoService {
  readonly port: number;
  readonly seen: Seen[];
  /** Stops listening and cuts what is open. */
  down(): Promise<void>;
  /** Listens again on the same port. */
  up(): Promise<void>;
}

export const bigBytes = 320 * 64 * 1024;

function sendBig(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const block = Buffer.alloc(64 * 1024, 7);
  let left = bigBytes;
  const more = (): void => {
    while (left > 0) {
      left -= block.length;
      if (!response.write(block)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

function answer(entry: Seen, response: ServerResponse, port: number): void {
  switch (entry.url) {
    case '/page':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': '21' });
      return void response.end('<title>a page</title>');
    case '/redirect':
      response.writeHead(302, {
        location: `http://127.0.0.1:${port}/next?x=1`,
        'set-cookie': ['a=1; Domain=localhost; Path=/', 'berth-gate=stolen', 'b=2; HttpOnly'],
      });
      response.end();
      break;
    case '/big':
      sendBig(response);
      break;
    case '/events':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      setTimeout(() => response.write('data: one\n\n'), 100);
      break;
    case '/half':
      response.writeHead(200, { 'content-length': '1000' });
      response.write('only this');
      break;
    case '/range':
      response.writeHead(206, { 'content-range': 'bytes 0-3/10', 'content-length': '4' });
      response.end('abcd');
      break;
    default:
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<title>Echo</title><pre id="echo">${JSON.stringify(entry)}</pre>`);
  }
}

export async function startEchoService(): Promise<EchoService> {
  const seen: Seen[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const hash = createHash('sha256');
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      length += chunk.length;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const entry = { method, url, headers, length, hash: hash.digest('hex') };
      seen.push(entry);
      answer(entry, response, service.port);
    });
  });
  const sockets = new WebSocketServer({ server, path: '/ws' });
  sockets.on('connection', (ws, request) => {
    ws.send(JSON.stringify(request.headers));
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const service: EchoService = {
    port: address.port,
    seen,
    async down() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
    up: () => new Promise<void>((resolve) => server.listen(service.port, '127.0.0.1', resolve)),
  };
  return service;
}
