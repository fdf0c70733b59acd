/** A WebSocket of a window, through to the service: the handshake is rewritten, what follows is plain bytes. */
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refuseSocket } from './answers.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import type { Place } from './place.ts';

/** @param head bytes that came right after the request */
export function proxyUpgrade(place: Place, incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.setNoDelay(true);
  socket.setTimeout(0);
  const headers = requestHeaders(incoming.headersDistinct, place);
  headers.connection = 'Upgrade';
  headers.upgrade = 'websocket';
  const upstream = request({
    agent: place.singleAgent,
    method: 'GET',
    path: incoming.url ?? '/',
    headers,
    setHost: false,
  });
  socket.once('close', () => upstream.destroy());

  upstream.on('upgrade', (message, stream, rest) => {
    socket.write(statusLine(message) + headerLines(responseHeaders(message.rawHeaders, place, true)));
    if (rest.length > 0) socket.write(rest);
    if (head.length > 0) stream.write(head);
    join(place, socket, stream);
  });
  upstream.on('response', (message) => {
    // The service says no in HTTP; the window should see its words.
    socket.write(
      statusLine(message) + headerLines([...responseHeaders(message.rawHeaders, place), 'Connection', 'close']),
    );
    message.pipe(socket);
    message.on('error', () => socket.resetAndDestroy());
  });
  upstream.on('error', (error) => {
    if (socket.destroyed) return;
    place.markDown(error);
    refuseSocket(socket, 503, 'The service does not answer. Berth is trying to reach it again.');
  });
  upstream.end();
}

function join(place: Place, socket: Socket, stream: Duplex): void {
  socket.on('data', () => place.touch());
  socket.pipe(stream);
  stream.pipe(socket);
  stream.once('error', () => socket.resetAndDestroy());
  socket.once('error', () => stream.destroy());
  // Either side gone without an end: the other must not wait for it.
  stream.once('close', () => {
    if (!socket.writableEnded) socket.resetAndDestroy();
  });
  socket.once('close', () => stream.destroy());
}

function statusLine(message: IncomingMessage): string {
  return `HTTP/1.1 ${message.statusCode ?? 502} ${message.statusMessage ?? ''}\r\n`;
}

function headerLines(raw: readonly string[]): string {
  let text = '';
  for (let i = 0; i + 1 < raw.length; i += 2) text += `${raw[i] ?? ''}: ${raw[i + 1] ?? ''}\r\n`;
  return `${text}\r\n`;
}
