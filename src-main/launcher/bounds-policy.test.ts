import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bound, type LimitSource, type SlotInfo } from '../../src-preload/contract/launcher.ts';
import { automaticShmemBytes, parseAmount, parseBytes } from './amount-policy.ts';
import { boundsOf, type SourcedSlots, supports } from './bounds-policy.ts';

const gib = 2 ** 30;
const mib = 2 ** 20;

function slot(name: string, step: number | null = name === 'mem' ? null : 1): SlotInfo {
  return { name, unit: 'u', title: name, description: '', step };
}

describe('amounts', () => {
  it.each([
    ['4g', 4 * gib],
    ['1.5g', 1.5 * gib],
    ['512MiB', 512 * mib],
    ['64m', 64 * mib],
    ['67108864', 67_108_864],
    ['0', 0],
    ['4.294967296E+9', 4_294_967_296],
    ['1 GiB', gib],
    ['Infinity', null],
    ['NaN', null],
    ['inf', null],
    ['', null],
    ['-1', null],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it('reads Infinity, NaN, empty and missing as no bound', () => {
    for (const text of ['Infinity', 'NaN', '', undefined, '-Infinity', 'many']) {
      expect(parseAmount('cpu', text)).toBeNull();
      expect(parseAmount('mem', text)).toBeNull();
    }
    expect(parseAmount('cuda.shares', '0.5')).toBe(0.5);
  });

  it('chooses shared memory as the official client does', () => {
    expect(automaticShmemBytes(2 * gib, 0)).toBe(64 * mib);
    expect(automaticShmemBytes(4 * gib, 3 * gib)).toBe(gib);
    expect(automaticShmemBytes(4 * gib, 3.5 * gib)).toBe(64 * mib);
  });
});

describe('supports', () => {
  it.each([
    ['cuda.shares', ['cuda'], true],
    ['cuda.device', ['*'], true],
    ['cuda.device', [''], true],
    ['cuda.device', [], false],
    ['rocm.device', ['cuda'], false],
    ['cpu', [], true],
  ])('%s with %j: %s', (name, accelerators, expected) => {
    expect(supports(name, accelerators)).toBe(expected);
  });
});

describe('boundsOf', () => {
  const image = { minimum: { cpu: '1', mem: '1g', 'cuda.shares': '0.1' }, maximum: {}, accelerators: ['cuda'] };

  it('names who limits', () => {
    const bounds = boundsOf({
      slots: [slot('cpu'), slot('mem'), slot('cuda.shares', 0.1), slot('rocm.device')],
      image: { ...image, maximum: { cpu: '0', mem: '8g' } },
      limits: [
        { by: 'policy', slots: { cpu: '16', mem: String(16 * gib), 'cuda.shares': 'Infinity' } },
        { by: 'project', slots: { cpu: '8', mem: 'NaN' } },
      ],
      remaining: [
        { by: 'project', slots: { cpu: 'NaN' } },
        { by: 'policy', slots: { cpu: '6', 'cuda.shares': '2' } },
        { by: 'resource-group', slots: { cpu: '6', 'cuda.shares': '0.5' } },
      ],
    });
    expect(bounds).toMatchObject([
      { slot: 'cpu', min: 1, minBy: 'image', max: 8, maxBy: 'project', remaining: 6, remainingBy: 'policy', step: 1 },
      {
        slot: 'mem',
        min: gib + 64 * mib,
        minBy: 'image',
        max: 8 * gib,
        maxBy: 'image',
        remaining: null,
        remainingBy: null,
      },
      {
        slot: 'cuda.shares',
        min: 0.1,
        max: null,
        maxBy: null,
        remaining: 0.5,
        remainingBy: 'resource-group',
        step: 0.1,
      },
      { slot: 'rocm.device', min: 0, max: 0, maxBy: 'image', remaining: null },
    ]);
  });

  it('knows what no machine of the group has, and names the policy where both are alike', () => {
    const [cpu, mem, gpu] = boundsOf({
      slots: [slot('cpu'), slot('mem'), slot('cuda.shares', 0.1)],
      image,
      limits: [{ by: 'policy', slots: { cpu: '16', mem: String(8 * gib), 'cuda.shares': '1' } }],
      inGroup: { cpu: '2', mem: String(8 * gib) },
      remaining: [],
    });
    // Of the containers of a cluster each may lie on another machine, so the whole session is the policy's alone.
    expect(cpu).toMatchObject({ max: 2, maxBy: 'resource-group', total: 16, totalBy: 'policy' });
    expect(mem).toMatchObject({ max: 8 * gib, maxBy: 'policy' });
    expect(gpu).toMatchObject({ max: 1, maxBy: 'policy' });
  });

  it('has room for shared memory even where the image asks for nothing', () => {
    const [bound] = boundsOf({
      slots: [slot('mem')],
      image: { minimum: {}, maximum: {}, accelerators: [] },
      limits: [],
      remaining: [],
    });
    expect(bound).toMatchObject({ min: 128 * mib, minBy: 'site', max: null });
  });

  it('keeps what a container and what a session may have apart, to the byte', () => {
    const bytes = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 50n }).map(String), fc.constantFrom('Infinity', 'NaN'));
    const sources = fc.array(
      fc.record({ by: fc.constantFrom<LimitSource>('policy', 'project'), slots: fc.record({ mem: bytes }) }),
    );
    /** Exact integers: the smallest that is told. */
    const least = (given: readonly SourcedSlots[]): bigint | null => {
      const told = given.flatMap(({ slots }) => (/^\d+$/.test(slots.mem ?? '') ? [BigInt(slots.mem ?? '')] : []));
      return told.length === 0 ? null : told.reduce((a, b) => (b < a ? b : a));
    };
    fc.assert(
      fc.property(sources, sources, bytes, (limits, perContainer, own) => {
        const question = { slots: [slot('mem')], image, limits, perContainer, remaining: [], own: { mem: own } };
        const [bound] = boundsOf(question);
        const exact = (value: number | null | undefined) => (value === null ? null : BigInt(value ?? -1));
        expect(exact(bound?.total)).toBe(least(limits));
        expect(exact(bound?.max)).toBe(least([...limits, ...perContainer]));
        expect(exact(bound?.own)).toBe(/^\d+$/.test(own) ? BigInt(own) : 0n);
      }),
    );
  });

  it('agrees with a slow model for any limits', () => {
    const amount = fc.oneof(
      fc.constantFrom('Infinity', 'NaN', '', '0', '-3', 'x'),
      fc.nat({ max: 64 }).map(String),
      fc.integer({ min: 0, max: 100 }).map((tenths) => (tenths / 10).toFixed(1)),
    );
    const slots = fc.dictionary(fc.constantFrom('cpu', 'cuda.shares', 'cuda.device'), amount);
    const sourced = fc.array(
      fc.record({ by: fc.constantFrom<LimitSource>('policy', 'project', 'resource-group'), slots }),
      { maxLength: 4 },
    );
    const names = ['cpu', 'cuda.shares', 'cuda.device'];

    /** All amounts a source allows, tried one by one in tenths: the largest that every source lets through. */
    const model = (name: string, sources: readonly SourcedSlots[]): number | null => {
      const finite = sources
        .map((source) => Number(source.slots[name]?.trim() === '' ? 'x' : (source.slots[name] ?? 'x')))
        .filter(Number.isFinite);
      if (finite.length === 0) return null;
      let best = 0;
      for (let tenths = 0; tenths <= 1000; tenths++) {
        if (finite.every((limit) => tenths / 10 <= limit)) best = tenths / 10;
      }
      return best;
    };

    fc.assert(
      fc.property(sourced, sourced, slots, (limits, remaining, minimum) => {
        const bounds = boundsOf({
          slots: names.map((name) => slot(name, name === 'cuda.shares' ? 0.1 : 1)),
          image: { minimum, maximum: {}, accelerators: ['*'] },
          limits,
          remaining,
        });
        for (const bound of bounds) {
          Bound.parse(bound);
          expect(bound.max).toBe(model(bound.slot, limits));
          expect(bound.remaining).toBe(model(bound.slot, remaining));
          const named = limits.filter(
            ({ by, slots: given }) => by === bound.maxBy && Math.max(0, Number(given[bound.slot])) === bound.max,
          );
          expect(bound.max === null || named.length > 0).toBe(true);
          expect(bound.min).toBeGreaterThanOrEqual(bound.slot === 'cpu' ? 1 : 0);
        }
      }),
    );
  });
});
