/**
 * Authenticated requests to one site as one account: builds the address once and signs exactly that, corrects for a wrong
 * clock once, parses answers with zod, and turns refusals into BerthErrors.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { endsEarly, looksLikePage } from './answer-kind.ts';
import type { Authenticator } from './authenticator.ts';
import { type HttpAnswer, HttpClient, type HttpTransport, readBounded } from './http.ts';
import { badAnswer, cancelledError } from './network-errors.ts';
import { parseProblem, problemError } from './problem.ts';
import { repeatDelayMs } from './repeat-policy.ts';
import { createRoute, defaultRouteSettings, type Route } from './route.ts';
import { parseJson } from './wire.ts';

const defaultTimeoutMs = 30_000;
const defaultMaxBytes = 32 * 1024 * 1024;
/** Differences below this are latency, not a wrong clock; the site itself allows 15 minutes. */
const minSkewMs = 30_000;
/** Answers whoever is signed in (API reference, section 10.1). */
const proofPath = '/auth/role';

export interface SiteRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly idempotent?: boolean;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface SiteClientOptions {
  /** Without a trailing slash; may have a base path. */
  readonly endpoint: string;
  readonly authenticator: Authenticator;
  readonly apiVersion: string;
  readonly clock: Clock;
  /** Another carrier than Berth's own; for tests. */
  readonly http?: HttpTransport | undefined;
  /** In [0, 1); spreads repeats. */
  readonly random?: () => number;
  /** Trust and proxy of the site. */
  readonly route?: Route | undefined;
  /** Site time minus this computer's, where it was measured before. */
  readonly offsetMs?: number | undefined;
}

const GraphqlAnswer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string().catch('') })).nullish(),
});

export class SiteClient {
  readonly #options: SiteClientOptions;
  /** The way there, for connections that this client does not make itself. */
  readonly route: Route;
  readonly #http: HttpTransport;
  readonly #random: () => number;
  /** Site time minus this computer's time, once a measurement or a refusal made it known. */
  #offsetMs: number;

  constructor(options: SiteClientOptions) {
    this.#options = options;
    this.route = options.route ?? createRoute(defaultRouteSettings);
    this.#http = options.http ?? new HttpClient(this.route);
    this.#offsetMs = options.offsetMs ?? 0;
    this.#random = options.random ?? Math.random;
  }

  get accessKey(): string {
    return this.#options.authenticator.accessKey;
  }

  get mode(): 'api' | 'session' {
    return this.#options.authenticator.mode;
  }

  /** For the sentence of an error. */
  get host(): string {
    return new URL(this.#options.endpoint).host;
  }

  /** The site's time as far as it is known, in milliseconds since the epoch. */
  siteNow(): number {
    return this.#options.clock.now() + this.#offsetMs;
  }

  get apiVersion(): string {
    return this.#options.apiVersion;
  }

  dispose(): void {
    this.#http.dispose();
  }

  /** The answer's body parsed by `schema`. Throws BerthError for refusals and answers of another shape. */
  async json<T>(path: string, schema: z.ZodType<T>, request: SiteRequest = {}): Promise<T> {
    const answer = await this.raw(path, request);
    return parseBody(answer, schema, this.url(path));
  }

  /**
   * Any 2xx answer. What may be asked twice is asked again, at most twice, when the site or something before it stumbles;
   * what may not (a start, an end) never is.
   */
  async raw(path: string, request: SiteRequest = {}): Promise<HttpAnswer> {
    const url = this.url(path, request.query);
    const method = request.method ?? 'GET';
    const body = request.json === undefined ? undefined : Buffer.from(JSON.stringify(request.json));
    const repeatable = request.idempotent ?? method === 'GET';
    const send = () =>
      this.#http.send({
        method,
        url,
        headers: { ...this.headers(method, url, 'application/json'), accept: 'application/json' },
        body,
        timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
        maxBytes: request.maxBytes ?? defaultMaxBytes,
        idempotent: repeatable,
        signal: request.signal,
      });
    const started = this.#options.clock.now();
    for (let attempt = 0; ; attempt++) {
      try {
        let answer = await send();
        if (this.learnSkew(answer.status, answer.headers, answer.body)) answer = await send();
        if (answer.status >= 200 && answer.status < 300) return answer;
        throw await this.#explained(answer, url, request.signal);
      } catch (error) {
        const waitMs = repeatable ? repeatDelayMs(error, attempt, this.#random()) : null;
        const spentMs = this.#options.clock.now() - started;
        if (waitMs === null || spentMs + waitMs > (request.timeoutMs ?? defaultTimeoutMs)) throw error;
        await this.#pause(waitMs, request.signal);
      }
    }
  }

  /** A query of the v1 schema. `schema` reads `data`. */
  async graphql<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const answer = await this.json('/admin/gql', GraphqlAnswer, {
      method: 'POST',
      json: { query, variables, operationName: null },
      idempotent: true,
      signal,
    });
    const { data, errors } = answer;
    // Errors beside whole data (a field of one row that could not be resolved) do not spoil the rest.
    const broken = data === null || data === undefined || Object.values(data).some((value) => value === null);
    if (errors !== null && errors !== undefined && errors.length > 0 && broken) {
      const detail = errors.map((error) => error.message).join('\n');
      throw new BerthError('refused-by-site', {
        place: 'manager',
        params: { path: '/admin/gql', reason: 'graphql' },
        detail: detail.slice(0, 2000),
      });
    }
    return parseValue(data ?? {}, schema, { path: '/admin/gql' });
  }

  /** An answer left open for reading (event streams, logs). Throws when the site does not answer 200. */
  async stream(
    path: string,
    accept: string,
    signal: AbortSignal,
    query: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> {
    const url = this.url(path, query);
    const open = () =>
      this.#http.open({
        method: 'GET',
        url,
        headers: { ...this.headers('GET', url, 'application/json'), accept, 'cache-control': 'no-store' },
        timeoutMs: defaultTimeoutMs,
        maxBytes: defaultMaxBytes,
        idempotent: true,
        signal,
      });
    for (let attempt = 0; ; attempt++) {
      const response = await open();
      const status = response.statusCode ?? 0;
      if (status === 200 && isOfType(response, accept)) return response;
      const body = await readBounded(response, 1024 * 1024, defaultTimeoutMs);
      if (status === 200) {
        throw looksLikePage(response.headers, body) ? pageError(url) : badAnswer('not-events', { host: url.host });
      }
      if (attempt > 0 || !this.learnSkew(status, response.headers, body)) {
        throw await this.#explained({ status, headers: response.headers, body }, url, signal);
      }
    }
  }

  /** The one address that is both signed and sent. */
  url(path: string, query: Readonly<Record<string, string>> = {}): URL {
    const { endpoint, authenticator } = this.#options;
    const text = new URLSearchParams(query).toString();
    return new URL(`${endpoint}${authenticator.pathPrefix}${path}${text === '' ? '' : `?${text}`}`);
  }

  /** Headers of a request to `url`, signed for the site's time. */
  headers(method: string, url: URL, contentType: string): Record<string, string> {
    const { authenticator, apiVersion, clock } = this.#options;
    const request = { method, target: `${url.pathname}${url.search}`, host: url.host, contentType };
    const now = new Date(clock.now() + this.#offsetMs);
    return { 'content-type': contentType, ...authenticator.headers(request, apiVersion, now) };
  }

  /**
   * After a refusal that a wrong clock explains: takes the site's time from its `Date` header.
   * @returns true when the request is worth signing again
   */
  learnSkew(status: number, headers: IncomingHttpHeaders, body: Buffer): boolean {
    if (status !== 401 && !(status === 400 && parseProblem(body)?.slug === 'invalid-auth-params')) return false;
    const siteTime = Date.parse(headers.date ?? '');
    if (Number.isNaN(siteTime)) return false;
    const offsetMs = siteTime - this.#options.clock.now();
    if (Math.abs(offsetMs - this.#offsetMs) < minSkewMs) return false;
    this.#offsetMs = offsetMs;
    return true;
  }

  /** The error for an answer outside 2xx. @param url what was asked for */
  refusal(answer: HttpAnswer, url: URL): BerthError {
    const error = problemError(answer.status, answer.body, { headers: answer.headers, url });
    if (error.code !== 'clock-skew') return error;
    const siteTime = Date.parse(answer.headers.date ?? '');
    const skewMs = Number.isNaN(siteTime) ? this.#offsetMs : siteTime - this.#options.clock.now();
    // The same refusal stands for a sign-in that did not arrive whole; with clocks that agree it can be nothing else.
    const clocksAgree = Math.abs(skewMs) < minSkewMs && !Number.isNaN(siteTime);
    const measured = { reason: 'measured', seconds: Math.round(skewMs / 1000) };
    const more = clocksAgree ? { reason: 'authorisation' } : Number.isNaN(siteTime) ? {} : measured;
    return new BerthError(clocksAgree ? 'refused-by-site' : 'clock-skew', {
      place: clocksAgree ? 'proxy' : error.place,
      retry: error.retry,
      params: { ...error.params, ...more },
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }

  /**
   * Managers up to 26.2 answer 401 where the account is fine and only the route is not for it (API reference, section
   * 1.6): before a sign-in is called lost, the cheapest call that needs one is asked.
   */
  async #explained(answer: HttpAnswer, url: URL, signal: AbortSignal | undefined): Promise<BerthError> {
    const error = this.refusal(answer, url);
    const proof = this.url(proofPath);
    if (error.code !== 'unauthorised' || url.pathname === proof.pathname) return error;
    const headers = { ...this.headers('GET', proof, 'application/json'), accept: 'application/json' };
    const common = { timeoutMs: defaultTimeoutMs, maxBytes: 65_536, idempotent: true, signal };
    const { status } = await this.#http.send({ method: 'GET', url: proof, headers, ...common });
    if (status < 200 || status >= 300) return error;
    return new BerthError('forbidden', {
      place: 'manager',
      params: { ...error.params, path: url.pathname, reason: 'route' },
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }

  /** Throws BerthError `cancelled` as soon as the signal says so. */
  #pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        void timer.dispose();
        reject(cancelledError());
      };
      const timer = this.#options.clock.after(delayMs, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** `text/event-stream; charset=utf-8` is of type `text/event-stream`; an answer without a type is given the chance. */
function isOfType({ headers }: IncomingMessage, wanted: string): boolean {
  const type = headers['content-type'];
  return type === undefined || type.split(';', 1)[0]?.trim().toLowerCase() === wanted;
}

function pageError(url: URL): BerthError {
  return new BerthError('intercepted', { place: 'proxy', retry: 'user', params: { host: url.host, reason: 'page' } });
}

function parseBody<T>({ headers, body }: HttpAnswer, schema: z.ZodType<T>, url: URL): T {
  const params = { host: url.host, path: url.pathname };
  if (body.byteLength === 0) throw badAnswer('empty', params);
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (looksLikePage(headers, body)) throw pageError(url);
    throw badAnswer(endsEarly(text) ? 'cut-off' : 'not-json', params, error);
  }
  return parseValue(value, schema, params);
}

function parseValue<T>(value: unknown, schema: z.ZodType<T>, params: Readonly<Record<string, string>>): T {
  let parsed: z.ZodSafeParseResult<T>;
  try {
    parsed = schema.safeParse(value);
  } catch (error) {
    // A value nested so deep that it overflows the stack of whoever walks it.
    throw badAnswer('shape', params, error);
  }
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw badAnswer('shape', { ...params, where: where.slice(0, 200) }, parsed.error);
}
