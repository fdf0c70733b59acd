/**
 * Amounts as people type and step them: whole cores, fractions of a GPU, GiB. The text in a field is the state, so that
 * nothing is rewritten while someone types; numbers are derived from it here. All arithmetic is on whole ticks, the
 * smallest part of a unit that is told apart: 0.1 + 0.2 is 0.3, and every bound can be typed as it is shown.
 */
import type { Bound, LimitSource } from '../../../src-preload/contract/launcher.ts';

export const mibBytes = 1024 ** 2;
export const gibBytes = 1024 ** 3;

/** Memory is told apart by MiB; its fields show GiB. */
export const memoryTicks = 1024;
/** Other slots are compared after five decimals (parity page, P-LIMIT-32). */
export const decimalTicks = 100_000;

export function ticksPerUnit(slot: string): number {
  return slot === 'mem' ? memoryTicks : decimalTicks;
}

/** The bounds of one field, in ticks, for one container. */
export interface AmountRule {
  readonly slot: string;
  readonly perUnit: number;
  readonly min: number;
  readonly minBy: LimitSource;
  readonly max: number | null;
  readonly maxBy: LimitSource | null;
  readonly remaining: number | null;
  readonly remainingBy: LimitSource | null;
  /** What is free in all, before it is shared by containers and sessions. */
  readonly free: number | null;
  /** Held by the person's other sessions, out of what policy and project grant; null where not told. */
  readonly own: number | null;
  /** What policy and project grant in all. */
  readonly total: number | null;
  /** What an arrow key and the slider move by. */
  readonly step: number;
  /** True when a typed amount must be a multiple of `step`. */
  readonly exact: boolean;
}

export type AmountProblem = 'empty' | 'not-a-number' | 'below' | 'above' | 'off-step' | 'impossible';

export interface AmountVerdict {
  readonly ticks: number | null;
  readonly problem: AmountProblem | null;
  /** Allowed, but more than is free now. */
  readonly waits: boolean;
}

/** Reads an amount; a decimal comma counts as a point. Null while it is not a number. Halves of a tick round up. */
export function readTicks(text: string, perUnit: number): number | null {
  const match = /^(\d*)(?:[.,](\d*))?$/.exec(text.trim());
  const whole = match?.[1] ?? '';
  const fraction = match?.[2] ?? '';
  if (whole + fraction === '') return null;
  const scale = 10n ** BigInt(fraction.length);
  const ticks = (BigInt(whole + fraction) * BigInt(perUnit) * 2n + scale) / (scale * 2n);
  return Number(ticks > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : ticks);
}

/** An amount as text without superfluous zeros. Four decimals hold every whole MiB of a GiB amount. */
export function showTicks(ticks: number, perUnit: number): string {
  return String(Number((ticks / perUnit).toFixed(perUnit === memoryTicks ? 4 : 5)));
}

/** A bound of the contract (bytes for memory, the slot's unit for others) in ticks, rounded to the safe side. */
export function boundTicks(slot: string, value: number, towards: 'up' | 'down'): number {
  // More decimals than a tick has are noise of the float that carried it.
  const exact = slot === 'mem' ? value / mibBytes : Number((value * decimalTicks).toFixed(3));
  const whole = towards === 'up' ? Math.ceil(exact) : Math.floor(exact);
  return Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, whole));
}

/** How often an amount counts: containers a session, and sessions in one go. */
export interface Times {
  readonly containers: number;
  readonly sessions: number;
}
export const once: Times = { containers: 1, sessions: 1 };

export function isFractional(slot: string): boolean {
  return slot.endsWith('.shares');
}

/**
 * The bound as its field shows it. Limits on a whole session are shared by its containers, what is free by all sessions
 * of the same go. Memory moves by a quarter GiB but may be typed freely; shares of a GPU are whole in a cluster (P-LIMIT-31).
 */
export function ruleOf(bound: Bound, times: Times = once): AmountRule {
  const { slot, minBy, remainingBy } = bound;
  const perUnit = ticksPerUnit(slot);
  const step = slot === 'mem' ? perUnit / 4 : boundTicks(slot, bound.step, 'up');
  const whole = isFractional(slot) && times.containers > 1;
  const maybe = (value: number | null) => (value === null ? null : boundTicks(slot, value, 'down'));
  const own = maybe(bound.own);
  const total = maybe(bound.total);
  const single = maybe(bound.max);
  const shared = total === null ? null : Math.floor(total / times.containers);
  const isShared = shared !== null && (single === null || shared < single);
  const remaining = maybe(bound.remaining);
  const onGrid = whole ? perUnit : Math.max(1, step);
  return {
    slot,
    perUnit,
    min: boundTicks(slot, bound.min, 'up'),
    minBy,
    max: isShared ? shared : single,
    maxBy: isShared ? bound.totalBy : bound.maxBy,
    remaining: remaining === null ? null : sharedBy(remaining, times, slot === 'mem' ? 1 : onGrid),
    remainingBy,
    free: remaining,
    own,
    total,
    step: onGrid,
    exact: slot !== 'mem',
  };
}

/** An equal part of what is free; of parts only whole steps can be asked for. */
function sharedBy(free: number, { containers, sessions }: Times, step: number): number {
  const times = containers * sessions;
  return times === 1 ? free : Math.floor(free / times / step) * step;
}

/** The rule for a slot the site said nothing about: anything goes, the manager decides. */
export function openRule(slot: string): AmountRule {
  const perUnit = ticksPerUnit(slot);
  const step = slot === 'mem' ? perUnit / 4 : isFractional(slot) ? perUnit / 10 : perUnit;
  return {
    slot,
    perUnit,
    min: slot === 'cpu' || slot === 'mem' ? step : 0,
    minBy: 'site',
    max: null,
    maxBy: null,
    remaining: null,
    remainingBy: null,
    free: null,
    own: null,
    total: null,
    step,
    exact: slot !== 'mem',
  };
}

export function judgeAmount(text: string, rule: AmountRule): AmountVerdict {
  const ticks = readTicks(text, rule.perUnit);
  if (ticks === null) {
    return { ticks, problem: text.trim() === '' ? 'empty' : 'not-a-number', waits: false };
  }
  return { ticks, problem: problemOf(ticks, rule), waits: rule.remaining !== null && ticks > rule.remaining };
}

function problemOf(ticks: number, rule: AmountRule): AmountProblem | null {
  if (rule.max !== null && rule.min > rule.max) return 'impossible';
  if (ticks < rule.min) return 'below';
  if (rule.max !== null && ticks > rule.max) return 'above';
  return rule.exact && ticks % rule.step !== 0 ? 'off-step' : null;
}

/** The next allowed amount `steps` away, on the step's grid and within the bounds. */
export function stepAmount(text: string, steps: number, rule: AmountRule): string {
  const from = readTicks(text, rule.perUnit) ?? rule.min;
  const position = from / rule.step;
  const base = Number.isInteger(position) ? position : steps > 0 ? Math.floor(position) : Math.ceil(position);
  const ticks = Math.min(Number.MAX_SAFE_INTEGER, (base + steps) * rule.step);
  return showTicks(clampToGrid(ticks, rule), rule.perUnit);
}

/** The nearest allowed amount; where the step is binding, bounds that are off the grid are moved inwards. */
export function clampToGrid(ticks: number, rule: AmountRule): number {
  const { step, exact, min, max } = rule;
  const low = exact ? Math.ceil(min / step) * step : min;
  const high = max === null ? Number.MAX_SAFE_INTEGER : exact ? Math.floor(max / step) * step : max;
  const snapped = Math.round(ticks / step) * step;
  return Math.max(low, Math.min(high, snapped));
}

/** The most that is free now and allowed, on the grid; null when even the minimum is not free. */
export function mostFree(rule: AmountRule): number | null {
  const limit = rule.remaining ?? rule.max;
  if (limit === null) return null;
  const grid = rule.exact ? rule.step : 1;
  const most = Math.floor(Math.min(limit, rule.max ?? limit) / grid) * grid;
  return most >= rule.min ? most : null;
}

/** Where the slider ends: the limit, or a round amount beyond what is shown when there is none. */
export function sliderEnd(rule: AmountRule, ticks: number): number {
  if (rule.max !== null) return Math.max(rule.max, rule.min + rule.step);
  return Math.max(rule.remaining ?? 0, ticks * 2, rule.min + rule.step * 8);
}

/** The amount as the wire has it: memory in bytes, others as decimal text. */
export function toSlotText(ticks: number, slot: string): string {
  return slot === 'mem' ? String(ticks * mibBytes) : showTicks(ticks, decimalTicks);
}

/** An amount of the wire (bytes for memory) as its field shows it. */
export function slotToText(amount: number, slot: string): string {
  return showTicks(boundTicks(slot, amount, 'up'), ticksPerUnit(slot));
}
