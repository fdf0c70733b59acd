/**
 * Authenticated requests to one site as one account: builds the address once and signs exactly that, corrects for a wrong
 * clock once, parses answers with zod, and turns refusals into BerthErrors.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Authenticator } from './authenticator.ts';
import { type HttpAnswer, HttpClient, readBounded } from './http.ts';
import { parseProblem, problemError } from './problem.ts';
import { parseJson } from './wire.ts';

const defaultTimeoutMs = 30_000;
const defaultMaxBytes = 32 * 1024 * 1024;
/** Differences below this are latency, not a wrong clock; the site itself allows 15 minutes. */
const minSkewMs = 30_000;

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
}

const GraphqlAnswer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string().catch('') })).nullish(),
});

export class SiteClient {
  readonly #options: SiteClientOptions;
  readonly #http = new HttpClient();
  /** Site time minus this computer's time, once a refusal made it known. */
  #offsetMs = 0;

  constructor(options: SiteClientOptions) {
    this.#options = options;
  }

  get accessKey(): string {
    return this.#options.authenticator.accessKey;
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
    return parseBody(answer.body, schema, path);
  }

  /** Any 2xx answer. */
  async raw(path: string, request: SiteRequest = {}): Promise<HttpAnswer> {
    const url = this.url(path, request.query);
    const method = request.method ?? 'GET';
    const body = request.json === undefined ? undefined : Buffer.from(JSON.stringify(request.json));
    const send = () =>
      this.#http.send({
        method,
        url,
        headers: { ...this.headers(method, url, 'application/json'), accept: 'application/json' },
        body,
        timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
        maxBytes: request.maxBytes ?? defaultMaxBytes,
        idempotent: request.idempotent ?? method === 'GET',
        signal: request.signal,
      });
    let answer = await send();
    if (this.learnSkew(answer.status, answer.headers, answer.body)) answer = await send();
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.refusal(answer.status, answer.body);
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
        params: { path: '/admin/gql' },
        detail: detail.slice(0, 2000),
      });
    }
    return parseValue(data ?? {}, schema, '/admin/gql');
  }

  /** An answer left open for reading (event streams). Throws when the site does not answer 200. */
  async stream(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    const url = this.url(path);
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
    let response = await open();
    if (response.statusCode === 200) return response;
    const body = await readBounded(response, 1024 * 1024);
    const status = response.statusCode ?? 0;
    if (!this.learnSkew(status, response.headers, body)) throw this.refusal(status, body);
    response = await open();
    if (response.statusCode === 200) return response;
    throw this.refusal(response.statusCode ?? 0, await readBounded(response, 1024 * 1024));
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

  refusal(status: number, body: Buffer): BerthError {
    const error = problemError(status, body);
    if (error.code !== 'clock-skew') return error;
    return new BerthError('clock-skew', {
      place: error.place,
      retry: error.retry,
      params: { ...error.params, seconds: Math.round(this.#offsetMs / 1000) },
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }
}

function parseBody<T>(body: Buffer, schema: z.ZodType<T>, path: string): T {
  let value: unknown;
  try {
    value = parseJson(body.toString('utf8'));
  } catch (error) {
    throw new BerthError('bad-answer', {
      place: 'site',
      retry: 'user',
      params: { path, reason: 'not-json' },
      cause: error,
    });
  }
  return parseValue(value, schema, path);
}

function parseValue<T>(value: unknown, schema: z.ZodType<T>, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new BerthError('bad-answer', {
    place: 'manager',
    retry: 'user',
    params: { path, reason: 'shape', where },
    cause: parsed.error,
  });
}
