/** What is used of how much, and which limit binds (web client parity P-LIST-32). Pure. */
import type { Slots } from '../../src-preload/contract/common.ts';
import type { Machine } from '../../src-preload/contract/launcher.ts';
import type { UsageBy, UsageLine } from '../../src-preload/contract/usage.ts';
import { parseAmount } from './amount-policy.ts';

interface Limit {
  readonly by: UsageBy;
  readonly slots: Slots;
}

export interface UsageSlot {
  readonly name: string;
  readonly unit: string | null;
}

/** What all sessions of one's key hold, of the lowest of the limits; on a tie the first one says it. */
export function mineOf(slots: readonly UsageSlot[], using: Slots, limits: readonly Limit[]): UsageLine[] {
  return slots.map(({ name, unit }) => {
    let lowest: { limit: number; by: UsageBy } | null = null;
    for (const { by, slots: amounts } of limits) {
      const limit = parseAmount(name, amounts[name]);
      if (limit !== null && (lowest === null || limit < lowest.limit)) lowest = { limit: Math.max(0, limit), by };
    }
    return { slot: name, unit, used: amount(name, using), limit: lowest?.limit ?? null, by: lowest?.by ?? null };
  });
}

/**
 * One's own in a resource group, of what one could hold there. The manager lowers what the group has left to what one's
 * limits leave, so the group binds only where it has less.
 */
export function inGroupOf(
  slots: readonly UsageSlot[],
  group: { readonly using: Slots; readonly remaining: Slots } | undefined,
  mine: readonly UsageLine[],
): UsageLine[] {
  return slots.flatMap(({ name, unit }) => {
    const left = parseAmount(name, group?.remaining[name]);
    if (group === undefined || left === null) return [];
    const used = amount(name, group.using);
    const whole = mine.find(({ slot }) => slot === name);
    const ofLimit = whole?.limit === null || whole === undefined ? null : Math.max(0, whole.limit - whole.used);
    const by = ofLimit !== null && left >= ofLimit ? (whole?.by ?? null) : 'resource-group';
    return [{ slot: name, unit, used, limit: rounded(used + Math.max(0, left)), by }];
  });
}

/** What everybody holds of the machines of a resource group; null where none is shown. */
export function groupOf(slots: readonly UsageSlot[], machines: readonly Machine[]): UsageLine[] | null {
  if (machines.length === 0) return null;
  const sum = (name: string, part: 'whole' | 'free') =>
    machines.reduce((total, machine) => total + amount(name, machine[part]), 0);
  return slots.flatMap(({ name, unit }) => {
    const limit = rounded(sum(name, 'whole'));
    const used = rounded(Math.max(0, limit - sum(name, 'free')));
    return limit === 0 ? [] : [{ slot: name, unit, used, limit, by: 'machines' as const }];
  });
}

function amount(name: string, slots: Slots): number {
  return Math.max(0, parseAmount(name, slots[name]) ?? 0);
}

/** Shares come in hundredths; binary fractions would show. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
