/**
 * A console for tests: ttyd's protocol, written from its description (tunnels reference, section 6.2), around a real pty.
 * Tests run against ttyd itself too where it is installed.
 */
import { spawn as spawnProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { type IPty, spawn } from '@lydell/node-pty';
import { type WebSocket, WebSocketServer } from 'ws';
import { accepts, freePort, until } from '../../links/testing/real-ssh-server.ts';

export interface TestConsole {
  readonly port: number;
  /** Frames by their first byte since the start, as a client sent them; empty for the real ttyd. */
  readonly heard: string[];
  /** Bytes that clients did not take yet. */
  unsentBytes(): number;
  /** Sends as it is to every client. */
  send(frame: Buffer): void;
  stop(): Promise<void>;
}

/** The real one. @param program its path */
export async function startTtyd(program: string, command: readonly string[]): Promise<TestConsole> {
  const port = await freePort();
  const child = spawnProcess(program, ['-W', '-i', '127.0.0.1', '-p', String(port), ...command], { stdio: 'ignore' });
  await until(() => accepts(port), 'ttyd');
  return {
    port,
    heard: [],
    unsentBytes: () => 0,
    send: () => undefined,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

export async function startConsole(command: readonly string[]): Promise<TestConsole> {
  const port = await freePort();
  const http = createServer();
  const server = new WebSocketServer({
    server: http,
    path: '/ws',
    handleProtocols: (names) => names.has('tty') && 'tty',
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const heard: string[] = [];
  const ptys = new Set<IPty>();
  server.on('connection', (socket) => serve(socket, command, heard, ptys));
  return {
    port,
    heard,
    unsentBytes: () => [...server.clients].reduce((sum, socket) => sum + socket.bufferedAmount, 0),
    send: (frame) => {
      for (const socket of server.clients) socket.send(frame, { binary: true });
    },
    stop: async () => {
      for (const pty of ptys) pty.kill('SIGKILL');
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function serve(socket: WebSocket, command: readonly string[], heard: string[], ptys: Set<IPty>): void {
  let pty: IPty | null = null;
  socket.on('error', () => undefined);
  socket.on('close', () => pty?.kill('SIGHUP'));
  socket.on('message', (raw) => {
    const frame = Buffer.isBuffer(raw) ? raw : Buffer.alloc(0);
    const rest = frame.subarray(1);
    heard.push(frame.subarray(0, 1).toString());
    switch (frame.subarray(0, 1).toString()) {
      case '{': {
        const { columns, rows } = JSON.parse(frame.toString()) as { columns: number; rows: number };
        pty = start(socket, command, columns, rows, ptys);
        return;
      }
      case '0':
        pty?.write(rest.toString('utf8'));
        return;
      case '1': {
        const size = JSON.parse(rest.toString()) as { columns: number; rows: number };
        pty?.resize(size.columns, size.rows);
        return;
      }
      case '2':
        pty?.pause();
        return;
      case '3':
        pty?.resume();
    }
  });
}

function start(socket: WebSocket, command: readonly string[], cols: number, rows: number, ptys: Set<IPty>): IPty {
  const [file = 'sh', ...args] = command;
  const pty = spawn(file, args, { cols, rows, name: 'xterm-256color', encoding: null });
  ptys.add(pty);
  socket.send(Buffer.from(`1${command.join(' ')} (main1)`));
  socket.send(Buffer.from('2{}'));
  pty.onData((data) => socket.send(Buffer.concat([Buffer.from('0'), Buffer.from(data)])));
  pty.onExit(({ exitCode }) => {
    ptys.delete(pty);
    if (exitCode === 0) socket.close(1000);
    else socket.terminate();
  });
  return pty;
}
