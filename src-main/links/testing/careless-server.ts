/**
 * An SSH server for faults: it ignores the client's receive window, as the one in Backend.AI containers does, and
 * does whatever else a test asks for.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { Algorithms, Connection, ServerChannel } from 'ssh2';
import { loadSsh2 } from '../ssh2-internals.ts';

/** What `send <bytes>` sends, and its sha256. */
export const chunkBytes = 32_768;

export interface CarelessServer {
  readonly port: number;
  readonly privateKey: string;
  /** Bytes sent by the last `send`. */
  readonly sent: { bytes: number; hash: string };
  stop(): Promise<void>;
}

/** One in some 240 of the ed25519 keys that ssh2 1.17 makes is cut short by a leading zero, and ssh2 cannot read it. */
function readableKeys(ssh2: ReturnType<typeof loadSsh2>['ssh2']) {
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync('ed25519');
    if (ssh2.utils.parseKey(keys.public) instanceof Error || ssh2.utils.parseKey(keys.private) instanceof Error)
      continue;
    return keys;
  }
}

interface RawServerChannel {
  _client: { _protocol: { channelData(id: number, data: Buffer): void }; _sock: Socket };
  outgoing: { id: number };
}

export async function startCarelessServer(options: { algorithms?: Algorithms } = {}): Promise<CarelessServer> {
  const { ssh2 } = loadSsh2();
  const host = readableKeys(ssh2);
  const user = readableKeys(ssh2);
  const sent = { bytes: 0, hash: '' };
  const sockets = new Set<Socket>();

  const sendCarelessly = async (channel: ServerChannel, total: number): Promise<void> => {
    const raw = channel as unknown as RawServerChannel;
    const hash = createHash('sha256');
    sent.bytes = 0;
    for (let index = 0; sent.bytes < total; index += 1) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, total - sent.bytes), index & 255);
      chunk.writeUInt32BE(index, 0);
      hash.update(chunk);
      raw._client._protocol.channelData(raw.outgoing.id, chunk);
      sent.bytes += chunk.length;
      // The socket below is honest; only the window is not.
      if (raw._client._sock.writableNeedDrain) await once(raw._client._sock, 'drain');
      else if (index % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    sent.hash = hash.digest('hex');
    channel.exit(0);
    channel.end();
  };

  /** A shell that prints without end, and a prompt upon Ctrl-C. */
  const floodCarelessly = async (channel: ServerChannel): Promise<void> => {
    const raw = channel as unknown as RawServerChannel;
    const { _protocol: protocol, _sock: socket } = raw._client;
    let isOver = false;
    sent.bytes = 0;
    channel.on('data', (keys: Buffer) => {
      isOver ||= keys.includes(3);
    });
    channel.once('close', () => {
      isOver = true;
    });
    const chunk = Buffer.from('y\r\n'.repeat(10_000));
    while (!isOver) {
      protocol.channelData(raw.outgoing.id, chunk);
      sent.bytes += chunk.length;
      if (socket.writableNeedDrain) await once(socket, 'drain');
      else await new Promise((resolve) => setImmediate(resolve));
    }
    if (channel.writable) protocol.channelData(raw.outgoing.id, Buffer.from('^C\r\n$ '));
  };

  const onConnection = (client: Connection): void => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => context.accept());
    client.on('ready', () => {
      client.on('session', (acceptSession) => {
        const session = acceptSession();
        session.on('pty', (accept) => accept?.());
        session.on('shell', (accept) => {
          const channel = accept();
          channel.on('error', () => undefined);
          floodCarelessly(channel).catch(() => undefined);
        });
        session.on('exec', (accept, _reject, info) => {
          const channel = accept();
          channel.on('error', () => undefined);
          const total = /^send (\d+)$/.exec(info.command)?.[1];
          if (total) {
            sendCarelessly(channel, Number(total)).catch(() => undefined);
          } else if (info.command === 'cut') {
            channel.write('part of it');
            setTimeout(() => (channel as unknown as RawServerChannel)._client._sock.destroy(), 50);
          } else if (info.command === 'echo') {
            channel.pipe(channel);
          } else if (info.command.includes('tmux')) {
            // There is none here.
            channel.exit(0);
            channel.end();
          } else channel.resume();
        });
      });
    });
  };

  const server = new ssh2.Server(
    { hostKeys: [host.private], ...(options.algorithms ? { algorithms: options.algorithms } : {}) },
    onConnection,
  );
  const listener: NetServer = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return {
    port: address.port,
    privateKey: user.private,
    sent,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
