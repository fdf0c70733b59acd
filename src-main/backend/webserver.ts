/**
 * A webserver's own calls: sign-in, its check, its end, its extension, a new password, and enrolment of a second factor
 * (API reference, sections 2.1 to 2.3). Everything else goes through `/func/` by the ordinary client.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Credential } from './credential.ts';
import { type HttpAnswer, HttpClient } from './http.ts';
import { type LoginVerdict, readAuthorize, readWebserverLogin } from './login-policy.ts';
import { problemError } from './problem.ts';
import type { Route } from './route.ts';

const timeoutMs = 30_000;
const maxBytes = 1024 * 1024;

export const sessionHeader = 'x-backendai-sessionid';
const cookiePattern = /^([\w!#$%&'*+.^`|~-]*SESSION)=("?[^;\s"]+"?)/i;

export interface LoginRequest {
  readonly username: string;
  readonly password: string;
  readonly domain: string;
  readonly code?: string | undefined;
  readonly force?: boolean | undefined;
}

export type LoginOutcome =
  | { readonly kind: 'in'; readonly credential: Credential }
  | Exclude<LoginVerdict, { kind: 'in' | 'already' }>;

/** A way to sign in by e-mail and password: through a webserver, or at a manager itself. */
export interface PasswordDoor {
  readonly mode: 'session' | 'api';
  login(request: LoginRequest, signal?: AbortSignal): Promise<LoginOutcome>;
  /** Null: done. Text: why the site refused the new password, in its own words. */
  changePassword(
    change: { username: string; domain: string; current: string; next: string },
    signal?: AbortSignal,
  ): Promise<string | null>;
  /** The key for an authenticator app. Null where the site's plug-in answers in a form that Berth does not know. */
  startEnrolment(token: string, signal?: AbortSignal): Promise<{ secret: string; uri: string } | null>;
  /** False: the code was not right. */
  finishEnrolment(token: string, code: string, signal?: AbortSignal): Promise<boolean>;
  dispose(): void;
}

const LoginCheck = z.object({
  authenticated: z.boolean(),
  data: z.object({ access_key: z.string() }).nullish().catch(null),
});
const Extended = z.object({ expires: z.string() });
const PasswordAnswer = z.object({
  data: z.object({ title: z.string().nullish(), details: z.string().nullish() }).nullish(),
  password_changed_at: z.unknown().optional(),
});
const TotpKey = z.object({ totp_key: z.string(), totp_uri: z.string() });

export interface DoorOptions {
  readonly endpoint: string;
  readonly route: Route;
  readonly clock: Clock;
  /** What both sides speak. */
  readonly apiVersion: string;
}

class Caller {
  readonly #options: DoorOptions;
  readonly #http: HttpClient;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#http = new HttpClient(options.route);
  }

  post(path: string, json: unknown, signal?: AbortSignal, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return this.#http.send({
      method: 'POST',
      url: new URL(`${this.#options.endpoint}${path}`),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-backendai-version': this.#options.apiVersion,
        ...headers,
      },
      body: Buffer.from(JSON.stringify(json)),
      timeoutMs,
      maxBytes,
      idempotent: false,
      signal,
    });
  }

  dispose(): void {
    this.#http.dispose();
  }
}

/** Sign-in through a webserver. */
export function createWebserverDoor(options: DoorOptions): PasswordDoor {
  const caller = new Caller(options);
  return {
    mode: 'session',
    async login({ username, password, code, force }, signal) {
      const body = { username, password, ...(code === undefined ? {} : { otp: code }), ...(force ? { force } : {}) };
      const answer = await caller.post('/server/login', body, signal);
      const verdict = readWebserverLogin(answer.status, answer.body, code !== undefined);
      // No session is presented here, so nobody can be signed in already; a site that says so does not say the truth.
      if (verdict.kind === 'already') return { kind: 'refused', error: problemError(answer.status, answer.body) };
      if (verdict.kind !== 'in') return verdict;
      const session = readSession(answer.headers, options.clock.now());
      if (session === null) {
        throw new BerthError('bad-answer', {
          place: 'site',
          retry: 'user',
          params: { path: '/server/login', reason: 'shape' },
        });
      }
      return { kind: 'in', credential: { kind: 'session', accessKey: verdict.accessKey, ...session } };
    },
    async changePassword({ username, current, next }, signal) {
      const body = { username, current_password: current, new_password: next };
      return readPasswordAnswer(await caller.post('/server/update-password-no-auth', body, signal));
    },
    startEnrolment: (token, signal) => startEnrolment(caller, '/func', token, signal),
    finishEnrolment: (token, code, signal) => finishEnrolment(caller, '/func', token, code, signal),
    dispose: () => caller.dispose(),
  };
}

/** Sign-in at a manager: it hands out the keypair, which is kept like a typed one. */
export function createManagerDoor(options: DoorOptions): PasswordDoor {
  const caller = new Caller(options);
  return {
    mode: 'api',
    async login({ username, password, domain, code, force }, signal) {
      const body = {
        type: 'keypair',
        domain,
        username,
        password,
        ...(code === undefined ? {} : { otp: code }),
        ...(force ? { force } : {}),
      };
      const answer = await caller.post('/auth/authorize', body, signal);
      const verdict = readAuthorize(answer.status, answer.body, code !== undefined);
      if (verdict.kind === 'already') return { kind: 'refused', error: problemError(answer.status, answer.body) };
      if (verdict.kind !== 'in') return verdict;
      const { accessKey, secretKey, logoutToken } = verdict;
      return { kind: 'in', credential: { kind: 'keypair', accessKey, secretKey: secretKey ?? '', logoutToken } };
    },
    async changePassword({ username, domain, current, next }, signal) {
      const body = { domain, username, current_password: current, new_password: next };
      return readPasswordAnswer(await caller.post('/auth/update-password-no-auth', body, signal));
    },
    startEnrolment: (token, signal) => startEnrolment(caller, '', token, signal),
    finishEnrolment: (token, code, signal) => finishEnrolment(caller, '', token, code, signal),
    dispose: () => caller.dispose(),
  };
}

/** Whether the webserver still knows this sign-in. Throws BerthError when it cannot be asked. */
export async function loginCheck(options: DoorOptions, credential: Credential, signal?: AbortSignal): Promise<boolean> {
  const answer = await once(options, '/server/login-check', credential, signal);
  const parsed = LoginCheck.safeParse(parse(answer.body));
  if (parsed.success) return parsed.data.authenticated;
  throw problemError(answer.status, answer.body);
}

/** Ends the sign-in on the site. Throws BerthError; a site that does not know the call is none. */
export async function logout(options: DoorOptions, credential: Credential, signal?: AbortSignal): Promise<void> {
  if (credential.kind === 'keypair' && credential.logoutToken === null) return;
  const answer =
    credential.kind === 'session'
      ? await once(options, '/server/logout', credential, signal)
      : await once(options, '/auth/logout', credential, signal, { session_token: credential.logoutToken });
  if (answer.status >= 400 && answer.status !== 404 && answer.status !== 401) {
    throw problemError(answer.status, answer.body);
  }
}

/** The new end of the sign-in, in milliseconds since 1970. Throws BerthError `unsupported` where sites offer none. */
export async function extendLogin(options: DoorOptions, credential: Credential, signal?: AbortSignal): Promise<number> {
  const answer = await once(options, '/server/extend-login-session', credential, signal);
  const parsed = Extended.safeParse(parse(answer.body));
  const endsAt = parsed.success ? Date.parse(parsed.data.expires) : Number.NaN;
  if (!Number.isNaN(endsAt)) return endsAt;
  if (answer.status < 300) throw new BerthError('unsupported', { place: 'site', params: { feature: 'extend-login' } });
  throw problemError(answer.status, answer.body);
}

/** Headers by which a webserver knows who asks. */
export function sessionHeaders(credential: Extract<Credential, { kind: 'session' }>): Record<string, string> {
  return credential.cookie === null
    ? { [sessionHeader]: credential.id }
    : { cookie: `${credential.cookie}=${credential.id}` };
}

async function once(
  options: DoorOptions,
  path: string,
  credential: Credential,
  signal?: AbortSignal,
  json: unknown = {},
): Promise<HttpAnswer> {
  const caller = new Caller(options);
  try {
    return await caller.post(path, json, signal, credential.kind === 'session' ? sessionHeaders(credential) : {});
  } finally {
    caller.dispose();
  }
}

/** The header where there is one; 22.03 sets the cookie alone. Null when there is neither. */
function readSession(
  headers: IncomingHttpHeaders,
  now: number,
): { id: string; cookie: string | null; endsAt: number | null } | null {
  const cookies = headers['set-cookie'] ?? [];
  const found = cookies.map((line) => ({ line, match: cookiePattern.exec(line) })).find(({ match }) => match !== null);
  const age = /;\s*max-age=(\d+)/i.exec(found?.line ?? '')?.[1];
  const endsAt = age === undefined ? null : now + Number(age) * 1000;
  const header = headers[sessionHeader];
  if (typeof header === 'string' && header !== '') return { id: header, cookie: null, endsAt };
  const [, name, value] = found?.match ?? [];
  return name === undefined || value === undefined ? null : { id: value, cookie: name, endsAt };
}

function readPasswordAnswer(answer: HttpAnswer): string | null {
  const parsed = PasswordAnswer.safeParse(parse(answer.body));
  if (answer.status >= 300 || !parsed.success) {
    const error = problemError(answer.status, answer.body);
    // A password that the site's rules refuse is an answer, not a fault; some rules answer as a refused sign-in does.
    if (error.code === 'refused-by-site' || error.code === 'unauthorised') return error.detail ?? '';
    throw error;
  }
  const { data } = parsed.data;
  return data === null || data === undefined ? null : data.details || data.title || '';
}

async function startEnrolment(
  caller: Caller,
  prefix: string,
  token: string,
  signal?: AbortSignal,
): Promise<{ secret: string; uri: string } | null> {
  const answer = await caller.post(`${prefix}/totp/anon`, { registration_token: token }, signal);
  const parsed = TotpKey.safeParse(parse(answer.body));
  return answer.status < 300 && parsed.success ? { secret: parsed.data.totp_key, uri: parsed.data.totp_uri } : null;
}

async function finishEnrolment(
  caller: Caller,
  prefix: string,
  token: string,
  code: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const answer = await caller.post(`${prefix}/totp/anon/verify`, { otp: code, registration_token: token }, signal);
  if (answer.status < 300) return true;
  if (answer.status >= 500) throw problemError(answer.status, answer.body);
  return false;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // A page, or nothing: the caller decides by the status.
    return null;
  }
}
