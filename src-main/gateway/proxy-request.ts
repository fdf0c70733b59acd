/** One HTTP request through to the service and back, streamed both ways. */
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { BerthError } from '../base/berth-error.ts';
import { resetSocket } from '../base/reset-socket.ts';
import { answerDown, answerHeldTooLong, isPageNavigation } from './answers.ts';
import { gatherWrites } from './gather-writes.ts';
import { passedTrailers, requestHeaders, responseHeaders } from './headers.ts';
import type { Place } from './place.ts';
import { takesWindowScript, windowScriptTag } from './window-script.ts';

/** Asking twice changes nothing, and there is no body that would be gone. */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** How long a page that a person looks at may stay blank for a lost link, before the waiting page says why. */
const navigationHoldMs = 1_500;
/** An answered client that still sends its body gets this long to read the answer. */
const lingerMs = 2_000;
/** More interim answers than this are no longer news. */
const maxInterim = 16;

/** One request on its way; what its parts have in common. */
interface Errand {
  readonly place: Place;
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
  readonly isPage: boolean;
  readonly hasBody: boolean;
  readonly isChunked: boolean;
  readonly waitsToSend: boolean;
  readonly canRepeat: boolean;
}

export async function proxyRequest(place: Place, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const isPage = isPageNavigation(incoming);
  if (place.isWaitingForLink && !(await linkIsBack(place, incoming, answer, isPage))) return;
  if (answer.destroyed) return;
  const isChunked = incoming.headers['transfer-encoding'] !== undefined;
  const hasBody = isChunked || (incoming.headers['content-length'] ?? '0') !== '0';
  const canRepeat = repeatable.has(incoming.method ?? '') && !hasBody;
  const waitsToSend = incoming.headers.expect !== undefined && hasBody;
  const errand = { place, incoming, answer, isPage, hasBody, isChunked, waitsToSend, canRepeat };
  const turns = canRepeat ? place.sharedTurns : place.singleTurns;
  answer.once(
    'close',
    turns.take(() => {
      if (!answer.destroyed) send(errand, true);
    }),
  );
}

/** Holds the request while the link comes back; where it does not in time, says so. */
async function linkIsBack(
  place: Place,
  incoming: IncomingMessage,
  answer: ServerResponse,
  isPage: boolean,
): Promise<boolean> {
  if (isPage) {
    try {
      await place.use().ready(AbortSignal.timeout(navigationHoldMs));
      return true;
    } catch {
      // Down until the link is back and the service has answered: the page that waits asks for exactly that.
      answerDown(place, incoming, answer, new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
      return false;
    }
  }
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  answer.once('close', onClose);
  const end = await place.hold.wait((signal) => place.use().ready(signal), gone.signal);
  answer.off('close', onClose);
  // A link that failed for good is told by the dial.
  if (end === 'ready' || end === 'failed') return true;
  answerHeldTooLong(answer, end);
  return false;
}

function send(errand: Errand, mayRepeat: boolean): void {
  const { place, incoming, answer, isPage, hasBody, isChunked, canRepeat } = errand;
  const method = incoming.method ?? 'GET';
  const headers = requestHeaders(incoming.headersDistinct, place);
  // A compressed page could not be added to as it streams by; it never leaves this computer anyway.
  if (isPage) delete headers['accept-encoding'];
  if (isChunked) headers['transfer-encoding'] = 'chunked';
  else if (!hasBody && !repeatable.has(method)) headers['content-length'] = '0';
  if (errand.waitsToSend) headers.expect = '100-continue';

  const upstream = request({
    // A connection that the service just closed cannot be told from a living one, so what may happen only once gets
    // its own, and so does a second try.
    agent: canRepeat && mayRepeat ? place.sharedAgent : place.singleAgent,
    method,
    path: incoming.url ?? '/',
    headers,
    setHost: false,
    maxHeaderSize: maxAnswerHeaderBytes,
    // SECURITY: an answer that can be cut in two ways is none ('lets no service switch protocols or speak in two ways' in hostile.itest.ts).
    insecureHTTPParser: false,
  });
  let response: IncomingMessage | null = null;

  const fail = (error: unknown): void => {
    // Answered whole, and then closed with our body unread: the client has what it asked for.
    if (answer.destroyed || response?.complete) return;
    if (response || answer.headersSent) {
      // A reset, not an end: a truncated answer must not look complete.
      if (answer.socket) resetSocket(answer.socket);
      return;
    }
    if (mayRepeat && canRepeat && upstream.reusedSocket) {
      send(errand, false);
      return;
    }
    answerDown(place, incoming, answer, error);
  };

  passInterim(upstream, errand);
  upstream.on('response', (message) => {
    if (isPage && place.doubts(message.statusCode ?? 0)) {
      upstream.destroy();
      answerDown(place, incoming, answer, new Error(`The app proxy answers ${message.statusCode ?? 0}`));
      return;
    }
    response = message;
    message.on('error', fail);
    if (!passAnswer(message, errand)) {
      response = null;
      upstream.destroy();
      answerDown(place, incoming, answer, new Error('The head of the answer cannot be passed on'));
    }
  });
  upstream.on('error', fail);
  // SECURITY: the service must not turn a plain request into another protocol ('lets no service switch protocols or speak in two ways' in hostile.itest.ts).
  upstream.on('upgrade', (_message, socket) => {
    socket.destroy();
    answerDown(place, incoming, answer, null);
  });
  answer.once('close', () => {
    // Nobody waits for it any more, so the service need not go on with it.
    if (!answer.writableFinished) upstream.destroy();
  });
  if (hasBody) passBody(upstream, errand);
  else upstream.end();
}

/** Status line and headers of an answer together; services that set many cookies fit. */
const maxAnswerHeaderBytes = 128 * 1024;

/** The service's `100 Continue`, and what it says while it works. */
function passInterim(upstream: ClientRequest, { incoming, answer, waitsToSend }: Errand): void {
  let count = 0;
  if (incoming.httpVersionMinor < 1) return;
  if (waitsToSend) upstream.once('continue', () => answer.headersSent || answer.writeContinue());
  upstream.on('information', (information) => {
    count += 1;
    if (answer.headersSent || answer.destroyed || count > maxInterim) return;
    if (information.statusCode === 102) answer.writeProcessing();
    const link = information.headers.link;
    if (information.statusCode === 103 && link !== undefined) {
      try {
        answer.writeEarlyHints({ link });
      } catch {
        // Hints that Node finds badly written; the page works without.
      }
    }
  });
}

/** False where Node refuses to send such a head. */
function passAnswer(message: IncomingMessage, errand: Errand): boolean {
  const { place, incoming, answer, isPage, hasBody, waitsToSend } = errand;
  const status = message.statusCode ?? 502;
  const adds = isPage && takesWindowScript(status, message.headers);
  const raw = responseHeaders(message.rawHeaders, place);
  // Whether the client sends its body after all is not known, so nothing may follow.
  if (waitsToSend && !incoming.complete) answer.shouldKeepAlive = false;
  try {
    answer.writeHead(status, message.statusMessage ?? '', adds ? withoutLength(raw) : raw);
  } catch {
    // A status line or header that Node refuses to send on.
    return false;
  }
  // An event stream sends its head long before its first event.
  answer.flushHeaders();
  message.on('data', () => place.touch());
  gatherWrites(message, answer);
  message.pipe(answer, { end: false });
  message.on('end', () => {
    if (message.rawTrailers.length > 0) answer.addTrailers(passedTrailers(message.rawTrailers));
    answer.end(adds ? windowScriptTag(incoming.headers['accept-language']) : undefined);
    if (hasBody && !incoming.complete) linger(incoming);
  });
  return true;
}

function passBody(upstream: ClientRequest, { place, incoming, isChunked }: Errand): void {
  incoming.on('data', () => place.touch());
  incoming.pipe(upstream, { end: false });
  incoming.once('end', () => {
    if (isChunked && incoming.rawTrailers.length > 0) upstream.addTrailers(passedTrailers(incoming.rawTrailers));
    upstream.end();
  });
  incoming.once('error', () => upstream.destroy());
}

/** Reads on for a moment: a connection that is closed over unread bytes is reset, and the answer may be lost with it. */
function linger(incoming: IncomingMessage): void {
  const { socket } = incoming;
  incoming.unpipe();
  incoming.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  const stop = (): void => clearTimeout(timer);
  socket.once('close', stop);
  incoming.once('end', () => {
    stop();
    socket.off('close', stop);
  });
}

/** What is added changes the length, so Node frames the answer in chunks. */
function withoutLength(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() !== 'content-length') kept.push(raw[i] ?? '', raw[i + 1] ?? '');
  }
  return kept;
}
