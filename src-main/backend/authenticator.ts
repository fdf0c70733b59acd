/** How a request proves who sends it. API mode signs; session mode (webserver login) is a second implementation. */
import { authorization } from './signing.ts';

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
