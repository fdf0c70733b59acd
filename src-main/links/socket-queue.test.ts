import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from './testing/real-ssh-server.ts';
import { WsDuplex } from './ws-duplex.ts';

it('sees the system take a piece while the piece as a whole still waits', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'string' || address === null) throw new Error('No address');
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const client = new WebSocket(`ws://127.0.0.1:${address.port}/`, { perMessageDeflate: false });
  await once(client, 'open');
  const [peer] = await accepted;
  peer.pause();
  const stream = new WsDuplex(client);
  try {
    expect(stream.seesBacklogShrink).toBe(true);
    stream.write(Buffer.alloc(32 * 1024 * 1024));
    await until(() => stream.backlogBytes > 0, 'backlog');
    await until(() => performance.now() - stream.lastProgressAt > 300, 'full buffers of the system');
    const stuck = stream.lastProgressAt;
    const whole = stream.writableLength;
    peer.resume();
    await until(() => stream.lastProgressAt > stuck, 'progress');
    expect(stream.writableLength).toBe(whole);
  } finally {
    stream.destroy(new Error('over'));
    for (const ws of server.clients) ws.terminate();
    server.close();
  }
});
