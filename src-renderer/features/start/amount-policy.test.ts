/**
 * The arithmetic of amounts against an independent slow model: exact fractions of BigInt and brute force over every
 * amount that could be typed, written from the rules and not from the code.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bound } from '../../../src-preload/contract/launcher.ts';
import {
  type AmountRule,
  clampToGrid,
  decimalTicks,
  judgeAmount,
  memoryTicks,
  mibBytes,
  mostFree,
  readTicks,
  ruleOf,
  showTicks,
  slotToText,
  stepAmount,
  toSlotText,
} from './amount-policy.ts';

/** An exact fraction. */
interface Exact {
  readonly n: bigint;
  readonly d: bigint;
}
function exact(text: string): Exact | null {
  const plain = text.trim().replace(',', '.');
  if (!/^(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
  const [whole = '', fraction = ''] = plain.split('.');
  return { n: BigInt(`${whole}${fraction}` || '0'), d: 10n ** BigInt(fraction.length) };
}
const less = (a: Exact, b: Exact) => a.n * b.d < b.n * a.d;
const isWhole = (a: Exact) => a.n % a.d === 0n;
const over = (a: Exact, b: Exact): Exact => ({ n: a.n * b.d, d: a.d * b.n });

const bound = (change: Partial<Bound>): Bound => ({
  slot: 'cuda.shares',
  min: 0,
  minBy: 'image',
  max: null,
  maxBy: 'policy',
  remaining: null,
  remainingBy: 'resource-group',
  total: null,
  totalBy: 'policy',
  own: null,
  step: 0.1,
  unit: 'fGPU',
  ...change,
});
const tenths = (count: number) => (count / 10).toString();

describe('reading and showing', () => {
  it('reads what people type, and nothing else', () => {
    for (const [text, value] of [
      ['4', 4],
      [' 0.5 ', 0.5],
      ['0,5', 0.5],
      ['.5', 0.5],
      ['2.', 2],
    ] as const) {
      expect(readTicks(text, decimalTicks), text).toBe(value * decimalTicks);
    }
    for (const text of ['', ' ', '.', ',', '-1', '1e3', '4 GiB', '1,2,3', 'Infinity', '٣']) {
      expect(readTicks(text, decimalTicks), text).toBeNull();
    }
  });
  it('rounds to the nearest tick as exact arithmetic does', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(memoryTicks, decimalTicks),
        (digits, places, perUnit) => {
          const raw = digits.toString().padStart(places + 1, '0');
          const text = places === 0 ? raw : `${raw.slice(0, -places)}.${raw.slice(-places)}`;
          const value = exact(text);
          const ticks = BigInt(readTicks(text, perUnit) ?? -1);
          if (value === null || ticks > BigInt(Number.MAX_SAFE_INTEGER) / 2n) return;
          // At most half a tick away: |value * perUnit - ticks| * 2 <= 1.
          const off = value.n * BigInt(perUnit) - ticks * value.d;
          expect((off < 0n ? -off : off) * 2n <= value.d).toBe(true);
        },
      ),
    );
  });
  it('shows what it reads, for every tick', () => {
    fc.assert(
      fc.property(fc.nat(50_000_000), fc.constantFrom(memoryTicks, decimalTicks), (ticks, perUnit) => {
        expect(readTicks(showTicks(ticks, perUnit), perUnit)).toBe(ticks);
      }),
    );
  });
  it('does not lose a number that is too large for a float', () => {
    expect(judgeAmount('9'.repeat(40), ruleOf(bound({ max: 8 }))).problem).toBe('above');
  });
});

describe('judging, against exact fractions', () => {
  const grid = fc.record({
    step: fc.constantFrom('0.01', '0.05', '0.1', '0.125', '0.25', '0.3', '1'),
    min: fc.nat(30),
    span: fc.nat(60),
    free: fc.nat(100),
    typed: fc.nat(100),
    off: fc.constantFrom('', '5', '05', '00001'),
  });
  it('says below, above, off the step and waits as the fractions do', () => {
    fc.assert(
      fc.property(grid, ({ step, min, span, free, typed, off }) => {
        const of = (count: number) => Number((Number(step) * count).toFixed(6));
        const rule = ruleOf(bound({ step: Number(step), min: of(min), max: of(min + span), remaining: of(free) }));
        const base = of(typed).toString();
        const text = off === '' ? base : `${base.includes('.') ? base : `${base}.0`}${off}`;
        const value = exact(text);
        const stepExact = exact(step);
        if (value === null || stepExact === null) throw new Error('the model reads its own numbers');
        // The rule compares after five decimals: a finer digit is rounded away first.
        const ticks = readTicks(text, decimalTicks) ?? 0;
        const rounded: Exact = { n: BigInt(ticks), d: BigInt(decimalTicks) };
        const at = (count: number): Exact => ({ n: stepExact.n * BigInt(count), d: stepExact.d });
        const expected = less(rounded, at(min))
          ? 'below'
          : less(at(min + span), rounded)
            ? 'above'
            : isWhole(over(rounded, stepExact))
              ? null
              : 'off-step';
        const verdict = judgeAmount(text, rule);
        expect(verdict.problem).toBe(expected);
        expect(verdict.waits).toBe(less(at(free), rounded));
      }),
    );
  });
  it('takes tenths that floating point cannot hold, and every bound as it is shown', () => {
    const rule = ruleOf(bound({ max: 8 }));
    for (let count = 0; count <= 80; count += 1) expect(judgeAmount(String(count * 0.1), rule).problem).toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: mibBytes, max: 2 ** 46 }), (max) => {
        const memory = ruleOf(bound({ slot: 'mem', max }));
        const text = showTicks(memory.max ?? 0, memory.perUnit);
        expect(judgeAmount(text, memory).problem).toBeNull();
        expect(Number(toSlotText(readTicks(text, memory.perUnit) ?? 0, 'mem'))).toBeLessThanOrEqual(max);
      }),
    );
  });
  it('names the ways to be no amount, and a limit below the need', () => {
    const rule = ruleOf(bound({ max: 8 }));
    expect(judgeAmount('', rule).problem).toBe('empty');
    expect(judgeAmount('half', rule).problem).toBe('not-a-number');
    expect(judgeAmount('1', ruleOf(bound({ min: 2, max: 1 }))).problem).toBe('impossible');
  });
});

describe('stepping and clamping, against every amount there is', () => {
  const rules = fc
    .record({ step: fc.integer({ min: 1, max: 7 }), min: fc.nat(40), max: fc.nat(120), exactly: fc.boolean() })
    .map(({ step, min, max, exactly }): AmountRule => {
      const rule = ruleOf(bound({ slot: 'cpu', step: 1 }));
      return { ...rule, perUnit: 1, step, min, max: min + max, exact: exactly };
    });
  const allowed = (rule: AmountRule) =>
    Array.from({ length: (rule.max ?? 0) + 1 }, (_, ticks) => ticks).filter(
      (ticks) => ticks >= rule.min && (!rule.exact || ticks % rule.step === 0),
    );
  it('lands on an allowed amount, and there is none nearer on the grid', () => {
    fc.assert(
      fc.property(rules, fc.nat(200), (rule, wanted) => {
        const all = allowed(rule);
        if (all.length === 0) return;
        const found = clampToGrid(wanted, rule);
        expect(all).toContain(found);
        const onGrid = all.filter((ticks) => ticks % rule.step === 0 || ticks === rule.min || ticks === rule.max);
        const best = Math.min(...onGrid.map((ticks) => Math.abs(ticks - wanted)));
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(best + rule.step / 2);
      }),
    );
  });
  it('finds the most that is free', () => {
    fc.assert(
      fc.property(rules, fc.nat(200), (rule, remaining) => {
        const free = allowed(rule).filter((ticks) => ticks <= remaining);
        expect(mostFree({ ...rule, remaining })).toBe(free.length === 0 ? null : Math.max(...free));
      }),
    );
  });
  it('goes up and down again to where it was, and from between two steps to the next one', () => {
    const rule = ruleOf(bound({ max: 8 }));
    for (let count = 0; count < 80; count += 1) {
      expect(stepAmount(stepAmount(tenths(count), 1, rule), -1, rule)).toBe(tenths(count));
    }
    expect(stepAmount('0.55', 1, rule)).toBe('0.6');
    expect(stepAmount('0.55', -1, rule)).toBe('0.5');
    expect(stepAmount('no number', 1, { ...rule, min: decimalTicks })).toBe('1.1');
  });
});

describe('clusters and several sessions', () => {
  it('shares what a session and a go may have as whole division does', () => {
    fc.assert(
      fc.property(
        fc.record({ total: fc.nat(64), single: fc.nat(64), free: fc.nat(64) }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(70),
        ({ total, single, free }, containers, sessions, cores) => {
          const rule = ruleOf(bound({ slot: 'cpu', step: 1, total, max: Math.min(single, total), remaining: free }), {
            containers,
            sessions,
          });
          const { problem, waits } = judgeAmount(String(cores), rule);
          // Without sharing: each container within its limit, all of a session within the session's, all within free.
          expect(problem === 'above').toBe(cores > Math.min(single, total) || cores * containers > total);
          expect(waits).toBe(cores * containers * sessions > free);
        },
      ),
    );
  });
  it('takes whole GPUs only in a cluster', () => {
    const rule = ruleOf(bound({ max: 8, total: 8 }), { containers: 2, sessions: 1 });
    expect(judgeAmount('0.5', rule).problem).toBe('off-step');
    expect(judgeAmount('2', rule).problem).toBeNull();
  });
});

it('writes memory in bytes and others as decimals', () => {
  expect(toSlotText(1536, 'mem')).toBe('1610612736');
  expect(toSlotText(readTicks('0.30', decimalTicks) ?? 0, 'cuda.shares')).toBe('0.3');
  expect(slotToText(1610612736, 'mem')).toBe('1.5');
  expect(slotToText(0.1 + 0.2, 'cuda.shares')).toBe('0.3');
});
