import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bound } from '../../../src-preload/contract/launcher.ts';
import {
  type AmountRule,
  clampToGrid,
  formatAmount,
  gibBytes,
  isMultiple,
  judgeAmount,
  mibBytes,
  parseAmount,
  ruleOf,
  sliderEnd,
  stepAmount,
  toBytes,
  toSlotText,
} from './amount-policy.ts';

const gpu: AmountRule = {
  slot: 'cuda.shares',
  min: 0,
  minBy: 'image',
  max: 8,
  maxBy: 'policy',
  remaining: 2,
  remainingBy: 'resource-group',
  step: 0.1,
  exact: true,
};
const memory: Bound = {
  slot: 'mem',
  min: 192 * mibBytes,
  minBy: 'image',
  max: 64 * gibBytes,
  maxBy: 'policy',
  remaining: 10 * gibBytes,
  remainingBy: 'project',
  step: 1,
  unit: 'GiB',
};

describe('parseAmount', () => {
  it.each([
    ['4', 4],
    [' 0.5 ', 0.5],
    ['0,5', 0.5],
    ['.5', 0.5],
    ['2.', 2],
  ])('reads %j', (text, value) => expect(parseAmount(text)).toBe(value));
  it.each(['', ' ', '.', '-1', '1e3', '4 GiB', '1,2,3', 'Infinity'])('does not read %j', (text) =>
    expect(parseAmount(text)).toBeNull(),
  );
});

describe('judgeAmount', () => {
  it('takes tenths that floating point cannot hold', () => {
    for (let tenths = 0; tenths <= 80; tenths += 1) {
      expect(judgeAmount(formatAmount(tenths * 0.1), gpu).problem).toBeNull();
    }
  });
  it('names what is wrong', () => {
    expect(judgeAmount('', gpu).problem).toBe('empty');
    expect(judgeAmount('half', gpu).problem).toBe('not-a-number');
    expect(judgeAmount('0.55', gpu).problem).toBe('off-step');
    expect(judgeAmount('8.1', gpu).problem).toBe('above');
    expect(judgeAmount('0', { ...gpu, min: 1 }).problem).toBe('below');
    expect(judgeAmount('1', { ...gpu, min: 2, max: 1 }).problem).toBe('impossible');
  });
  it('lets more than remaining wait, and only more', () => {
    expect(judgeAmount('2', gpu)).toMatchObject({ problem: null, waits: false });
    expect(judgeAmount('2.1', gpu)).toMatchObject({ problem: null, waits: true });
  });
  it('takes each bound of memory as it is shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: mibBytes, max: 64 * gibBytes }), (max) => {
        const rule = ruleOf({ ...memory, min: 0, max });
        expect(judgeAmount(formatAmount(rule.max ?? 0), rule).problem).toBeNull();
      }),
    );
  });
});

describe('stepping', () => {
  const rules = fc
    .record({
      step: fc.constantFrom(0.05, 0.1, 0.25, 0.5, 1),
      min: fc.integer({ min: 0, max: 20 }),
      span: fc.integer({ min: 0, max: 400 }),
    })
    .map(({ step, min, span }): AmountRule => ({ ...gpu, step, min: min * step, max: (min + span) * step }));

  it('stays on the grid and within the bounds, from whatever was typed', () => {
    fc.assert(
      fc.property(
        rules,
        fc.float({ min: 0, max: 300, noNaN: true }),
        fc.integer({ min: -9, max: 9 }),
        (rule, from, by) => {
          const after = stepAmount(formatAmount(from), by, rule);
          expect(judgeAmount(after, rule).problem).toBeNull();
          expect(isMultiple(Number(after), rule.step)).toBe(true);
        },
      ),
    );
  });
  it('goes up and down again to where it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 79 }), (tenths) => {
        const text = formatAmount(tenths * 0.1);
        expect(stepAmount(stepAmount(text, 1, gpu), -1, gpu)).toBe(text);
      }),
    );
  });
  it('moves from between two steps to the next one', () => {
    expect(stepAmount('0.55', 1, gpu)).toBe('0.6');
    expect(stepAmount('0.55', -1, gpu)).toBe('0.5');
    expect(stepAmount('not a number', 1, { ...gpu, min: 1 })).toBe('1.1');
  });
  it('moves a bound that is off the grid inwards', () => {
    expect(clampToGrid(99, { ...gpu, max: 0.35 })).toBe(0.3);
    expect(clampToGrid(0, { ...gpu, min: 0.15 })).toBe(0.2);
  });
});

describe('memory in bytes', () => {
  it('is whole MiB', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 * 1024 }), (mib) => {
        const typed = Number(formatAmount((mib * mibBytes) / gibBytes));
        expect(toBytes(typed)).toBe(mib * mibBytes);
      }),
    );
  });
  it('never leaves a bound that was typed as shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 64 * mibBytes, max: 512 * gibBytes }), (max) => {
        const bytes = toBytes(Number(formatAmount(max / gibBytes)), { min: 0, max });
        expect(bytes).toBeLessThanOrEqual(max);
      }),
    );
  });
  it('goes on the wire as bytes, others as decimals', () => {
    expect(toSlotText(1.5, memory, 'mem')).toBe('1610612736');
    expect(toSlotText(0.1 + 0.2, undefined, 'cuda.shares')).toBe('0.3');
  });
});

it('gives the slider an end even without a limit', () => {
  expect(sliderEnd({ ...gpu, max: null, remaining: null }, 3)).toBeGreaterThan(3);
  expect(sliderEnd(gpu, 3)).toBe(8);
});
