/**
 * The request signature of Backend.AI's API mode, from the protocol reference (sections 1.2 and 1.3).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The body is never signed; the hash of nothing stands in its place. */
const emptyBodyHash = createHash('sha256').update('').digest('hex');

const hashes = new Set(['sha1', 'sha224', 'sha256', 'sha384', 'sha512']);

export interface SignedParts {
  readonly method: string;
  /** Path and query exactly as on the request line. */
  readonly target: string;
  /** The text of the date header. */
  readonly date: string;
  readonly host: string;
  /** The bare MIME type. */
  readonly contentType: string;
  readonly version: string;
}

export interface Credential {
  readonly hash: string;
  readonly accessKey: string;
  readonly signature: string;
}

/** A date header that was understood: the moment, and the calendar date in the zone in which it was written. */
export interface WrittenDate {
  readonly epochMs: number;
  readonly digits: string;
}

const isoDate = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]|$)/;
const isoZone = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;

/** Reads ISO 8601 or RFC 1123; `null` when it is neither. A date without a zone is UTC. */
export function readDate(text: string): WrittenDate | null {
  const iso = isoDate.exec(text);
  if (iso !== null) {
    const epochMs = Date.parse(isoZone.test(text) || text.length <= 10 ? text : `${text}Z`);
    if (Number.isNaN(epochMs)) return null;
    return { epochMs, digits: `${iso[1] ?? ''}${iso[2] ?? ''}${iso[3] ?? ''}` };
  }
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) return null;
  return { epochMs, digits: new Date(epochMs).toISOString().slice(0, 10).replaceAll('-', '') };
}

/** The bare MIME type that is signed; without a header it is what aiohttp assumes. */
export function bareMime(contentType: string | undefined): string {
  const bare = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return bare === '' ? 'application/octet-stream' : bare;
}

/** The signature in lower-case hex. `dateDigits` is `YYYYMMDD` of the date as written. */
export function sign(parts: SignedParts, secretKey: string, dateDigits: string, hash = 'sha256'): string {
  const text = [
    parts.method.toUpperCase(),
    parts.target,
    parts.date,
    `host:${parts.host}`,
    `content-type:${parts.contentType}`,
    `x-backendai-version:${parts.version}`,
    emptyBodyHash,
  ].join('\n');
  const dayKey = createHmac(hash, secretKey).update(dateDigits).digest();
  const hostKey = createHmac(hash, dayKey).update(parts.host).digest();
  return createHmac(hash, hostKey).update(text).digest('hex');
}

/** Parses `BackendAI signMethod=HMAC-SHA256, credential=KEY:SIGNATURE`; `null` when it is malformed. */
export function readAuthorization(header: string): Credential | null {
  const [scheme = '', rest = ''] = header.split(/ (.*)/s, 2);
  if (scheme !== 'BackendAI' && scheme !== 'Sorna') return null;
  const params = new Map<string, string>();
  for (const part of rest.split(',')) {
    const [key = '', value = ''] = part.trim().split(/=(.*)/s, 2);
    params.set(key, value);
  }
  const [, hash = ''] = (params.get('signMethod') ?? '').toLowerCase().split(/^hmac-/);
  const [accessKey = '', signature = ''] = (params.get('credential') ?? '').split(':', 2);
  if (!hashes.has(hash) || accessKey === '' || signature === '') return null;
  return { hash, accessKey, signature };
}

/** Compares two secrets without telling by time how much of them agrees. */
export function sameSecret(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
