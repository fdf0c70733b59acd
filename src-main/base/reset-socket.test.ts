import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { resetSocket } from './reset-socket.ts';

/** What both sides of a connection see when ours is broken off. */
async function broken(before: (socket: Socket) => void): Promise<{ other: string; errors: Error[] }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  const errors: Error[] = [];
  socket.on('error', (error) => errors.push(error));
  const seen = new Promise<string>((resolve) => {
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    client.resume().once('end', () => resolve('end'));
  });
  const closed = once(socket, 'close');
  before(socket);
  resetSocket(socket);
  const other = await seen;
  await closed;
  client.destroy();
  server.close();
  return { other, errors };
}

it('resets a connection', async () => {
  expect(await broken(() => undefined)).toEqual({ other: 'ECONNRESET', errors: [] });
});

it('closes one whose end is on its way, which a reset would keep for ever', async () => {
  expect(await broken((socket) => socket.end('all'))).toMatchObject({ errors: [] });
});
