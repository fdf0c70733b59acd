/** Errors of Node's sockets, DNS and TLS -> BerthError. By code only, never by text. */
import { BerthError } from '../base/berth-error.ts';

const tlsCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EPROTO',
  'HOSTNAME_MISMATCH',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const offlineReasons: Readonly<Record<string, string>> = {
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

export function timeoutError(host: string, timeoutMs: number): BerthError {
  return new BerthError('timeout', { place: 'site', retry: 'auto', params: { host, seconds: timeoutMs / 1000 } });
}

/** @param host where the request was going, for the sentence a person reads */
export function fromNetworkError(error: unknown, host: string): BerthError {
  if (error instanceof BerthError) return error;
  const code = errorCodeOf(error) ?? 'unknown';
  if (tlsCodes.has(code) || code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_')) {
    return new BerthError('tls', { place: 'site', retry: 'user', params: { host, reason: code }, cause: error });
  }
  if (code === 'ETIMEDOUT') {
    return new BerthError('timeout', { place: 'site', retry: 'auto', params: { host }, cause: error });
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
