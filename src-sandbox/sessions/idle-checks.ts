/**
 * The idle checks: how long a session may still run unused, and how long at all (API reference, section 4.14).
 */
import type { Policy } from '../slots/capacity.ts';
import type { Session } from './session.ts';

interface Check {
  /** Seconds; `null` when the check does not apply. */
  readonly remaining: number | null;
  readonly remaining_time_type: 'expire_after';
  readonly extra: null;
}

const check = (remaining: number | null): Check => ({ remaining, remaining_time_type: 'expire_after', extra: null });

function idleRemaining(session: Session, { idleTimeout }: Policy, now: number): number | null {
  // Batch sessions are busy by their nature.
  if (idleTimeout === 0 || session.isBatch) return null;
  if (session.openTunnels > 0) return idleTimeout;
  return idleTimeout - (now - session.lastActivityAt) / 1000;
}

function lifeRemaining(session: Session, { maxLifetime }: Policy, now: number): number | null {
  const startedAt = session.history.get('RUNNING');
  return maxLifetime === 0 || startedAt === undefined ? null : maxLifetime - (now - startedAt) / 1000;
}

/** `idle_checks` as JSON shows it. */
export function idleChecks(session: Session, policy: Policy, now: number): Readonly<Record<string, Check>> {
  return {
    network_timeout: check(idleRemaining(session, policy, now)),
    session_lifetime: check(lifeRemaining(session, policy, now)),
  };
}

/** The `status_info` with which the session has to end now, or `null`. */
export function idleReason(session: Session, policy: Policy, now: number): string | null {
  if ((idleRemaining(session, policy, now) ?? 1) <= 0) return 'idle-timeout';
  return (lifeRemaining(session, policy, now) ?? 1) <= 0 ? 'idle-session-lifetime' : null;
}
