/**
 * A worker's relay of requests and WebSockets (tunnels reference, section 2.5), with its ways: every answer is open to all
 * origins, and a WebSocket takes its path and sub-protocols along, but neither cookies nor Origin.
 */
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { hopHeaders } from '../http/hop-headers.ts';
import { Problem } from '../http/problem.ts';
import type { Circuit } from './circuits.ts';

/** The libraries' own limit for a message. */
const maxMessageBytes = 4 * 1024 * 1024;

const refusedByKernel = (): Problem =>
  new Problem(502, 'container-connection-refused', 'Cannot connect to Backend.AI kernel.');

/** Repeated headers stay repeated. */
function withoutHops(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!hopHeaders.has(name.toLowerCase())) pairs.push([name, raw[i + 1] ?? '']);
  }
  return pairs;
}

function forwarded(request: IncomingMessage): Record<string, string> {
  const proto = String(request.headers['x-forwarded-proto'] ?? 'http');
  const host = String(request.headers['x-forwarded-host'] ?? request.headers.host ?? '');
  const { remoteAddress = '', remotePort = 0 } = request.socket as Socket;
  return {
    'x-forwarded-proto': proto,
    forwarded: `host=${host};proto=${proto}`,
    'x-forwarded-host': host,
    'x-forwarded-port': host.split(':')[1] ?? String(remotePort),
    'x-forwarded-for': `${remoteAddress}:${remotePort}`,
  };
}

/** One connection to the app a request: what answers there may have gone since the last one. */
class KernelAgent extends Agent {
  private readonly circuit: Circuit;

  constructor(circuit: Circuit) {
    super({ keepAlive: false });
    this.circuit = circuit;
  }

  override createConnection(_options: unknown, done?: (error: Error | null, stream: Duplex) => void): undefined {
    // node:http reads no stream beside an error; its declaration wants one all the same.
    const failed = done as ((error: Error) => void) | undefined;
    this.circuit.token.connect().then(
      (stream) => done?.(null, stream),
      (error: unknown) => failed?.(error instanceof Error ? error : new Error(String(error))),
    );
    return undefined;
  }
}

/** Streams both ways. Rejects with a Problem while the answer has not begun. */
export function relayHttp(circuit: Circuit, request: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const own = forwarded(request);
    const headers = [
      ...withoutHops(request.rawHeaders).filter(([name]) => !(name.toLowerCase() in own)),
      ...Object.entries(own),
    ];
    const hasBody =
      request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
    const upstream = httpRequest({
      agent: new KernelAgent(circuit),
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: headers.flat(),
      setHost: false,
    });
    upstream.once('error', () => {
      if (response.headersSent) response.destroy();
      reject(refusedByKernel());
    });
    upstream.once('response', (message) => {
      const raw = withoutHops(message.rawHeaders).filter(
        ([name]) => name.toLowerCase() !== 'access-control-allow-origin',
      );
      response.writeHead(message.statusCode ?? 502, message.statusMessage ?? '', [
        ...raw.flat(),
        'Access-Control-Allow-Origin',
        '*',
        'Access-Control-Allow-Headers',
        'authorization',
      ]);
      message.on('error', () => response.destroy());
      message.pipe(response);
      response.once('close', () => {
        upstream.destroy();
        resolve();
      });
    });
    response.once('close', () => upstream.destroy());
    if (hasBody) request.pipe(upstream);
    else upstream.end();
  });
}

/** WebSockets of all circuits of one worker. */
export class WebSocketRelay {
  private readonly server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });

  /** The client is accepted first; what then fails towards the app closes its side. */
  pass(circuit: Circuit, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => undefined);
      client.pause();
      circuit.token.connect().then(
        (stream) => this.join(client, request, stream as Socket),
        () => client.close(),
      );
    });
  }

  close(): void {
    for (const client of this.server.clients) client.terminate();
  }

  private join(client: WebSocket, request: IncomingMessage, stream: Socket): void {
    const offered = String(request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '');
    const app = new WebSocket(new URL(request.url ?? '/', 'ws://127.0.0.1'), offered, {
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      createConnection: () => stream,
    });
    app.on('error', () => client.close());
    app.once('open', () => client.resume());
    for (const [from, to] of [
      [client, app],
      [app, client],
    ] as const) {
      from.on('message', (data, isBinary) => {
        if (to.readyState === to.OPEN) to.send(data, { binary: isBinary });
      });
      from.once('close', () => to.close());
    }
  }
}
