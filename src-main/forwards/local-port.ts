/** Ports of this computer, on its loopback address only. */
import { createServer, type Server } from 'node:net';
import { BerthError } from '../base/berth-error.ts';

/** The only address that a forward ever listens on. */
export const loopback = '127.0.0.1';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Lets the server listen on this port of the loopback address.
 * @param port 0: any that is free
 * @returns the port
 * @throws BerthError `port-taken`
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // SECURITY: this computer alone can connect ('no other address' in forwards.itest.ts).
      server.listen({ host: loopback, port, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    const code = codeOf(cause);
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    throw new BerthError('port-taken', {
      place: 'computer',
      retry: 'user',
      params: { port, ...(code === 'EACCES' ? { reason: 'privileged' } : {}) },
      cause,
    });
  }
  const address = server.address();
  if (address === null || typeof address === 'string' || address.address !== loopback) {
    server.close();
    throw new Error('A forward listens on another address than asked for');
  }
  return address.port;
}

/** The first of these that is free now, else any; `port` 0 in `wanted` is skipped. */
export async function freePort(wanted: readonly number[]): Promise<number> {
  for (const port of [...wanted.filter((it) => it > 0), 0]) {
    const server = createServer();
    try {
      return await listenOnLoopback(server, port);
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
    } finally {
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    }
  }
  throw new BerthError('port-taken', { place: 'computer', params: { port: 0 } });
}
