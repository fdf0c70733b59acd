/** For tests: a small HTTP proxy that knows CONNECT only, sends every name to this computer, and counts. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ConnectProxy {
  readonly address: string;
  /** `host:port` of each CONNECT that was let through. */
  readonly seen: string[];
  /** How many came without the right credentials. */
  refused: number;
  close(): Promise<void>;
}

/** @param credentials `user:password`; null asks for none. */
export async function startConnectProxy(credentials: string | null = null): Promise<ConnectProxy> {
  const open = new Set<Duplex>();
  const server: Server = createServer((_request, response) => response.writeHead(405).end());
  const proxy: { -readonly [K in keyof ConnectProxy]: ConnectProxy[K] } & { seen: string[] } = {
    address: '',
    seen: [],
    refused: 0,
    close: () => Promise.resolve(),
  };
  server.on('connect', (request, socket) => {
    const wanted = credentials === null ? null : `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (wanted !== null && request.headers['proxy-authorization'] !== wanted) {
      proxy.refused += 1;
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="t"\r\n\r\n');
      return;
    }
    const target = request.url ?? '';
    if (target.startsWith('forbidden.')) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    proxy.seen.push(target);
    const upstream = connect(Number(target.split(':').pop()), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) {
      open.add(end);
      end.on('close', () => {
        open.delete(end);
        socket.destroy();
        upstream.destroy();
      });
      end.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy.close = () =>
    new Promise((resolve) => {
      for (const end of open) end.destroy();
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return proxy;
}
