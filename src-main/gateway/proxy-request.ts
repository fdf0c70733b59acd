/** One HTTP request through to the service and back, streamed both ways. */
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerDown, isPageNavigation } from './answers.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import type { Place } from './place.ts';
import { takesWindowScript, windowScriptTag } from './window-script.ts';

/** Asking twice changes nothing, and there is no body that would be gone. */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Gathered this much, the window gets it without waiting for the turn's end. */
const gatherBytes = 128 * 1024;

/** How long a page that a person looks at may stay blank for a lost link, before the waiting page says why. */
const navigationHoldMs = 1_500;

export async function proxyRequest(place: Place, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  if (isPageNavigation(incoming) && (await wouldWait(place))) {
    answerDown(place, incoming, answer, null);
    return;
  }
  if (!answer.destroyed) send(place, incoming, answer, true);
}

/** True when the link does not come back within what a person takes for a page that loads. */
async function wouldWait(place: Place): Promise<boolean> {
  if (!place.isWaitingForLink) return false;
  try {
    await place.use().ready(AbortSignal.timeout(navigationHoldMs));
    return false;
  } catch {
    // Why it failed is in the place's state, which the waiting page shows.
    return true;
  }
}

function send(place: Place, incoming: IncomingMessage, answer: ServerResponse, mayRepeat: boolean): void {
  const method = incoming.method ?? 'GET';
  const headers = requestHeaders(incoming.headersDistinct, place);
  const isPage = isPageNavigation(incoming);
  // A compressed page could not be added to as it streams by; it never leaves this computer anyway.
  if (isPage) delete headers['accept-encoding'];
  const isChunked = incoming.headers['transfer-encoding'] !== undefined;
  const hasBody = isChunked || (incoming.headers['content-length'] ?? '0') !== '0';
  if (isChunked) headers['transfer-encoding'] = 'chunked';
  else if (!hasBody && !repeatable.has(method)) headers['content-length'] = '0';

  const canRepeat = repeatable.has(method) && !hasBody;
  const upstream = request({
    // A connection that the service just closed cannot be told from a living one, so what may happen only once gets
    // its own.
    agent: canRepeat ? place.sharedAgent : place.singleAgent,
    method,
    path: incoming.url ?? '/',
    headers,
    setHost: false,
  });
  let response: IncomingMessage | null = null;

  const fail = (error: unknown): void => {
    if (answer.destroyed) return;
    if (response || answer.headersSent) {
      // A reset, not an end: a truncated answer must not look complete.
      answer.socket?.resetAndDestroy();
      return;
    }
    if (mayRepeat && canRepeat && upstream.reusedSocket) {
      send(place, incoming, answer, false);
      return;
    }
    answerDown(place, incoming, answer, error);
  };

  upstream.on('response', (message) => {
    response = message;
    message.on('error', fail);
    message.on('data', () => place.touch());
    const adds = isPage && takesWindowScript(message.statusCode ?? 0, message.headers);
    try {
      const raw = responseHeaders(message.rawHeaders, place);
      answer.writeHead(message.statusCode ?? 502, message.statusMessage ?? '', adds ? withoutLength(raw) : raw);
    } catch (error) {
      // A status line or header that Node refuses to send on.
      upstream.destroy();
      response = null;
      answerDown(place, incoming, answer, error);
      return;
    }
    // An event stream sends its head long before its first event.
    answer.flushHeaders();
    gatherWrites(message, answer);
    message.pipe(answer, { end: false });
    message.on('end', () => {
      if (message.rawTrailers.length > 0) answer.addTrailers(pairs(message.rawTrailers));
      answer.end(adds ? windowScriptTag : undefined);
    });
  });
  upstream.on('error', fail);
  // Not asked for: the service must not turn a plain request into another protocol.
  upstream.on('upgrade', (_message, socket) => {
    socket.destroy();
    answerDown(place, incoming, answer, null);
  });
  answer.once('close', () => {
    if (!answer.writableFinished) upstream.destroy();
  });
  if (hasBody) {
    incoming.on('data', () => place.touch());
    incoming.pipe(upstream);
    incoming.once('error', () => upstream.destroy());
  } else upstream.end();
}

/**
 * What arrives in one turn of the event loop goes out in one write, not one for each packet of the link. The socket is
 * corked, not the answer: a corked chunked answer may wait for a `drain` that Node never sends.
 */
function gatherWrites(message: IncomingMessage, answer: ServerResponse): void {
  let corked: Socket | null = null;
  let gatheredBytes = 0;
  const flush = (): void => {
    corked?.uncork();
    corked = null;
    gatheredBytes = 0;
  };
  message.on('data', (bytes: Buffer) => {
    if (!corked && answer.socket) {
      corked = answer.socket;
      corked.cork();
      setImmediate(flush);
    }
    gatheredBytes += bytes.length;
    if (gatheredBytes >= gatherBytes) process.nextTick(flush);
  });
  message.once('close', flush);
}

/** What is added changes the length, so Node frames the answer in chunks. */
function withoutLength(raw: readonly string[]): string[] {
  return pairs(raw).flatMap(([name, value]) => (name.toLowerCase() === 'content-length' ? [] : [name, value]));
}

function pairs(raw: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) result.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return result;
}
