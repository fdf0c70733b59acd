/** Berth's SSH agent for one session: the key stays in this process, other programs ask it to sign over a private socket. */
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Disposable } from '../base/disposable.ts';
import type { KeySigner } from '../links/key-signer.ts';
import { failureAnswer, framed, identitiesAnswer, maxMessageBytes, readRequest, signAnswer } from './agent-policy.ts';

/** rsync, VS Code and many scp at once ask side by side; more than this is a mistake. */
const maxConnections = 64;

export interface AgentOptions {
  /** A Unix socket in a folder of mode 0700 that is ours, or a pipe's name on Windows. */
  readonly address: string;
  readonly user: string;
  readonly comment: string;
  readonly publicBlob: Buffer;
  /** The key, when it is needed; may ask the site for it. */
  readonly signer: () => Promise<KeySigner>;
  readonly isWindows: boolean;
  readonly onProblem: (error: unknown) => void;
}

/** Listens until disposed. Rejects when the address cannot be used. */
export async function startAgent(options: AgentOptions): Promise<Disposable> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, options).catch((error: unknown) => {
      options.onProblem(error);
      socket.destroy();
    });
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: options.address, readableAll: false, writableAll: false }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', options.onProblem);
  // SECURITY: its owner alone may connect ('the socket is its owner’s alone' in agent.test.ts).
  if (!options.isWindows) await chmod(options.address, 0o600);
  return {
    dispose: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function serve(socket: Socket, options: AgentOptions): Promise<void> {
  let waiting = Buffer.alloc(0);
  for await (const chunk of socket) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 4) {
      const length = waiting.readUInt32BE(0);
      if (length === 0 || length > maxMessageBytes) {
        socket.destroy();
        return;
      }
      if (waiting.length < 4 + length) break;
      const message = waiting.subarray(4, 4 + length);
      waiting = waiting.subarray(4 + length);
      socket.write(framed(await answer(message, options)));
    }
  }
}

async function answer(message: Buffer, options: AgentOptions): Promise<Buffer> {
  const { user, publicBlob, comment } = options;
  const request = readRequest(message, user, publicBlob);
  if (request.kind === 'identities') return identitiesAnswer(publicBlob, comment);
  if (request.kind === 'refused') return failureAnswer;
  try {
    const signer = await options.signer();
    // The session's key became another one: what this agent stands for is not there any more.
    if (!signer.publicBlob.equals(publicBlob)) return failureAnswer;
    return signAnswer(signer.sign(request.data, request.rsaHash));
  } catch (error) {
    options.onProblem(error);
    return failureAnswer;
  }
}
