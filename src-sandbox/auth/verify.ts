/**
 * The checks that every request passes before a route sees it, in the manager's order (API reference, section 1.6).
 */
import type { IncomingMessage } from 'node:http';
import type { Face } from '../face.ts';
import { authFailed, badAuthParameters, badRequest } from '../http/problem.ts';
import {
  bareMime,
  type Credential,
  readAuthorization,
  readDate,
  sameSecret,
  sign,
  type WrittenDate,
} from './signature.ts';

/** How far a request's clock may be off, either way. */
const maxSkewMs = 15 * 60 * 1000;

export interface KeyHolder {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The keypairs of the site. */
export interface KeyRing<T extends KeyHolder> {
  readonly byKey: (accessKey: string) => T | null;
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function versionOf(request: IncomingMessage): string | undefined {
  return header(request, 'x-backendai-version') ?? header(request, 'x-sorna-version');
}

/** Refuses an unknown `X-BackendAI-Version`; this runs for every route, signed or not. */
export function checkVersion(request: IncomingMessage, face: Face): void {
  const version = versionOf(request);
  if (version !== undefined && !face.acceptedVersions.has(version)) throw badRequest('Unsupported API version.');
}

function isGenuine(request: IncomingMessage, credential: Credential, written: WrittenDate, secretKey: string): boolean {
  const expected = sign(
    {
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      date: header(request, 'date') ?? header(request, 'x-backendai-date') ?? '',
      host: request.headers.host ?? '',
      contentType: bareMime(request.headers['content-type']),
      version: versionOf(request) ?? '',
    },
    secretKey,
    written.digits,
    credential.hash,
  );
  return sameSecret(expected, credential.signature.toLowerCase());
}

/**
 * Whose request it is.
 * SECURITY: only a request that is signed with a key of the sandbox passes (sandbox.test.ts, "refuses").
 * Throws a Problem with the manager's status and slug otherwise.
 */
export function checkSignature<T extends KeyHolder>(
  request: IncomingMessage,
  keys: KeyRing<T>,
  now: number = Date.now(),
): T {
  const dateText = header(request, 'date') ?? header(request, 'x-backendai-date');
  const written = dateText === undefined ? null : readDate(dateText);
  const authorization = header(request, 'authorization');
  const credential = authorization === undefined ? null : readAuthorization(authorization);
  if (written === null) throw badAuthParameters('Date/time sync error');
  const holder = credential === null ? null : keys.byKey(credential.accessKey);
  if (Math.abs(now - written.epochMs) > maxSkewMs) {
    // The protocol reference has 400 invalid-auth-params for this in every release read. The sandbox answers a request
    // whose clock is its only fault with 401 and the same words, so clients must go by them and take either status.
    const genuine =
      credential !== null &&
      holder !== null &&
      versionOf(request) !== undefined &&
      isGenuine(request, credential, written, holder.secretKey);
    throw genuine
      ? authFailed('Date/time sync error', 'Date/time sync error')
      : badAuthParameters('Date/time sync error');
  }
  if (authorization === undefined) throw authFailed('Unauthorized access');
  if (credential === null) throw badAuthParameters('Malformed authorization header');
  if (versionOf(request) === undefined) throw badAuthParameters('API version missing in request headers');
  if (holder === null) throw authFailed('Access key not found');
  if (!isGenuine(request, credential, written, holder.secretKey)) throw authFailed('Signature mismatch');
  return holder;
}
