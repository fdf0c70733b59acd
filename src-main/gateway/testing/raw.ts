/** Bytes as they stand, to and from a port: what no HTTP library would send. */
import { connect, createServer, type Socket } from 'node:net';

/** Sends `text` and gives what came back until the other side closed, or until `done` says that it is enough. */
export function sendRaw(
  port: number,
  text: string,
  done: (answer: string) => boolean = () => false,
  withinMs = 5_000,
): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(finish, withinMs);
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += String(chunk);
      if (done(answer)) finish();
    });
    socket.on('close', finish);
    socket.on('error', finish);
  });
}

export interface RawService {
  readonly port: number;
  /** Heads of requests, as received. */
  readonly heads: string[];
  readonly open: Set<Socket>;
  close(): Promise<void>;
}

/** Answers each request's path with the bytes that `answers` has for it. */
export async function startRawService(answers: Readonly<Record<string, string>>): Promise<RawService> {
  const heads: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    let text = '';
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += String(chunk);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = text.slice(0, end);
      text = text.slice(end + 4);
      heads.push(head);
      const bytes = answers[head.split(' ')[1] ?? ''] ?? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
      socket.write(bytes, 'latin1');
      if (/^connection: close$/im.test(bytes)) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return {
    port: address.port,
    heads,
    open,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
