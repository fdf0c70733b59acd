/** Two byte streams as one connection: back-pressure both ways, and each side ends for itself. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { BerthError } from '../base/berth-error.ts';
import { resetSocket } from '../base/reset-socket.ts';

/**
 * @param socket a connection of this computer, with `allowHalfOpen`
 * @param remote the same in the session
 * @param onCut told what ended the session's side before its time
 */
export function join(socket: Socket, remote: Duplex, onCut: (error: Error) => void): void {
  if (remote.destroyed) {
    // Cut between its opening and this line: what it would tell was told already, and the socket would stay for ever.
    onCut(remote.errored ?? new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
    resetSocket(socket);
    return;
  }
  socket.pipe(remote);
  remote.pipe(socket);
  remote.on('error', (error: Error) => {
    onCut(error);
    // All of it came before: it still goes out.
    if (socket.writableEnded) socket.destroySoon();
    // A reset: whoever reads must not take what came so far for the whole.
    else resetSocket(socket);
  });
  socket.on('error', () => remote.destroy());
  socket.once('close', () => {
    // The program went away before the end; the session's side has nobody to talk to.
    if (!remote.destroyed && !(remote.readableEnded && remote.writableFinished)) remote.destroy();
  });
  remote.once('close', () => {
    // What was read is still on its way out.
    if (!socket.destroyed) socket.destroySoon();
  });
}
