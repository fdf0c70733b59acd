/** One-time tokens that let a new window in: 256 bits, one use, 60 seconds, bound to one virtual host. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { sameSecret } from './request-policy.ts';

export const entryTokenLifeMs = 60_000;

interface Issued {
  readonly host: string;
  readonly token: string;
  readonly expiresAt: number;
}

export class EntryTokens {
  readonly #clock: Clock;
  #issued: Issued[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(host: string): string {
    const now = this.#clock.now();
    this.#issued = this.#issued.filter((entry) => entry.expiresAt > now);
    const token = randomBytes(32).toString('base64url');
    this.#issued.push({ host, token, expiresAt: now + entryTokenLifeMs });
    return token;
  }

  /** True once for a token that was issued for this host and is not older than a minute. */
  redeem(host: string, token: string): boolean {
    const now = this.#clock.now();
    const found = this.#issued.find((entry) => sameSecret(token, entry.token));
    if (!found) return false;
    // SECURITY: used up even when it comes too late or to another host ('works once' in entry-tokens.test.ts).
    this.#issued = this.#issued.filter((entry) => entry !== found);
    // SECURITY: 'expires after a minute' and 'belongs to one host' in entry-tokens.test.ts.
    return found.expiresAt > now && found.host === host;
  }

  forget(host: string): void {
    this.#issued = this.#issued.filter((entry) => entry.host !== host);
  }
}
