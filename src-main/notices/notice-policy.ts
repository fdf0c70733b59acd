/**
 * When a session would be taken away, and when to say so (API reference, section 4.14; parity page, P-IDLE). Pure. A moment
 * stays the same from answer to answer, but for the site's rounding, unless somebody used the session.
 */
import type { IdleCheck } from '../../src-preload/contract/session-facts.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';

export interface Deadline {
  /** Name of the idle check. */
  readonly check: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What was said of one deadline. */
export interface Told extends Deadline {
  /** Leads in minutes that have had their turn. */
  readonly leads: readonly number[];
}

export interface DueNotice extends Deadline {
  readonly lead: number;
}

/** Sites compute every 15 s or so: a moment that moves by less is the same one. */
const sameWithinMs = 45_000;
/** A site that has not ended it by then does not mean to. */
const overdueMs = 120_000;
const lastMinuteMs = 60_000;

/** Moments at which the site would end the session. */
export function deadlinesOf(session: Pick<Session, 'family' | 'idleChecks'>): Deadline[] {
  if (session.family !== 'running') return [];
  return (session.idleChecks ?? []).flatMap((check) => {
    // Without an end the check does not apply, or the site is computing (P-IDLE-01).
    if (check.endsAt === null) return [];
    // The end of a grace period ends nothing by itself: only a session that would fail the check then is in danger.
    if (check.kind === 'grace' && !wouldFail(check)) return [];
    return [{ check: check.name, at: Date.parse(check.endsAt) }];
  });
}

/** Average use is below the thresholds by the site's own rule (P-IDLE-05); no figures yet: no. */
export function wouldFail({ resources, operator }: Pick<IdleCheck, 'resources' | 'operator'>): boolean {
  const known = resources.filter(({ average, threshold }) => average !== null && average >= 0 && threshold !== null);
  if (known.length === 0) return false;
  const below = known.map(({ average, threshold }) => (average ?? 0) < (threshold ?? 0));
  return operator === 'or' ? below.some(Boolean) : below.every(Boolean);
}

/** Takes over what was said of deadlines that are still the same; one that moved away begins anew. */
export function carryOver(before: readonly Told[], now: readonly Deadline[], at: number): Told[] {
  // Around the moment itself sites answer nothing or less than nothing: that is no sign of life.
  const ending = before.filter(
    (told) =>
      !now.some(({ check }) => check === told.check) && at >= told.at - lastMinuteMs && at <= told.at + overdueMs,
  );
  const here = now.map((deadline) => {
    const same = before.find(({ check }) => check === deadline.check);
    if (same === undefined || deadline.at > same.at + sameWithinMs) return { ...deadline, leads: [] };
    // Small moves are the site's rounding: the first moment stays, so that no lead comes twice.
    return {
      ...deadline,
      at: Math.abs(deadline.at - same.at) <= sameWithinMs ? same.at : deadline.at,
      leads: same.leads,
    };
  });
  return [...here, ...ending];
}

/** What is to be said now: of several leads that have come, the shortest alone. */
export function dueNow(told: Told, leads: readonly number[], now: number): DueNotice | null {
  if (now > told.at + overdueMs) return null;
  const come = leads.filter((lead) => lead > 0 && now >= told.at - lead * 60_000 && !told.leads.includes(lead));
  return come.length === 0 ? null : { check: told.check, at: told.at, lead: Math.min(...come) };
}

/** After `lead` was said, it and the longer ones are done. */
export function markTold(told: Told, lead: number, leads: readonly number[]): Told {
  return { ...told, leads: [...new Set([...told.leads, ...leads.filter((one) => one >= lead)])] };
}

/** The next moment at which something is due; null when there is none. */
export function nextDueAt(told: Told, leads: readonly number[], now: number): number | null {
  const times = leads
    .filter((lead) => lead > 0 && !told.leads.includes(lead))
    .map((lead) => told.at - lead * 60_000)
    .filter((time) => time > now);
  return times.length === 0 ? null : Math.min(...times);
}

/** A session that ended although its owner did not ask for it. */
const asked = new Set(['user-requested', 'force-terminated']);

export function endedByItself(before: Session['family'] | undefined, session: Session): 'ended' | 'failed' | null {
  const wasLive = before !== undefined && before !== 'finished' && before !== 'broken' && before !== 'ending';
  const wasEnding = before === 'ending';
  if (session.family === 'broken') return wasLive || wasEnding ? 'failed' : null;
  if (session.family !== 'finished' || !(wasLive || wasEnding)) return null;
  return session.statusInfo === null || asked.has(session.statusInfo) ? null : 'ended';
}
