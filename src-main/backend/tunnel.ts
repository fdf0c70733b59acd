/**
 * WebSocket tunnels through the site's streaming proxy (tunnels reference, sections 1.1 to 1.6). The 101 comes only after
 * the service has been started, so the handshake may take long.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { BerthError } from '../base/berth-error.ts';
import { type HttpAnswer, readBounded } from './http.ts';
import { cancelledError, errorCodeOf, timeoutError } from './network-errors.ts';
import type { SiteClient } from './site-client.ts';
import { noWebSocket, tunnelRefusal } from './tunnel-errors.ts';

const handshakeMs = 60_000;
/** The proxy's own largest message is 16 MiB. */
const maxPayloadBytes = 17 * 1024 * 1024;

export interface TunnelOptions {
  readonly signal?: AbortSignal | undefined;
  /** What goes through is encrypted by its two ends, as SSH is: see `noMask`. */
  readonly isCipherText?: boolean;
}

/**
 * Masks keep scripts from choosing the bytes that a proxy on the way sees (RFC 6455, 10.3). Nobody chooses those of a
 * cipher, and with a key of zeros `ws` spends no time on them, which is half of what an upload costs.
 */
function noMask(mask: Buffer): void {
  mask.fill(0);
}

/** Resolves with an open, paused WebSocket. Throws BerthError for a refusal, by status and slug. */
export async function openTunnel(
  client: SiteClient,
  path: string,
  query: Readonly<Record<string, string>>,
  options: TunnelOptions = {},
): Promise<WebSocket> {
  try {
    return await handshake(client, path, query, options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { status, headers, body } = error.answer;
    if (!client.learnSkew(status, headers, body)) throw handshakeError(client, error);
  }
  try {
    return await handshake(client, path, query, options);
  } catch (error) {
    throw error instanceof Refused ? handshakeError(client, error) : error;
  }
}

function handshakeError(client: SiteClient, { answer, url }: Refused): BerthError {
  return tunnelRefusal(client.refusal(answer, url), answer);
}

function handshake(
  client: SiteClient,
  path: string,
  query: Readonly<Record<string, string>>,
  { signal, isCipherText = false }: TunnelOptions,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw cancelledError();
    const url = client.url(path, query);
    // No content type on the wire: the site then signs `application/octet-stream`, and so do we.
    const { 'content-type': _, ...headers } = client.headers('GET', url, 'application/octet-stream');
    const address = new URL(url);
    address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, {
      headers: { ...headers, host: url.host },
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: maxPayloadBytes,
      agent: client.route.agent(url),
      // SECURITY: everything else is masked ('masks what a script could choose' in tunnel.test.ts).
      ...(isCipherText ? { generateMask: noMask } : {}),
    });

    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('unexpected-response', onRefused);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
      socket.terminate();
    };
    const onAbort = () => fail(cancelledError());
    const onRefused = (_request: unknown, response: IncomingMessage) => {
      const { statusCode: status = 0, headers } = response;
      readBounded(response, 256 * 1024).then(
        (body) => fail(new Refused({ status, headers, body }, url)),
        // The refusal stands, whatever became of its text.
        () => fail(new Refused({ status, headers, body: Buffer.alloc(0) }, url)),
      );
    };
    const timer = setTimeout(() => fail(timeoutError(url.host, handshakeMs, 'silent')), handshakeMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('unexpected-response', onRefused);
    // Stays attached: an 'error' without a listener would end the process; the 'close' that follows carries the news.
    socket.on('error', (error) => fail(connectionError(client, error, url.host)));
    socket.once('upgrade', (response) => response.socket.setNoDelay(true));
    socket.once('open', () => {
      settle();
      socket.binaryType = 'nodebuffer';
      socket.pause();
      resolve(socket);
    });
  });
}

/** What the WebSocket library finds wrong with a handshake has no code of a network. */
function connectionError(client: SiteClient, error: Error, host: string): BerthError {
  const known = error instanceof BerthError || errorCodeOf(error) !== null;
  return known ? client.route.explain(error, host) : noWebSocket({ host }, error);
}

/** The site answered the handshake with an ordinary HTTP answer. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly answer: HttpAnswer;
  readonly url: URL;
  constructor(answer: HttpAnswer, url: URL) {
    super(`The handshake was answered with ${answer.status}`);
    this.answer = answer;
    this.url = url;
  }
}
