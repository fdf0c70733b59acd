/** One-time tokens and the cookie that they are exchanged for. Values live in memory only and are compared in constant time. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';

const secretBytes = 32;
/** More open tokens than any person makes; the oldest goes first. */
const maxOpenTokens = 64;

export const cookieName = 'berth';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function newSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** Equal length of the digests makes the time independent of the content. */
export function sameSecret(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

/** Tokens that work once and, where a time is given, only for that time. */
export class OneTimeTokens {
  readonly #open: { readonly digest: Buffer; readonly until: number }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param lifetimeMs null: until it is used or Berth ends */
  issue(lifetimeMs: number | null): string {
    const token = newSecret();
    const until = lifetimeMs === null ? Number.POSITIVE_INFINITY : this.#clock.now() + lifetimeMs;
    this.#open.push({ digest: digest(token), until });
    if (this.#open.length > maxOpenTokens) this.#open.shift();
    return token;
  }

  /** True once for each token that was issued and has not run out. */
  redeem(token: string): boolean {
    const wanted = digest(token);
    // SECURITY: every entry is compared, in constant time each (launch-tokens.test.ts).
    let found = -1;
    this.#open.forEach((entry, index) => {
      if (timingSafeEqual(entry.digest, wanted)) found = index;
    });
    const entry = this.#open[found];
    if (entry === undefined) return false;
    // SECURITY: single use, also for a token that has run out (launch-tokens.test.ts, "works once").
    this.#open.splice(found, 1);
    // SECURITY: (launch-tokens.test.ts, "runs out").
    return this.#clock.now() <= entry.until;
  }
}

/** True when one of the request's cookies is ours with this value. Another port's page may have set others of the name. */
export function hasCookie(header: string | undefined, value: string): boolean {
  if (header === undefined) return false;
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
    .some((pair) => sameSecret(pair.slice(cookieName.length + 1), value));
}

/**
 * SECURITY: scripts never see it, other sites never send it, it ends with the browser; no Domain, so it stays with this
 * random host (loopback-server.itest.ts, "cookie").
 */
export function cookieHeader(value: string): string {
  return `${cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/`;
}
