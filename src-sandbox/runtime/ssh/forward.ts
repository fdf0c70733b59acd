/** `direct-tcpip` channels: from a port of the container, as the client sees it, to what answers for it on this machine. */
import type { Duplex } from 'node:stream';
import type { Connection, ServerChannel } from 'ssh2';

/** Opens the port; rejects when nothing answers there. */
export type OpenPort = (port: number, host: string) => Promise<Duplex>;

/** Names by which a container knows itself. */
export const ownNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/** @param hosts names of the containers of this session; anything else would make the sandbox a way into the network */
export function serveForwards(
  connection: Connection,
  hosts: readonly string[],
  openPort: OpenPort,
  log: (line: string) => void,
): void {
  connection.on('tcpip', (accept, reject, info) => {
    const host = info.destIP.toLowerCase();
    // SECURITY: only the session's own "containers" can be reached (builtin.itest.ts, "forwards to nowhere else").
    if (!ownNames.has(host) && !hosts.includes(host)) {
      reject();
      return;
    }
    openPort(info.destPort, host).then(
      (socket) => {
        const channel = accept() as ServerChannel | undefined;
        // The client is gone already: there is no channel to accept.
        if (channel) join(channel, socket, log);
        else socket.destroy();
      },
      (error: unknown) => {
        log(`ssh: forward to port ${info.destPort}: ${error instanceof Error ? error.message : String(error)}`);
        reject();
      },
    );
  });
}

/** Both ways with back-pressure; each end closes for itself, because ssh2's server closes both when one `end()`s. */
export function join(channel: ServerChannel, socket: Duplex, log: (line: string) => void): void {
  let ended = 0;
  const halfDone = (): void => {
    ended += 1;
    if (ended === 2) channel.end();
  };
  channel.pipe(socket);
  channel.once('end', halfDone);
  socket.pipe(channel, { end: false });
  socket.once('end', () => {
    // After an empty write, so that what still waits for window goes first.
    channel.write(Buffer.alloc(0), () => {
      (channel as unknown as { eof(): void }).eof();
      halfDone();
    });
  });
  socket.once('error', (error) => {
    log(`ssh: forward: ${error.message}`);
    channel.destroy();
  });
  socket.once('close', () => {
    if (ended < 2) channel.destroy();
  });
  channel.once('close', () => socket.destroy());
  channel.on('error', () => socket.destroy());
}
