/** Pure: which end of an idle check is still the same one as before (web client parity P-IDLE-01). */
import type { IdleCheck } from '../../src-preload/contract/session-facts.ts';

/** Sites compute this anew every 15 s or so, and an answer takes its time: an end that moves back by less is the same one. */
const sameWithinMs = 20_000;

/**
 * `now` with the ends of `before` where they are the same ones: else every running session would differ from itself at
 * every answer. Of a site's ends that go to and fro the earliest stays.
 */
export function steadyIdleChecks(before: readonly IdleCheck[], now: readonly IdleCheck[]): IdleCheck[] {
  return now.map((check) => {
    const endedAt = before.find(({ name, kind }) => name === check.name && kind === check.kind)?.endsAt ?? null;
    if (endedAt === null || check.endsAt === null) return check;
    const later = Date.parse(check.endsAt) - Date.parse(endedAt);
    return later > -1000 && later < sameWithinMs ? { ...check, endsAt: endedAt } : check;
  });
}
