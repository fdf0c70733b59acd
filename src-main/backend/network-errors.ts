/** Errors of Node's sockets, DNS and TLS -> BerthError. By code only, never by text. */
import type { ErrorReason } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';

/** What Node and OpenSSL call it -> what it means. A code of the same kind that is not listed has no reason of its own. */
const tlsReasons: Readonly<Record<string, ErrorReason<'tls'> | ''>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  CERT_REVOKED: '',
  CERT_UNTRUSTED: 'unknown-issuer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  EPROTO: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  HOSTNAME_MISMATCH: 'wrong-name',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
};

const offlineReasons: Readonly<Record<string, ErrorReason<'offline'>>> = {
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ENETUNREACH: 'no-network',
  EHOSTUNREACH: 'no-route',
  ENETDOWN: 'no-network',
  EADDRNOTAVAIL: 'no-network',
  ECONNABORTED: 'reset',
};

/** Code of a Node error; looks into an AggregateError, which is how a failed happy-eyeballs connect arrives. */
export function errorCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) {
    for (const inner of error.errors) {
      const code = errorCodeOf(inner);
      if (code !== null) return code;
    }
  }
  return null;
}

export function cancelledError(): BerthError {
  return new BerthError('cancelled', { place: 'computer', retry: 'user' });
}

/** An answer that came and cannot be used. */
export function badAnswer(
  reason: ErrorReason<'bad-answer'>,
  params: Readonly<Record<string, string | number>> = {},
  cause?: unknown,
): BerthError {
  const passing = reason === 'truncated' || reason === 'cut-off' || reason === 'empty';
  return new BerthError('bad-answer', {
    place: reason === 'shape' ? 'manager' : 'site',
    retry: passing ? 'auto' : 'user',
    params: { ...params, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** @param reason how far it had got by then */
export function timeoutError(host: string, timeoutMs: number, reason?: ErrorReason<'timeout'>): BerthError {
  return new BerthError('timeout', {
    place: 'site',
    retry: 'auto',
    params: { host, seconds: timeoutMs / 1000, ...(reason === undefined ? {} : { reason }) },
  });
}

/** @param host where the request was going, for the sentence a person reads */
export function fromNetworkError(error: unknown, host: string): BerthError {
  if (error instanceof BerthError) return error;
  const code = errorCodeOf(error) ?? 'unknown';
  if (code in tlsReasons || code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_')) {
    const reason = tlsReasons[code] || code;
    return new BerthError('tls', { place: 'site', retry: 'user', params: { host, reason, code }, cause: error });
  }
  if (code === 'ETIMEDOUT') {
    const reason: ErrorReason<'timeout'> = 'connect';
    return new BerthError('timeout', { place: 'site', retry: 'auto', params: { host, reason }, cause: error });
  }
  // HPE_*: the HTTP parser met something that is not HTTP.
  if (code.startsWith('HPE_')) {
    return new BerthError('bad-answer', {
      place: 'site',
      retry: 'user',
      params: { host, reason: 'not-http' },
      cause: error,
    });
  }
  const reason = offlineReasons[code] ?? 'other';
  const place = reason === 'refused' || reason === 'reset' ? 'site' : 'computer';
  return new BerthError('offline', { place, retry: 'auto', params: { host, reason, code }, cause: error });
}
