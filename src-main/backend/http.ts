/**
 * A small HTTP client over node:http and node:https: keep-alive, a limit on time and on size, abort. It knows nothing of
 * Backend.AI, follows no redirects, and turns what breaks on the way into BerthErrors.
 */
import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ErrorReason } from '../../src-preload/contract/errors.ts';
import type { BerthError } from '../base/berth-error.ts';
import { badAnswer, cancelledError, errorCodeOf, timeoutError } from './network-errors.ts';
import { createRoute, defaultRouteSettings, type Route } from './route.ts';

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

/** What carries requests; tests carry them elsewhere. */
export type HttpTransport = Pick<HttpClient, 'send' | 'open' | 'dispose'>;

/** Sockets a site at once; a manager serves few requests of one key at a time anyway. */
const maxSockets = 12;

export class HttpClient {
  readonly #route: Route;
  /** Kept connections, one agent an origin: a proxy is chosen by where a request goes. */
  readonly #agents = new Map<string, Agent>();

  /** @param route whom to trust, and through which proxy; the system's authorities and the environment's proxy if left out */
  constructor(route: Route = createRoute(defaultRouteSettings)) {
    this.#route = route;
  }

  /** Throws BerthError `offline`, `tls`, `timeout`, `cancelled` or `bad-answer`; every HTTP status is an answer. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#once(request);
    } catch (error) {
      if (error instanceof StaleSocket && request.idempotent) return await this.#once(request);
      throw error instanceof StaleSocket ? this.#route.explain(error.cause, request.url.host) : error;
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
      const timer = setTimeout(
        () => fail(timeoutError(request.url.host, request.timeoutMs, howFar(outgoing))),
        request.timeoutMs,
      );
      // Stays attached after the head: aborting the signal later cuts the stream.
      const onAbort = () => fail(cancelledError());
      request.signal?.addEventListener('abort', onAbort, { once: true });
      // A watcher opens stream after stream with one signal, which would keep them all.
      outgoing.once('close', () => request.signal?.removeEventListener('abort', onAbort));
      outgoing.on('error', (error) => fail(this.#route.explain(error, request.url.host)));
      outgoing.on('response', (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      outgoing.end(request.body);
    });
  }

  dispose(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #outgoing(request: HttpRequest, shared: boolean) {
    // SECURITY: nothing here inflates, so no small answer can become a huge one (test: "a compressed answer").
    const headers: Record<string, string | number> = {
      host: request.url.host,
      'accept-encoding': 'identity',
      ...request.headers,
    };
    if (request.body !== undefined) headers['content-length'] = request.body.byteLength;
    const agent = shared ? this.#keptAgent(request.url) : this.#route.agent(request.url);
    const options = { method: request.method, headers, agent };
    return request.url.protocol === 'https:' ? httpsRequest(request.url, options) : httpRequest(request.url, options);
  }

  #keptAgent({ origin, href }: URL): Agent {
    const known = this.#agents.get(origin);
    if (known !== undefined) return known;
    const agent = this.#route.agent(new URL(href), {
      keepAlive: true,
      maxSockets,
      scheduling: 'lifo',
      timeout: 55_000,
    });
    this.#agents.set(origin, agent);
    return agent;
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
      let answering = false;
      const timer = setTimeout(
        () => fail(timeoutError(host, request.timeoutMs, answering ? 'body' : howFar(outgoing))),
        request.timeoutMs,
      );
      request.signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.on('error', (error) => {
        const code = errorCodeOf(error) ?? '';
        const stale = outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(code);
        // The head was understood; what follows the stated length is not.
        if (answering && code.startsWith('HPE_')) fail(badAnswer('wrong-length', { host }));
        else fail(stale ? new StaleSocket(error) : this.#route.explain(error, host));
      });
      outgoing.on('response', (response) => {
        answering = true;
        readBounded(response, request.maxBytes).then(
          (body) => {
            settle();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
          },
          (error: unknown) => fail(this.#route.explain(error, host)),
        );
      });
      outgoing.end(request.body);
    });
  }
}

function howFar(outgoing: ClientRequest): 'connect' | 'silent' {
  return outgoing.socket === null || outgoing.socket.connecting ? 'connect' : 'silent';
}

/**
 * The whole body; throws BerthError `bad-answer` when it is longer than `maxBytes`, ends early or was compressed unasked.
 * @param timeoutMs where nobody else limits the exchange; `timeout` then
 */
export function readBounded(response: IncomingMessage, maxBytes: number, timeoutMs?: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (reason: ErrorReason<'bad-answer'>) => {
      reject(badAnswer(reason));
      response.destroy();
    };
    const coding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
    response.on('error', () => refuse('truncated'));
    if (coding !== '' && coding !== 'identity') {
      refuse('compressed');
      return;
    }
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size > maxBytes) refuse('too-large');
    });
    if (timeoutMs !== undefined) {
      const timer = setTimeout(() => {
        reject(timeoutError('', timeoutMs, 'body'));
        response.destroy();
      }, timeoutMs);
      response.on('close', () => clearTimeout(timer));
    }
    response.on('close', () => {
      if (!response.complete) reject(badAnswer('truncated'));
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
