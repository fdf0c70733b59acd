/**
 * `/server/…`: sign-in, its check, sign-out (API reference, sections 2.1 and 2.3).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Face } from '../face.ts';
import { type Fields, isFields, readBody } from '../http/call.ts';
import { readEncoded } from './encoded-body.ts';
import { forgetLogin, type Login, type LoginSessions, presentedId, type Token, writeLogin } from './login-sessions.ts';
import type { Upstream } from './upstream.ts';
import { WebProblem } from './web-problem.ts';

/** Stock configuration: so many failures block a name for so long. */
const allowedFailures = 10;
const blockMs = 1200 * 1000;
const bodyLimitBytes = 1024 * 1024;
const domain = 'default';

interface Failures {
  count: number;
  lastAt: number;
}

export interface LoginContext {
  readonly face: Face;
  readonly logins: LoginSessions;
  readonly upstream: Upstream;
}

type Answer = { readonly status: number; readonly json?: unknown; readonly text?: string };

async function readJson(request: IncomingMessage): Promise<Fields> {
  try {
    const body = (await readEncoded(request)) ?? (await readBody(request, bodyLimitBytes));
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isFields(value) ? value : {};
  } catch (error) {
    // A body that does not parse counts as empty, and the missing field is what the client is told.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function slug(name: string): string {
  return `https://api.backend.ai/probs/${name}`;
}

/** `{"type","title","details"}` of a manager's refusal. */
function detailsOf(problem: unknown): Record<string, unknown> {
  const { type, title, msg } = isFields(problem) ? problem : {};
  return { type: type ?? null, title: title ?? null, details: msg ?? null };
}

function publicToken({ accessKey, role, status }: Token): Record<string, unknown> {
  return { access_key: accessKey, role, status };
}

export class LoginRoutes {
  private readonly context: LoginContext;
  private readonly failures = new Map<string, Failures>();
  private readonly now: () => number;

  constructor(context: LoginContext, now: () => number = Date.now) {
    this.context = context;
    this.now = now;
  }

  /** Answers a `POST /server/…`; `null` when there is no such call. */
  async answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<Answer | null> {
    switch (name) {
      case 'login':
        return this.login(request, response);
      case 'login-check':
        return this.check(request);
      case 'logout':
        return this.logout(request, response);
      case 'token-login':
        return this.tokenLogin(request);
      case 'update-password-no-auth':
        return this.updatePassword(request);
      case 'extend-login-session':
        return this.context.face.since('24.09') ? this.extend(request, response) : null;
      default:
        return null;
    }
  }

  private refuseSignedIn(request: IncomingMessage): void {
    if (this.context.logins.of(request) !== null) {
      throw new WebProblem(400, 'generic-bad-request', 'You have already logged in.');
    }
  }

  private async login(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    this.refuseSignedIn(request);
    const fields = await readJson(request);
    for (const name of ['username', 'password'] as const) {
      if (typeof fields[name] !== 'string' || fields[name] === '') {
        throw new WebProblem(400, 'invalid-api-params', `You must provide the ${name} field.`);
      }
    }
    const username = String(fields.username);
    this.refuseBlocked(username);
    const answer = await this.ask('/auth/authorize', { type: 'keypair', domain, ...fields });
    if (answer.status !== 200) {
      this.noteFailure(username);
      return { status: 200, json: { authenticated: false, data: detailsOf(answer.json) } };
    }
    const data = isFields(answer.json) && isFields(answer.json.data) ? answer.json.data : {};
    const more = this.twoFactor(data);
    if (more !== null) return { status: 200, json: { authenticated: false, data: more } };
    this.failures.delete(username);
    const login = this.context.logins.begin({
      accessKey: String(data.access_key),
      secretKey: String(data.secret_key),
      role: String(data.role),
      status: String(data.status),
    });
    writeLogin(response, login);
    return { status: 200, json: { authenticated: true, data: publicToken(login.token) } };
  }

  /** From 25.9 the webserver tells apart what more a sign-in wants; on older sites it is a refusal like any other. */
  private twoFactor(data: Fields): Record<string, unknown> | null {
    if (data.response_type === 'REQUIRE_TWO_FACTOR_REGISTRATION') {
      return {
        type: slug('require-totp-registration'),
        title: 'Two-Factor Authentication registration required.',
        details: 'You must register Two-Factor Authentication.',
        two_factor_registration_token: data.token,
      };
    }
    if (data.response_type === 'REQUIRE_TWO_FACTOR_AUTH') {
      return {
        type: slug('require-totp-authentication'),
        title: 'Two-Factor Authentication needed.',
        details: 'You must authenticate using Two-Factor Authentication.',
      };
    }
    return null;
  }

  private check(request: IncomingMessage): Answer {
    const login = this.context.logins.of(request);
    const data = login === null ? null : publicToken(login.token);
    return { status: 200, json: { authenticated: login !== null, data, session_id: login?.id ?? null } };
  }

  private logout(request: IncomingMessage, response: ServerResponse): Answer {
    const login = this.context.logins.of(request);
    if (login !== null) this.context.logins.end(login);
    if (presentedId(request) !== null) forgetLogin(response);
    return this.context.face.since('24.03.8') ? { status: 200, text: '200: OK' } : { status: 201 };
  }

  /** Signing in with another service's token needs a plugin of the manager, which this site does not have. */
  private async tokenLogin(request: IncomingMessage): Promise<Answer> {
    this.refuseSignedIn(request);
    const fields = await readJson(request);
    const token = fields.sToken ?? /(?:^|;\s*)sToken=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (token === undefined || token === null || token === '') {
      throw new WebProblem(400, 'invalid-api-params', 'You must provide cookie-based authentication token');
    }
    const credential = { username: 'fake-email', password: 'fake-pwd' };
    const answer = await this.ask('/auth/authorize', { type: 'keypair', domain, ...fields, ...credential });
    return { status: 200, json: { authenticated: false, data: detailsOf(answer.json) } };
  }

  private async updatePassword(request: IncomingMessage): Promise<Answer> {
    const fields = await readJson(request);
    for (const name of ['username', 'current_password', 'new_password'] as const) {
      if (fields[name] === undefined || fields[name] === null) {
        throw new WebProblem(400, 'invalid-api-params', `You must provide the ${name} field.`);
      }
    }
    const { username, current_password, new_password } = fields;
    const body = { domain, username, current_password, new_password };
    const answer = await this.ask('/auth/update-password-no-auth', body);
    if (answer.status !== 200) {
      return { status: 200, json: { data: detailsOf(answer.json), password_changed_at: null } };
    }
    const changedAt = isFields(answer.json) ? answer.json.password_changed_at : null;
    return { status: 200, json: { data: null, password_changed_at: changedAt } };
  }

  private extend(request: IncomingMessage, response: ServerResponse): Answer {
    const login: Login | null = this.context.logins.of(request);
    if (login !== null) {
      this.context.logins.extend(login);
      writeLogin(response, login);
    }
    const expires = new Date(login?.expiresAt ?? this.now()).toISOString().replace('Z', '+00:00');
    return { status: 200, json: { status: 201, expires } };
  }

  private async ask(target: string, body: Fields): Promise<{ readonly status: number; readonly json: unknown }> {
    try {
      return await this.context.upstream.askJson(target, body);
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      throw new WebProblem(502, 'bad-gateway', 'The proxy target server is inaccessible.', details);
    }
  }

  private refuseBlocked(username: string): void {
    const failures = this.failures.get(username);
    if (failures === undefined) return;
    if (this.now() - failures.lastAt > blockMs) this.failures.delete(username);
    else if (failures.count >= allowedFailures) {
      failures.lastAt = this.now();
      throw new WebProblem(429, 'too-many-requests', 'Too many failed login attempts');
    }
  }

  private noteFailure(username: string): void {
    const failures = this.failures.get(username) ?? { count: 0, lastAt: 0 };
    this.failures.set(username, { count: failures.count + 1, lastAt: this.now() });
  }
}
