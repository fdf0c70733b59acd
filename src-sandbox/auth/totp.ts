/**
 * One-time codes of RFC 6238 with the settings that every authenticator app assumes: SHA-1, six digits, 30 seconds.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from './signature.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepSeconds = 30;
const digits = 6;

/** A new secret: 160 bits in base32 (RFC 4648), as apps take it. */
export function newTotpSecret(): string {
  const bits = [...randomBytes(20)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('');
}

function readBase32(text: string): Buffer {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The code at a moment (milliseconds since 1970). */
export function totpCode(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 1000 / stepSeconds)));
  const hash = createHmac('sha1', readBase32(secret)).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0x0f;
  const number = (hash.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/** True for the code of this step or of a neighbouring one: clocks differ, and typing takes time. */
export function isTotpCode(secret: string, code: string, nowMs: number = Date.now()): boolean {
  return [-1, 0, 1].some((step) => sameSecret(totpCode(secret, nowMs + step * stepSeconds * 1000), code));
}
