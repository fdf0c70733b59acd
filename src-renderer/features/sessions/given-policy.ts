/** Pure: asked and given amounts of a session, slot by slot, and whether less was given (web client parity, P-LIMIT-36). */
import type { Session } from '../../../src-preload/contract/sessions.ts';

export interface GivenSlot {
  readonly slot: string;
  readonly given: number;
  /** Null where the site does not tell what was asked. */
  readonly asked: number | null;
  /** Given less than asked, e.g. rounded down to what a device can be divided into. */
  readonly less: boolean;
}

/** CPU and memory always, other slots when some was asked or given. Before a session has its own, nothing counts as less. */
export function givenSlots({ slots, asked = {}, family }: Pick<Session, 'slots' | 'asked' | 'family'>): GivenSlot[] {
  const hasItsOwn = family === 'running' || family === 'ending' || family === 'finished';
  return [...new Set(['cpu', 'mem', ...Object.keys(slots), ...Object.keys(asked)])].flatMap((slot) => {
    const given = Number(slots[slot] ?? 0);
    const wanted = asked[slot] === undefined ? null : Number(asked[slot]);
    if (slot !== 'cpu' && slot !== 'mem' && !(given > 0) && !((wanted ?? 0) > 0)) return [];
    return [{ slot, given, asked: wanted, less: hasItsOwn && wanted !== null && given < wanted }];
  });
}
