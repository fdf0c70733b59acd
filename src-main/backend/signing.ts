/**
 * HMAC signing of requests to a manager (API reference, section 1). Pure: no clock, no network.
 * The body is never part of the signature; query and path are, byte for byte as sent.
 */
import { createHash, createHmac } from 'node:crypto';

export interface SigningInput {
  readonly method: string;
  /** Path and query exactly as on the request line. */
  readonly target: string;
  /** Text of the date header. The key's date is the calendar date written there, whatever its zone. */
  readonly date: string;
  /** Text of the Host header: with a port only where it is not the scheme's own. */
  readonly host: string;
  /** As sent; parameters such as charset or boundary are dropped before signing. */
  readonly contentType: string;
  readonly apiVersion: string;
}

const emptyBodyHash = createHash('sha256').update('').digest('hex');

function bareMime(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function hmac(key: string | Buffer, message: string): Buffer {
  return createHmac('sha256', key).update(message, 'utf8').digest();
}

export function stringToSign(input: SigningInput): string {
  return [
    input.method.toUpperCase(),
    input.target,
    input.date,
    `host:${input.host}`,
    `content-type:${bareMime(input.contentType)}`,
    `x-backendai-version:${input.apiVersion}`,
    emptyBodyHash,
  ].join('\n');
}

/** Lower-case hex signature. */
export function signature(secretKey: string, input: SigningInput): string {
  const day = input.date.slice(0, 10).replaceAll('-', '');
  const hostKey = hmac(hmac(secretKey, day), input.host);
  return hmac(hostKey, stringToSign(input)).toString('hex');
}

/** Value of the Authorization header. */
export function authorization(accessKey: string, secretKey: string, input: SigningInput): string {
  return `BackendAI signMethod=HMAC-SHA256, credential=${accessKey}:${signature(secretKey, input)}`;
}
