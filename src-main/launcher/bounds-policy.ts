/**
 * How much of each slot may be asked for, who says so, and how much would start at once (parity page, section 3). Pure.
 * Infinite, not a number and missing all mean: no bound from this source.
 */
import type { Slots } from '../../src-preload/contract/common.ts';
import type { Bound, LimitSource, SlotInfo } from '../../src-preload/contract/launcher.ts';
import { gibibyte, mebibyte, parseAmount } from './amount-policy.ts';

/** A named set of amounts: one source's limits or remainders. */
export interface SourcedSlots {
  readonly by: LimitSource;
  readonly slots: Slots;
}

export interface BoundsQuestion {
  readonly slots: readonly SlotInfo[];
  readonly image: { readonly minimum: Slots; readonly maximum: Slots; readonly accelerators: readonly string[] };
  /** Amounts that a session may never exceed, all its containers together. */
  readonly limits: readonly SourcedSlots[];
  /** Amounts that one container may never exceed, such as the site's own maxima (P-LIMIT-01). */
  readonly perContainer?: readonly SourcedSlots[];
  /** The most that a container gets in the resource group (P-LIMIT-04): its largest machine. */
  readonly inGroup?: Slots;
  /** What the person's sessions hold now. */
  readonly own?: Slots;
  /**
   * Amounts free now. Order matters on a tie: the manager lowers the policy's remainder to the project's, and a resource
   * group's to the policy's, so the source that stands first here is the one that really binds.
   */
  readonly remaining: readonly SourcedSlots[];
}

/** Room for shared memory that memory always needs beside what the image asks (P-LIMIT-11). */
const shmemRoom = 64 * mebibyte;
const smallestMem = 64 * mebibyte;
const memStep = gibibyte / 4;

interface Found {
  readonly amount: number;
  readonly by: LimitSource;
}

function lowest(slot: string, sources: readonly SourcedSlots[]): Found | null {
  let found: Found | null = null;
  for (const { by, slots } of sources) {
    const amount = parseAmount(slot, slots[slot]);
    if (amount !== null && (found === null || amount < found.amount)) found = { amount: Math.max(0, amount), by };
  }
  return found;
}

/** True when the image can use this accelerator; names are families such as `cuda`, `*` or one empty text for all. */
export function supports(slot: string, accelerators: readonly string[]): boolean {
  if (slot === 'cpu' || slot === 'mem') return true;
  const family = slot.split('.', 1)[0] ?? slot;
  const named = accelerators.filter((name) => name !== '');
  return named.length === 0 ? accelerators.length > 0 : named.includes('*') || named.includes(family);
}

function stepOf(slot: SlotInfo): number {
  if (slot.name === 'mem') return memStep;
  return slot.step ?? (isFractional(slot.name) ? 0.1 : 1);
}

export function isFractional(slot: string): boolean {
  return slot.endsWith('.shares');
}

function minimumOf(slot: string, image: BoundsQuestion['image']): Found {
  const asked = Math.max(0, parseAmount(slot, image.minimum[slot]) ?? 0);
  if (slot === 'mem')
    return { amount: Math.max(asked, smallestMem) + shmemRoom, by: asked > smallestMem ? 'image' : 'site' };
  if (slot === 'cpu') return asked >= 1 ? { amount: asked, by: 'image' } : { amount: 1, by: 'site' };
  return { amount: asked, by: asked > 0 ? 'image' : 'site' };
}

export function boundsOf(question: BoundsQuestion): Bound[] {
  return question.slots.map((slot) => {
    const { name } = slot;
    const step = stepOf(slot);
    if (!supports(name, question.image.accelerators)) {
      const none: Found = { amount: 0, by: 'image' };
      return bound(slot, step, { min: none, max: none, total: null, remaining: null, own: null });
    }
    // An image's maximum of 0 is how labels write "none".
    const ofImage = Object.fromEntries(Object.entries(question.image.maximum).filter(([, text]) => Number(text) !== 0));
    return bound(slot, step, {
      min: minimumOf(name, question.image),
      max: lowest(name, [
        ...(slot.atMostOne ? [{ by: 'device' as const, slots: { [name]: '1' } }] : []),
        { by: 'image', slots: ofImage },
        ...(question.perContainer ?? []),
        ...question.limits,
        // Last: where the group has as much as the policy grants, the policy is what a person can have changed.
        { by: 'resource-group', slots: question.inGroup ?? {} },
      ]),
      total: lowest(name, question.limits),
      remaining: lowest(name, question.remaining),
      own: question.own === undefined ? null : Math.max(0, parseAmount(name, question.own[name]) ?? 0),
    });
  });
}

interface Findings {
  readonly min: Found;
  readonly max: Found | null;
  readonly total: Found | null;
  readonly remaining: Found | null;
  readonly own: number | null;
}

function bound(slot: SlotInfo, step: number, { min, max, total, remaining, own }: Findings): Bound {
  return {
    slot: slot.name,
    min: min.amount,
    minBy: min.by,
    max: max?.amount ?? null,
    maxBy: max?.by ?? null,
    remaining: remaining?.amount ?? null,
    remainingBy: remaining?.by ?? null,
    total: total?.amount ?? null,
    totalBy: total?.by ?? null,
    own,
    step,
    unit: slot.unit,
  };
}
