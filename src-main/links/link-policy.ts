/** When a link tries again, when it gives up, when it rests: decisions without state. */
import { backoffMs, linkDelaysMs } from '../base/backoff.ts';
import type { BerthError } from '../base/berth-error.ts';

/** Whom Backend.AI's SSH server admits (tunnels reference, section 3.3). */
export const sshUser = 'work';

/** A link that stayed lost this long waits for the person. */
export const giveUpAfterMs = 10 * 60_000;
/** A connection that held this long counts as good: the next loss starts with the shortest wait again. */
export const stableAfterMs = 10_000;
/** A link that nobody uses stays open this long, for the next window. */
export const lingerMs = 2 * 60_000;

export type NextStep = { readonly kind: 'try'; readonly delayMs: number } | { readonly kind: 'fail' };

/**
 * What follows a failed try or a loss.
 * @param lostForMs since the link was last up or first wanted
 * @param random a number in [0, 1)
 */
export function afterFailure(error: BerthError, attempt: number, lostForMs: number, random: number): NextStep {
  // Another key, a missing service, an ended session: trying again would only repeat the answer.
  if (error.retry !== 'auto') return { kind: 'fail' };
  const delayMs = backoffMs(linkDelaysMs, attempt, random);
  return lostForMs + delayMs > giveUpAfterMs ? { kind: 'fail' } : { kind: 'try', delayMs };
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
