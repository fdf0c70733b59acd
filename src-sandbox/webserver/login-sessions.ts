/**
 * Who is signed in at the webserver. The keys stay here; a client has an id only, by cookie or header (API reference, 2.2).
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export const cookieName = 'AIOHTTP_SESSION';
export const sessionHeader = 'X-BackendAI-SessionID';

/** Seconds that a sign-in lasts, as in the stock configuration. */
const stockLifetimeSeconds = 604_800;

export interface Token {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly role: string;
  readonly status: string;
}

export interface Login {
  readonly id: string;
  readonly token: Token;
  expiresAt: number;
}

function cookieOf(request: IncomingMessage): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name = '', value = ''] = part.trim().split('=', 2);
    if (name === cookieName && value !== '') return value;
  }
  return null;
}

/** The id that a request presents; the header goes before the cookie. */
export function presentedId(request: IncomingMessage): string | null {
  const header = request.headers[sessionHeader.toLowerCase()];
  return (Array.isArray(header) ? header[0] : header) ?? cookieOf(request);
}

export class LoginSessions {
  private readonly logins = new Map<string, Login>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** The sign-in that the request presents, or `null`. Using it does not make it last longer. */
  of(request: IncomingMessage): Login | null {
    const id = presentedId(request);
    const login = id === null ? undefined : this.logins.get(id);
    if (login === undefined) return null;
    if (login.expiresAt > this.now()) return login;
    this.logins.delete(login.id);
    return null;
  }

  begin(token: Token): Login {
    const login = {
      id: randomUUID().replaceAll('-', ''),
      token,
      expiresAt: this.now() + stockLifetimeSeconds * 1000,
    };
    this.logins.set(login.id, login);
    return login;
  }

  extend(login: Login): void {
    login.expiresAt = this.now() + stockLifetimeSeconds * 1000;
  }

  end(login: Login): void {
    this.logins.delete(login.id);
  }

  /** Ends every sign-in at once, as a restart of the site's session store would. */
  endAll(): void {
    this.logins.clear();
  }
}

/** Tells the client its id. `Expires` is in ISO form, which browsers do not understand; real ones send it so. */
export function writeLogin(response: ServerResponse, login: Login): void {
  const expires = new Date(login.expiresAt).toISOString();
  response.setHeader(sessionHeader, login.id);
  response.setHeader(
    'Set-Cookie',
    `${cookieName}=${login.id}; Expires=${expires}; HttpOnly; Max-Age=${stockLifetimeSeconds}; Path=/`,
  );
}

export function forgetLogin(response: ServerResponse): void {
  response.setHeader('Set-Cookie', `${cookieName}=; HttpOnly; Max-Age=0; Path=/`);
}
