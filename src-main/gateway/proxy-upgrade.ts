/** A WebSocket of a window, through to the service: the handshake is rewritten, what follows is plain bytes. */
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { resetSocket } from '../base/reset-socket.ts';
import { refuseSocket } from './answers.ts';
import { closeFrame, FrameBoundary } from './frame-boundary.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import type { Place } from './place.ts';
import { shouldOutliveLink } from './relay.ts';
import { pathOf } from './request-shape.ts';

/** A window that does not answer the last frame. */
const closeWithinMs = 2_000;

/** @param head bytes that came right after the request */
export function proxyUpgrade(place: Place, incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.setNoDelay(true);
  socket.setTimeout(0);
  const headers = requestHeaders(incoming.headersDistinct, place);
  headers.connection = 'Upgrade';
  headers.upgrade = 'websocket';
  const upstream = request({
    agent: shouldOutliveLink(pathOf(incoming.url ?? '/')) ? place.resumedAgent : place.singleAgent,
    method: 'GET',
    path: incoming.url ?? '/',
    headers,
    setHost: false,
  });
  const cancel = (): void => {
    upstream.destroy();
  };
  socket.once('close', cancel);

  upstream.on('upgrade', (message, stream, rest) => {
    socket.off('close', cancel);
    // SECURITY: what the window asked for, or nothing ('lets no service switch protocols or speak in two ways' in hostile.itest.ts).
    if (message.headers.upgrade?.toLowerCase() !== 'websocket') {
      stream.destroy();
      refuseSocket(socket, 502, 'The service answered with another protocol.');
      return;
    }
    if (socket.destroyed) {
      stream.destroy();
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\n${headerLines(responseHeaders(message.rawHeaders, place, true))}`,
    );
    if (head.length > 0) stream.write(head);
    join(place, socket, stream, rest);
  });
  upstream.on('response', (message) => {
    // The service says no in HTTP; the window should see its words.
    socket.write(
      `HTTP/1.1 ${message.statusCode ?? 502} ${message.statusMessage ?? ''}\r\n` +
        headerLines([...responseHeaders(message.rawHeaders, place), 'Connection', 'close']),
    );
    message.pipe(socket);
    message.on('error', () => resetSocket(socket));
  });
  upstream.on('error', (error) => {
    if (socket.destroyed) return;
    place.markDown(error);
    refuseSocket(socket, 503, 'The service does not answer. Berth is trying to reach it again.');
  });
  upstream.end();
}

/** @param rest bytes of the service that came with its handshake */
function join(place: Place, socket: Socket, stream: Duplex, rest: Buffer): void {
  const boundary = new FrameBoundary();
  const onService = (bytes: Buffer): void => {
    boundary.push(bytes);
    place.touch();
  };
  if (rest.length > 0) {
    onService(rest);
    socket.write(rest);
  }
  let hasEnded = false;
  stream.on('data', onService);
  stream.once('end', () => {
    hasEnded = true;
  });
  socket.on('data', () => place.touch());
  socket.pipe(stream);
  stream.pipe(socket);
  stream.on('error', () => undefined);
  socket.once('error', () => stream.destroy());
  stream.once('close', () => {
    if (socket.destroyed || hasEnded) return;
    // The link is gone, or the service. A page that is told so connects again; one that is cut may wait for ever.
    stream.unpipe(socket);
    if (!boundary.canClose || place.isEnded) {
      resetSocket(socket);
      return;
    }
    socket.end(closeFrame('The connection to the session was lost.'));
    const timer = setTimeout(() => socket.destroy(), closeWithinMs);
    socket.once('close', () => clearTimeout(timer));
    socket.resume();
  });
  socket.once('close', () => stream.destroy());
}

function headerLines(raw: readonly string[]): string {
  let text = '';
  for (let i = 0; i + 1 < raw.length; i += 2) text += `${raw[i] ?? ''}: ${raw[i + 1] ?? ''}\r\n`;
  return `${text}\r\n`;
}
