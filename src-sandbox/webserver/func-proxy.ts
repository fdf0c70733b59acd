/**
 * `/func/…`: passes requests on to the manager, signed with the keys of whoever is signed in (API reference, section 2.5).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { hopHeaders } from '../http/hop-headers.ts';
import { readEncoded } from './encoded-body.ts';
import type { LoginSessions } from './login-sessions.ts';
import type { Keys, Upstream } from './upstream.ts';
import { notSignedIn, unreachable, WebProblem } from './web-problem.ts';

/** Nobody has to be signed in for these. */
const anonymous = [/^\/$/, /^\/(?:cloud|custom-auth|openid|saml)\//, /^\/auth\/signup$/];
const anonymousPosts = [/^\/totp\//];
const anonymousTus = /^\/folders\/_\/tus\/upload\//;

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value[0] : value;
}

function isAnonymous(method: string, path: string): boolean {
  if (anonymous.some((pattern) => pattern.test(path))) return true;
  if (method === 'POST' && anonymousPosts.some((pattern) => pattern.test(path))) return true;
  return ['HEAD', 'PATCH', 'OPTIONS'].includes(method) && anonymousTus.test(path);
}

export class FuncProxy {
  private readonly upstream: Upstream;
  private readonly logins: LoginSessions;
  private readonly log: (line: string) => void;

  constructor(upstream: Upstream, logins: LoginSessions, log: (line: string) => void) {
    this.upstream = upstream;
    this.logins = logins;
    this.log = log;
  }

  /** Whose keys sign a request to this path; `null` for nobody's. Throws 401. */
  keysFor(request: IncomingMessage, path: string): Keys | null {
    if (isAnonymous(request.method ?? 'GET', path)) return null;
    const login = this.logins.of(request);
    if (login === null) throw notSignedIn();
    return login.token;
  }

  /** `asked` is path and query below `/func`. */
  async pass(request: IncomingMessage, response: ServerResponse, asked: string): Promise<void> {
    // An empty query is none: path and fields are taken apart on the way and put together anew.
    const target = asked.endsWith('?') ? asked.slice(0, -1) : asked;
    const path = target.split('?', 1)[0] ?? '/';
    const keys = this.keysFor(request, path);
    const method = request.method ?? 'GET';
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let answer: IncomingMessage;
    try {
      const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] != null;
      const headers = this.headersFor(request, method, target, keys);
      const clear = await readEncoded(request);
      if (clear !== null) headers['Content-Length'] = String(clear.length);
      answer = await this.upstream.ask(method, target, headers, clear ?? (hasBody ? request : null), gone.signal);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (error instanceof WebProblem) throw error;
      this.log(`webserver: ${method} ${path}: ${error instanceof Error ? error.message : String(error)}`);
      throw unreachable();
    }
    response.statusCode = answer.statusCode ?? 502;
    if (answer.statusMessage !== undefined) response.statusMessage = answer.statusMessage;
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && !hopHeaders.has(name)) response.setHeader(name, value);
    }
    response.flushHeaders();
    // An answer that breaks off midway can only break off here too.
    await pipeline(answer, response).catch(() => response.destroy());
  }

  /** Only these pass: everything else that a client sends ends here. */
  private headersFor(
    request: IncomingMessage,
    method: string,
    target: string,
    keys: Keys | null,
  ): Record<string, string> {
    const contentType = one(request.headers['content-type']);
    const version = one(request.headers['x-backendai-version']);
    const headers: Record<string, string> = this.upstream.signed(method, target, keys, contentType, version);
    const passed = {
      'Content-Type': contentType,
      'Content-Length': one(request.headers['content-length']),
      'Accept-Language': one(request.headers['accept-language']),
      Authorization: headers.Authorization ?? one(request.headers.authorization),
    };
    for (const [name, value] of Object.entries(passed)) if (value !== undefined) headers[name] = value;
    headers['X-Forwarded-Host'] = one(request.headers['x-forwarded-host']) ?? request.headers.host ?? '';
    headers['X-Forwarded-Proto'] = one(request.headers['x-forwarded-proto']) ?? 'http';
    headers['X-Forwarded-For'] = one(request.headers['x-forwarded-for']) ?? request.socket.remoteAddress ?? '';
    return headers;
  }
}
