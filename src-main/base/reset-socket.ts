/** Breaking a TCP connection off, so that its other side does not take what it has for the whole. */
import type { Socket } from 'node:net';

/**
 * Once its own end was asked for, a socket is closed instead: the end is on its way, and Node's reset fails while it is
 * (libuv's uv_tcp_close_reset: EINVAL) and keeps the socket open for ever, without a `close`.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
