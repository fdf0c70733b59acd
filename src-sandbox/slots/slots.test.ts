/**
 * Exactness of slot arithmetic and the reading of amounts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBinarySize, readDecimal, showAmount, units } from './amount.ts';
import { agentCapacity } from './capacity.ts';
import { add, fits, lacking, readSlots, showSlots, subtract } from './slots.ts';

describe('amounts', () => {
  it.each([
    ['4g', '4294967296'],
    ['1.5GiB', '1610612736'],
    ['64m', '67108864'],
    ['512', '512'],
    ['2 K', '2048'],
    ['1_024', '1024'],
    ['16 bytes', '16'],
  ])('reads the size %s', (text, bytes) => {
    expect(showAmount(readBinarySize(text) ?? -1n)).toBe(bytes);
  });

  it.each(['', 'g', '1.5', '-1g', '4q', 'NaN', '4g4'])('refuses the size %j', (text) => {
    expect(readBinarySize(text)).toBeNull();
  });

  it('shows what it reads', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (amount) => {
        expect(readDecimal(showAmount(amount))).toBe(amount);
      }),
    );
    expect(showAmount(readDecimal('1.0e1') ?? 0n)).toBe('10');
    expect(readDecimal('0.0000001')).toBeNull();
  });
});

describe('slots', () => {
  const slots = fc.dictionary(fc.constantFrom('cpu', 'mem', 'cuda.shares'), fc.bigInt({ min: 0n, max: 10n ** 18n }));

  it('adds fractions without loss', () => {
    const tenth = readSlots({ 'cuda.shares': '0.1' });
    const sum = Array.from({ length: 10 }).reduce<typeof tenth>((total) => add(total, tenth), {});
    expect(showSlots(sum)['cuda.shares']).toBe('1');
  });

  it('takes away what it added', () => {
    fc.assert(
      fc.property(slots, slots, (a, b) => {
        const back = subtract(add(a, b), b);
        for (const name of Object.keys(a)) expect(back[name]).toBe(a[name]);
        expect(fits(b, add(a, b))).toBe(true);
      }),
    );
  });

  it('names what is lacking', () => {
    expect(lacking({ cpu: units(2), mem: units(1) }, { cpu: units(1), mem: units(1) })).toEqual(['cpu']);
    expect(lacking({ 'cuda.shares': 1n }, {})).toEqual(['cuda.shares']);
  });

  it.each([
    [{ gold: '1' }, /Unknown slot/],
    [{ cpu: 'many' }, /Invalid amount/],
    [{ cpu: '-1' }, /Invalid amount/],
    [{ cpu: '0.5' }, /whole numbers/],
    [{ 'cuda.shares': '0.15' }, /multiple of 0.1/],
    [{ mem: true }, /Invalid amount/],
  ])('refuses %j', (given, reason) => {
    expect(() => readSlots(given)).toThrow(reason);
  });

  it('offers at least four cores and the memory that is there', () => {
    expect(showSlots(agentCapacity(2, 8 * 1024 ** 3 + 5))).toMatchObject({
      cpu: '4',
      mem: '8589934592',
      'cuda.shares': '2',
    });
    expect(showSlots(agentCapacity(16, 1024 ** 3)).cpu).toBe('16');
  });
});
