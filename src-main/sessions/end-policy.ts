/**
 * Which end a manager accepts in which state (API reference, section 4.6; web client parity P-TERM-01, -05). Pure. The
 * site's refusal stays the truth: this only decides what is offered, and in which words.
 */
import type { Ending } from '../../src-preload/contract/sessions.ts';
import type { Can } from '../backend/version-gates.ts';
import { familyOf } from './status-policy.ts';

const cancelled = new Set(['PENDING', 'DEPRIORITIZING', 'RESERVED', 'RESCHEDULING']);
/** Refused without force by managers that end through the old registry. */
const starting = new Set(['SCHEDULED', 'PREPARING', 'BUILDING']);

const end = (plain: Ending['plain'], force: Ending['force'], reason: Ending['reason']): Ending => ({
  plain,
  force,
  reason,
});

export function endingOf(status: string, can: Can, isSuperadmin: boolean): Ending {
  if (familyOf(status) === 'finished') return end('over', 'refused', 'over');
  if (status === 'ERROR') {
    return can('errorHoldsNothing') ? end('over', 'refused', 'over') : end('refused', 'offered', 'failed');
  }
  // Asked for already: force is for the one that does not come to an end.
  if (status === 'TERMINATING') return end('refused', 'offered', 'ending');
  if (cancelled.has(status)) return end('cancels', 'unneeded', 'unneeded');
  if (status === 'PULLING' && !can('endsWhileStarting')) {
    if (!can('forcedEndWhilePulling')) return end('refused', 'refused', 'pulling');
    return end('refused', isSuperadmin ? 'offered' : 'refused', 'pulling-superadmin');
  }
  if (starting.has(status) && !can('endsWhileStarting')) return end('refused', 'offered', 'starting');
  if (status === 'CREATING' && !can('endsWhileCreating')) return end('refused', 'offered', 'starting');
  const hasRun = familyOf(status) !== 'starting' || status === 'RESTARTING';
  return end(hasRun ? 'ends' : 'cancels', 'unneeded', 'unneeded');
}
