/** Pure: which idle checks apply, and how near each is to ending the session (web client parity P-IDLE-03 to P-IDLE-06). */
import type { IdleCheck } from '../../../src-preload/contract/session-facts.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';

/** From calm to urgent. */
export const idleStates = ['safe', 'checking', 'warning', 'risk'] as const;
export type IdleState = (typeof idleStates)[number];

const hourMs = 3_600_000;
/** Less than this is told on top of the panel. */
export const soonMs = hourMs;
const laterMs = 4 * hourMs;

/** Checks that apply: neither an end nor figures mean that one does not. */
export function applying(session: Pick<Session, 'family' | 'idleChecks'>): IdleCheck[] {
  if (session.family !== 'running') return [];
  return (session.idleChecks ?? []).filter(
    ({ endsAt, checking, resources }) => endsAt !== null || checking || resources.length > 0,
  );
}

/** Average use against the site's threshold, both in percent; null while there are no figures. */
export function stateOfResource({ average, threshold }: IdleCheck['resources'][number]): IdleState | null {
  if (average === null || average < 0 || threshold === null) return null;
  if (average < Math.min(2 * threshold, threshold + 5)) return 'risk';
  return average < Math.min(10 * threshold, threshold + 10) ? 'warning' : 'safe';
}

/** By time; of a check of use by its figures, and only in its last hours. */
export function stateOf(check: IdleCheck, now: number): IdleState {
  if (check.endsAt === null) return 'checking';
  const left = Date.parse(check.endsAt) - now;
  if (left >= laterMs) return 'safe';
  if (check.resources.length === 0) {
    if (check.kind === 'grace') return 'safe';
    return left < soonMs ? 'risk' : 'warning';
  }
  const levels = check.resources.flatMap((it) => {
    const state = stateOfResource(it);
    return state === null ? [] : [idleStates.indexOf(state)];
  });
  if (levels.length === 0) return 'checking';
  // Where any may end it the worst decides; where all must be low, the best.
  return idleStates[check.operator === 'or' ? Math.max(...levels) : Math.min(...levels)] ?? 'checking';
}

export interface Reclamation {
  readonly state: IdleState;
  /** The check that is nearest; its end, where the site told one. */
  readonly check: IdleCheck;
}

/** The worst of all checks, and of equally bad ones the soonest; null where none applies. */
export function worstCheck(session: Pick<Session, 'family' | 'idleChecks'>, now: number): Reclamation | null {
  const all = applying(session).map((check) => ({ check, state: stateOf(check, now) }));
  all.sort(
    (a, b) =>
      idleStates.indexOf(b.state) - idleStates.indexOf(a.state) ||
      (a.check.endsAt ?? '9').localeCompare(b.check.endsAt ?? '9'),
  );
  return all[0] ?? null;
}

/** Whether any session of a list has checks, and whether any is near its end. */
export function idleOf(sessions: readonly Session[], now: number): 'none' | 'calm' | 'near' {
  let found: 'none' | 'calm' = 'none';
  for (const session of sessions) {
    const worst = worstCheck(session, now)?.state;
    if (worst === 'warning' || worst === 'risk') return 'near';
    if (worst !== undefined) found = 'calm';
  }
  return found;
}

/** When a check would end it at the earliest; null: no check does. */
export function firstEnd(session: Pick<Session, 'family' | 'idleChecks'>): string | null {
  const ends = applying(session).flatMap(({ kind, endsAt }) => (kind === 'expire' && endsAt !== null ? [endsAt] : []));
  return ends.sort()[0] ?? null;
}
