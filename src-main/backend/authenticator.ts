/** How a request proves who sends it: by a signature with a keypair, or by a webserver's sign-in. */
import type { Credential } from './credential.ts';
import { authorization } from './signing.ts';
import { sessionHeaders } from './webserver.ts';

export interface UnsignedRequest {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly contentType: string;
}

export interface Authenticator {
  readonly mode: 'api' | 'session';
  /** Whose sessions to list. */
  readonly accessKey: string;
  /** What stands before every manager path: empty, or `/func` behind a webserver. */
  readonly pathPrefix: string;
  /** Headers that authenticate this one request. `now` is the site's time, not this computer's. */
  headers(request: UnsignedRequest, apiVersion: string, now: Date): Record<string, string>;
}

export function createAuthenticator(credential: Credential): Authenticator {
  return credential.kind === 'keypair'
    ? createHmacAuthenticator(credential.accessKey, credential.secretKey)
    : createSessionAuthenticator(credential);
}

/** Keypair and HMAC. The secret stays inside the closure: nothing that logs or serialises the object can show it. */
export function createHmacAuthenticator(accessKey: string, secretKey: string): Authenticator {
  return {
    mode: 'api',
    accessKey,
    pathPrefix: '',
    headers(request, apiVersion, now) {
      // UTC with `Z`, and never a `Date` header: the server would prefer that one and sign another text.
      const date = now.toISOString();
      return {
        'x-backendai-version': apiVersion,
        'x-backendai-date': date,
        authorization: authorization(accessKey, secretKey, { ...request, date, apiVersion }),
      };
    },
  };
}

/** A webserver's sign-in: it signs for the manager itself, so this computer's clock plays no part. */
export function createSessionAuthenticator(credential: Extract<Credential, { kind: 'session' }>): Authenticator {
  return {
    mode: 'session',
    accessKey: credential.accessKey,
    pathPrefix: '/func',
    headers: (_request, apiVersion) => ({ 'x-backendai-version': apiVersion, ...sessionHeaders(credential) }),
  };
}
