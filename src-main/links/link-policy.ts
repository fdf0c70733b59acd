/** When a link tries again, what it waits for, when it gives up, when it rests: decisions without state. */
import type { ErrorCode } from '../../src-preload/contract/errors.ts';
import type { IdleCheck } from '../../src-preload/contract/session-facts.ts';
import { backoffMs, linkDelaysMs } from '../base/backoff.ts';
import type { BerthError } from '../base/berth-error.ts';

/** Whom Backend.AI's SSH server admits (tunnels reference, section 3.3). */
export const sshUser = 'work';

/** A link that stayed lost this long waits for the person. Time without a network or a sign-in does not count. */
export const giveUpAfterMs = 10 * 60_000;
/** A connection that held this long counts as good: the next loss starts with the shortest wait again. */
export const stableAfterMs = 10_000;
/** A link that nobody uses stays open this long, for the next window. */
export const lingerMs = 2 * 60_000;

/** Trouble with the account: only a sign-in, or the keychain's unlocking, helps. */
const signInTroubles: ReadonlySet<ErrorCode> = new Set([
  'unauthorised',
  'signed-out',
  'password-expired',
  'login-elsewhere',
  'secrets-locked',
  'secrets-unavailable',
]);

export function isSignInTrouble(error: BerthError): boolean {
  return signInTroubles.has(error.code);
}

/** This computer, not the site, is without a way out. By code: a name server that cannot be asked is none either. */
export function isNetworkTrouble(error: BerthError): boolean {
  return error.code === 'offline' && (error.params.reason === 'no-network' || error.params.code === 'EAI_AGAIN');
}

export interface Surroundings {
  /** This computer has an address that could lead to the site. */
  readonly hasNetwork: boolean;
  /** The account can be used: a try would at least leave this computer. */
  readonly isSignedIn: boolean;
}

type Waiting = 'waiting-for-network' | 'signing-in';

export type NextStep =
  | { readonly kind: 'try'; readonly state: 'connecting' | Waiting; readonly delayMs: number }
  /** No try of its own: what it waits for tells. */
  | { readonly kind: 'wait'; readonly state: Waiting }
  | { readonly kind: 'fail' };

/**
 * What follows a failed try or a loss.
 * @param lostForMs since the link was last up, first wanted, or last without a network or a sign-in
 * @param random a number in [0, 1)
 */
export function afterFailure(
  error: BerthError,
  around: Surroundings,
  attempt: number,
  lostForMs: number,
  random: number,
): NextStep {
  if (isSignInTrouble(error)) {
    // `auto`: the account is being connected right now, and may turn out to be in another trouble.
    if (!around.isSignedIn && error.retry !== 'auto') return { kind: 'wait', state: 'signing-in' };
    // The account's own check may be about to find out; asking at once would only repeat the answer.
    const delayMs = backoffMs(linkDelaysMs, attempt + 1, random);
    return lostForMs + delayMs > giveUpAfterMs ? { kind: 'fail' } : { kind: 'try', state: 'signing-in', delayMs };
  }
  // Another key, a missing service, an ended session: trying again would only repeat the answer.
  if (error.retry !== 'auto') return { kind: 'fail' };
  if (!around.hasNetwork) return { kind: 'wait', state: 'waiting-for-network' };
  if (isNetworkTrouble(error)) {
    return { kind: 'try', state: 'waiting-for-network', delayMs: backoffMs(linkDelaysMs, attempt + 1, random) };
  }
  const delayMs = backoffMs(linkDelaysMs, attempt, random);
  return lostForMs + delayMs > giveUpAfterMs ? { kind: 'fail' } : { kind: 'try', state: 'connecting', delayMs };
}

/**
 * How long a try of a link that was up before may take. The first ones are short, since they may hang in a network that
 * just went; later ones leave time for a container whose SSH server starts anew.
 */
export function tryLimitMs(attempt: number): number {
  return Math.min(60_000, 5_000 * 2 ** Math.max(0, attempt - 1));
}

/** A link counts as activity, so the site's own time starts only once Berth let go: both together stay near the limit. */
const shareOfSiteLimit = 0.5;

/**
 * The longest time that the site was seen to leave an unused session; null where it does not tell. While a link is open
 * the site tells its whole limit, before that only what was left of it (API reference, section 4.14).
 */
export function siteIdleLimitMs(checks: readonly IdleCheck[], seenMs: number | null, now: number): number | null {
  const endsAt = checks.find(({ name, kind }) => name === 'network_timeout' && kind === 'expire')?.endsAt;
  const leftMs = endsAt ? Date.parse(endsAt) - now : 0;
  return leftMs <= 0 ? seenMs : Math.max(leftMs, seenMs ?? 0);
}

/** Minutes without use after which a link rests: what the person chose, else below the site's own limit where known. */
export function idleMinutesFor(minutes: number, isChosen: boolean, siteLimitMs: number | null): number {
  if (isChosen || siteLimitMs === null) return minutes;
  return Math.min(minutes, Math.max((siteLimitMs * shareOfSiteLimit) / 60_000, 1));
}

/** How long a link may stay without use; null: for ever. `idleMinutes` 0 switches the rest off. */
export function restAfterMs(users: number, idleMinutes: number): number | null {
  const idleMs = idleMinutes > 0 ? idleMinutes * 60_000 : null;
  if (users > 0) return idleMs;
  return idleMs === null ? lingerMs : Math.min(idleMs, lingerMs);
}

/** Whether a failed link may be tried again because someone asks for it; a changed host key never may. */
export function mayRetry(error: BerthError | null, byPerson: boolean): boolean {
  if (error === null) return true;
  if (error.code === 'host-key-changed') return false;
  return byPerson || error.retry !== 'never';
}
