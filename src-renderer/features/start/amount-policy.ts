/**
 * Amounts as people type and step them: whole cores, fractions of a GPU, GiB. The text in a field is the state, so that
 * nothing is rewritten while someone types; numbers are derived from it here.
 */
import type { Bound, LimitSource } from '../../../src-preload/contract/launcher.ts';

export const mibBytes = 1024 ** 2;
export const gibBytes = 1024 ** 3;

/** Slot amounts are compared after this many decimals, so that 0.1 + 0.2 is a multiple of 0.1 (parity P-LIMIT-32). */
const decimals = 5;

/** The bounds of one field in the unit that the field shows: GiB for memory, the slot's own unit for others. */
export interface AmountRule {
  readonly slot: string;
  readonly min: number;
  readonly minBy: LimitSource;
  readonly max: number | null;
  readonly maxBy: LimitSource | null;
  readonly remaining: number | null;
  readonly remainingBy: LimitSource | null;
  /** What an arrow key and the slider move by. */
  readonly step: number;
  /** True when a typed amount must be a multiple of `step`. */
  readonly exact: boolean;
}

export type AmountProblem = 'empty' | 'not-a-number' | 'below' | 'above' | 'off-step' | 'impossible';

export interface AmountVerdict {
  readonly value: number | null;
  readonly problem: AmountProblem | null;
  /** Allowed, but more than is free now. */
  readonly waits: boolean;
}

/** Reads an amount; a decimal comma counts as a point. Null while it is not a number. */
export function parseAmount(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  return /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

export function clean(value: number): number {
  return Number(value.toFixed(decimals));
}

/** An amount as text without superfluous zeros; four decimals hold every whole MiB of a GiB amount. */
export function formatAmount(value: number): string {
  return String(Number(value.toFixed(4)));
}

export function isMultiple(value: number, step: number): boolean {
  const nearest = Math.round(value / step) * step;
  return Math.abs(value - nearest) < 0.5 * 10 ** -decimals;
}

/** The bound as its field shows it. Memory moves by a quarter GiB but may be typed freely. */
export function ruleOf(bound: Bound): AmountRule {
  if (bound.slot !== 'mem') {
    return { ...pick(bound, 1), step: bound.step, exact: true };
  }
  return { ...pick(bound, gibBytes), step: 0.25, exact: false };
}

function pick(bound: Bound, unit: number): Omit<AmountRule, 'step' | 'exact'> {
  const { slot, minBy, maxBy, remainingBy } = bound;
  return {
    slot,
    minBy,
    maxBy,
    remainingBy,
    min: bound.min / unit,
    max: bound.max === null ? null : bound.max / unit,
    remaining: bound.remaining === null ? null : Math.max(0, bound.remaining / unit),
  };
}

/** The rule for a slot the site said nothing about: anything goes, the manager decides. */
export function openRule(slot: string, step: number): AmountRule {
  return {
    slot,
    min: slot === 'cpu' || slot === 'mem' ? step : 0,
    minBy: 'site',
    max: null,
    maxBy: null,
    remaining: null,
    remainingBy: null,
    step,
    exact: slot !== 'mem',
  };
}

/** Shown amounts are rounded to four decimals, so a typed copy of a bound may differ from it by half of the last one. */
const slack = 0.5e-4;

export function judgeAmount(text: string, rule: AmountRule): AmountVerdict {
  const value = parseAmount(text);
  if (value === null) {
    return { value, problem: text.trim() === '' ? 'empty' : 'not-a-number', waits: false };
  }
  return { value, problem: problemOf(value, rule), waits: rule.remaining !== null && value > rule.remaining + slack };
}

function problemOf(value: number, rule: AmountRule): AmountProblem | null {
  if (rule.max !== null && rule.min > rule.max + slack) {
    return 'impossible';
  }
  if (value < rule.min - slack) {
    return 'below';
  }
  if (rule.max !== null && value > rule.max + slack) {
    return 'above';
  }
  return rule.exact && !isMultiple(value, rule.step) ? 'off-step' : null;
}

/** The next allowed amount `steps` away, on the step's grid and within the bounds. */
export function stepAmount(text: string, steps: number, rule: AmountRule): string {
  const from = parseAmount(text) ?? rule.min;
  const position = from / rule.step;
  const onGrid = isMultiple(from, rule.step);
  const base = onGrid ? Math.round(position) : steps > 0 ? Math.floor(position) : Math.ceil(position);
  return formatAmount(clampToGrid((base + steps) * rule.step, rule));
}

/** The nearest allowed amount; where the step is binding, bounds that are off the grid are moved inwards. */
export function clampToGrid(value: number, rule: AmountRule): number {
  const epsilon = 1e-6;
  const grid = rule.exact ? rule.step : null;
  const low = grid === null ? rule.min : Math.ceil(rule.min / grid - epsilon) * grid;
  const high = rule.max === null ? Infinity : grid === null ? rule.max : Math.floor(rule.max / grid + epsilon) * grid;
  const snapped = Math.round(value / rule.step) * rule.step;
  return clean(Math.max(low, Math.min(high, snapped)));
}

/** Where the slider ends: the limit, or a round amount beyond what is shown when there is none. */
export function sliderEnd(rule: AmountRule, value: number): number {
  if (rule.max !== null) {
    return Math.max(rule.max, rule.min + rule.step);
  }
  return Math.max(rule.remaining ?? 0, value * 2, rule.min + rule.step * 8);
}

/** GiB as typed, to bytes on whole MiB; an amount that equals a bound as shown becomes exactly that bound. */
export function toBytes(gib: number, bound?: Pick<Bound, 'min' | 'max'>): number {
  const bytes = Math.round((gib * gibBytes) / mibBytes) * mibBytes;
  if (bound === undefined) {
    return bytes;
  }
  const near = (limit: number) => Math.abs(limit - gib * gibBytes) <= mibBytes;
  if (bound.max !== null && near(bound.max)) {
    return Math.floor(bound.max);
  }
  return near(bound.min) ? Math.ceil(bound.min) : bytes;
}

/** The amount as the wire has it: memory in bytes, others as decimal text. */
export function toSlotText(value: number, bound: Bound | undefined, slot: string): string {
  return slot === 'mem' ? String(toBytes(value, bound)) : String(clean(value));
}
