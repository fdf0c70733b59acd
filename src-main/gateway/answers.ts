/** What the gateway itself answers: refusals, the waiting page, its state. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HoldEnd } from './hold-gate.ts';
import { languageOf } from './page-texts.ts';
import { ownHeaders, pageCss, pageScripts, refusalPages, waitingPages } from './pages.ts';
import type { Place } from './place.ts';
import { endedPages, endedStatus, windowScriptPath, windowScripts } from './window-script.ts';

/** Of the one-time token, with room for a bad client to be told so. */
const maxTokenBytes = 256;

/** Long enough to read why. */
const refusedForMs = 1_000;

/** True for what a person looks at, as opposed to what a page fetches. */
export function isPageNavigation(message: IncomingMessage): boolean {
  if (message.method !== 'GET') return false;
  const mode = message.headers['sec-fetch-mode'];
  if (mode !== undefined) {
    return mode === 'navigate' && (message.headers['sec-fetch-dest'] ?? 'document') === 'document';
  }
  return (message.headers.accept ?? '').includes('text/html');
}

export function answerText(answer: ServerResponse, status: number, text: string): void {
  if (answer.headersSent || answer.destroyed) return;
  // What is left of the request's body is not read.
  answer.shouldKeepAlive = false;
  answer.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  answer.end(`${text}\n`);
}

/** A request without the window's cookie: in words when a person looks at it. */
export function answerRefused(place: Place, incoming: IncomingMessage, answer: ServerResponse): void {
  if (!isPageNavigation(incoming)) {
    answerText(answer, 403, 'This request does not come from a window that Berth opened.');
    return;
  }
  answer.shouldKeepAlive = false;
  answer.writeHead(403, ownHeaders(place.origin, 'text/html; charset=utf-8'));
  answer.end(refusalPages[languageOf(incoming.headers['accept-language'])]);
}

export function answerWaiting(place: Place, incoming: IncomingMessage, answer: ServerResponse, status: number): void {
  answer.writeHead(status, ownHeaders(place.origin, 'text/html; charset=utf-8'));
  answer.end(waitingPages[languageOf(incoming.headers['accept-language'])]);
}

/** The service cannot be reached: people get the page that waits, programs a short 503. */
export function answerDown(place: Place, incoming: IncomingMessage, answer: ServerResponse, error: unknown): void {
  if (answer.headersSent || answer.destroyed) return;
  if (error !== null) place.markDown(error);
  if (isPageNavigation(incoming)) answerWaiting(place, incoming, answer, 503);
  else answerText(answer, 503, 'The service does not answer. Berth is trying to reach it again.');
}

/** The link did not come back while this request waited for it. */
export function answerHeldTooLong(answer: ServerResponse, end: HoldEnd): void {
  if (answer.headersSent || answer.destroyed) return;
  answer.setHeader('Retry-After', '5');
  answerText(
    answer,
    503,
    end === 'full'
      ? 'The connection to the session is lost, and too many requests wait for it already. Berth is connecting again.'
      : 'The connection to the session is lost. Berth is still connecting again.',
  );
}

/** The session has ended: its windows close when they hear of it. */
export function answerEnded(incoming: IncomingMessage, answer: ServerResponse): void {
  if (isPageNavigation(incoming)) {
    answer.writeHead(endedStatus, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
    });
    answer.end(endedPages[languageOf(incoming.headers['accept-language'])]);
    return;
  }
  answerText(answer, endedStatus, 'This session has ended.');
}

export function answerState(place: Place, answer: ServerResponse): void {
  answer.writeHead(200, ownHeaders(place.origin, 'application/json; charset=utf-8'));
  answer.end(JSON.stringify(place.state));
}

export function answerAsset(place: Place, incoming: IncomingMessage, answer: ServerResponse, path: string): void {
  const language = new URL(incoming.url ?? '/', place.origin).search === '?ko' ? 'ko' : 'en';
  const isScript = path.endsWith('.js');
  answer.writeHead(200, ownHeaders(place.origin, isScript ? 'text/javascript; charset=utf-8' : 'text/css'));
  answer.end(path === windowScriptPath ? windowScripts[language] : isScript ? pageScripts[language] : pageCss);
}

/** Reads the posted token; null when it is too long or never ends. */
export async function readToken(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > maxTokenBytes) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** Refuses on a bare socket, where there is no response object; it is gone soon after, whatever the other side does. */
export function refuseSocket(socket: Duplex, status: number, text: string): void {
  if (socket.destroyed || socket.writableEnded) return;
  const timer = setTimeout(() => socket.destroy(), refusedForMs);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
