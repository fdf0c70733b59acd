/**
 * A small HTTP client over node:http and node:https: keep-alive, a limit on time and on size, abort. It knows nothing of
 * Backend.AI, follows no redirects, and turns what breaks on the way into BerthErrors.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { BerthError } from '../base/berth-error.ts';
import { cancelledError, errorCodeOf, fromNetworkError, timeoutError } from './network-errors.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** May be sent twice when a kept connection turns out to be dead. */
  readonly idempotent: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sockets a site at once; a manager serves few requests of one key at a time anyway. */
const maxSockets = 12;

export class HttpClient {
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets, scheduling: 'lifo', timeout: 55_000 });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets, scheduling: 'lifo', timeout: 55_000 });

  /** Throws BerthError `offline`, `tls`, `timeout`, `cancelled` or `bad-answer`; every HTTP status is an answer. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#once(request);
    } catch (error) {
      if (error instanceof StaleSocket && request.idempotent) return await this.#once(request);
      throw error instanceof StaleSocket ? fromNetworkError(error.cause, request.url.host) : error;
    }
  }

  /** Sends and hands over the answer unread, on a connection of its own (event streams). `timeoutMs` is for the head. */
  open(request: HttpRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      if (request.signal?.aborted) throw cancelledError();
      const outgoing = this.#outgoing(request, false);
      const fail = (error: BerthError) => {
        clearTimeout(timer);
        reject(error);
        outgoing.destroy();
      };
      const timer = setTimeout(() => fail(timeoutError(request.url.host, request.timeoutMs)), request.timeoutMs);
      // Stays attached after the head: aborting the signal later cuts the stream.
      request.signal?.addEventListener('abort', () => fail(cancelledError()), { once: true });
      outgoing.on('error', (error) => fail(fromNetworkError(error, request.url.host)));
      outgoing.on('response', (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      outgoing.end(request.body);
    });
  }

  dispose(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #outgoing(request: HttpRequest, shared: boolean) {
    const secure = request.url.protocol === 'https:';
    const headers: Record<string, string | number> = { host: request.url.host, ...request.headers };
    if (request.body !== undefined) headers['content-length'] = request.body.byteLength;
    const options = { method: request.method, headers };
    if (secure) return httpsRequest(request.url, { ...options, agent: shared ? this.#https : false });
    return httpRequest(request.url, { ...options, agent: shared ? this.#http : false });
  }

  #once(request: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      if (request.signal?.aborted) throw cancelledError();
      const host = request.url.host;
      const outgoing = this.#outgoing(request, true);
      const settle = () => {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
        outgoing.destroy();
      };
      const onAbort = () => fail(cancelledError());
      const timer = setTimeout(() => fail(timeoutError(host, request.timeoutMs)), request.timeoutMs);
      request.signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.on('error', (error) => {
        const stale = outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(errorCodeOf(error) ?? '');
        fail(stale ? new StaleSocket(error) : fromNetworkError(error, host));
      });
      outgoing.on('response', (response) => {
        readBounded(response, request.maxBytes).then(
          (body) => {
            settle();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
          },
          (error: unknown) => fail(fromNetworkError(error, host)),
        );
      });
      outgoing.end(request.body);
    });
  }
}

/** The whole body; throws BerthError `bad-answer` when it is longer than `maxBytes` or ends early. */
export function readBounded(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const bad = (reason: string) => new BerthError('bad-answer', { place: 'site', retry: 'auto', params: { reason } });
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      reject(bad('too-large'));
      response.destroy();
    });
    response.on('error', () => reject(bad('truncated')));
    response.on('close', () => {
      if (!response.complete) reject(bad('truncated'));
    });
    response.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

/** The site had closed a kept connection just before it was used again. */
class StaleSocket extends Error {
  override readonly name = 'StaleSocket';
  constructor(cause: Error) {
    super('A kept connection was closed by the site', { cause });
  }
}
