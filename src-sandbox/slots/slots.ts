/**
 * Slot maps (`{"cpu": "1", "mem": "4294967296"}`) and their arithmetic.
 */
import { badParameters } from '../http/problem.ts';
import { type Amount, readBinarySize, readDecimal, showAmount } from './amount.ts';

export type Slots = Readonly<Record<string, Amount>>;

/** The slots that this site knows and how each is counted. */
export const slotTypes = {
  cpu: 'count',
  mem: 'bytes',
  'cuda.shares': 'count',
  'cuda.device': 'count',
  // A session can have one of it.
  'rocm.device': 'unique',
} as const;
export type SlotName = keyof typeof slotTypes;
export const slotNames = Object.keys(slotTypes) as readonly SlotName[];

/** The smallest step of the simulated GPU. */
export const gpuQuantum: Amount = 100_000n;

const isKnown = (name: string): name is SlotName => name in slotTypes;

/** One amount as a client writes it: a number or text. Throws 400 with the slot's name. */
export function readSlot(name: string, value: unknown): Amount {
  if (!isKnown(name)) throw badParameters(`Unknown slot name: ${name}`);
  const text = typeof value === 'number' ? String(value) : value;
  const amount = typeof text !== 'string' ? null : name === 'mem' ? readBinarySize(text) : readDecimal(text);
  if (amount === null || amount < 0n)
    throw badParameters(`Invalid amount of the slot ${name}: ${JSON.stringify(value)}`);
  const whole = name === 'cpu' || name.endsWith('.device');
  if (whole && amount % 1_000_000n !== 0n) throw badParameters(`The slot ${name} takes whole numbers only.`);
  if (slotTypes[name] === 'unique' && amount > 1_000_000n) throw badParameters(`The slot ${name} allows one at most.`);
  // A site finds a wrong step when its agent allocates; there is one agent here, so the answer can come at once.
  if (name === 'cuda.shares' && amount % gpuQuantum !== 0n) {
    throw badParameters(`The slot ${name} must be a multiple of ${showAmount(gpuQuantum)}.`);
  }
  return amount;
}

/** A whole slot map as a client writes it; a slot that is `null` counts as not given. */
export function readSlots(values: Readonly<Record<string, unknown>>): Slots {
  const slots: Record<string, Amount> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) slots[name] = readSlot(name, value);
  }
  return slots;
}

export function add(a: Slots, b: Slots): Slots {
  const sum: Record<string, Amount> = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = (sum[name] ?? 0n) + amount;
  return sum;
}

/** So many times each slot. */
export function multiply(slots: Slots, count: number): Slots {
  return Object.fromEntries(Object.entries(slots).map(([name, amount]) => [name, amount * BigInt(count)]));
}

/** `a - b` for every slot of either; may go below zero. */
export function subtract(a: Slots, b: Slots): Slots {
  const rest: Record<string, Amount> = { ...a };
  for (const [name, amount] of Object.entries(b)) rest[name] = (rest[name] ?? 0n) - amount;
  return rest;
}

/** The slots of `wanted` that `free` cannot serve. */
export function lacking(wanted: Slots, free: Slots): readonly string[] {
  return Object.entries(wanted)
    .filter(([name, amount]) => amount > (free[name] ?? 0n))
    .map(([name]) => name);
}

export const fits = (wanted: Slots, free: Slots): boolean => lacking(wanted, free).length === 0;

/** The smaller amount of every slot of `a`. */
export function lower(a: Slots, b: Slots): Slots {
  return Object.fromEntries(
    Object.entries(a).map(([name, amount]) => {
      const other = b[name] ?? 0n;
      return [name, other < amount ? other : amount];
    }),
  );
}

/** Text amounts for JSON, every known slot present. */
export function showSlots(slots: Slots): Record<string, string> {
  return Object.fromEntries(slotNames.map((name) => [name, showAmount(slots[name] ?? 0n)]));
}

/** Text amounts of the slots that are there, as `occupied_slots` shows them. */
export function showPresent(slots: Slots): Record<string, string> {
  return Object.fromEntries(
    Object.entries(slots)
      .filter(([, amount]) => amount !== 0n)
      .map(([name, amount]) => [name, showAmount(amount)]),
  );
}
