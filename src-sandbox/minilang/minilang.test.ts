/**
 * The filter and order mini-languages, with generated filters checked against a plain evaluation.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter, type Fields, likePattern } from './evaluate.ts';
import { type Expression, parseFilter } from './filter.ts';
import { MinilangError } from './lexer.ts';
import { compileOrder, parseOrder } from './order.ts';

interface Row {
  readonly name: string;
  readonly size: number;
  readonly kind: string;
  readonly at: number | null;
  readonly tags: readonly string[];
}

const fields: Fields<Row> = {
  name: { kind: 'text', get: (row) => row.name },
  size: { kind: 'number', get: (row) => row.size },
  kind: { kind: 'enum', members: ['PENDING', 'RUNNING'], get: (row) => row.kind },
  at: { kind: 'time', get: (row) => row.at },
  tags: { kind: 'list', get: (row) => row.tags },
};

const rows: readonly Row[] = [
  { name: 'train-1', size: 1, kind: 'PENDING', at: null, tags: ['x'] },
  { name: 'Train_2', size: 2, kind: 'RUNNING', at: Date.parse('2026-01-15T00:00:00Z'), tags: [] },
  { name: 'eval "q"', size: 3, kind: 'RUNNING', at: Date.parse('2026-02-01T00:00:00Z'), tags: ['x', 'y'] },
];

function names(filter: string): readonly string[] {
  return rows.filter(compileFilter(parseFilter(filter), fields)).map((row) => row.name);
}

describe('filter', () => {
  it.each([
    ['name == "train-1"', ['train-1']],
    ['name ilike "train%"', ['train-1', 'Train_2']],
    ['name like "train%"', ['train-1']],
    ['name contains "\\"q\\""', ['eval "q"']],
    ['size >= 2 & kind == "RUNNING"', ['Train_2', 'eval "q"']],
    ['size in [1, 3]', ['train-1', 'eval "q"']],
    ['kind == "running"', ['Train_2', 'eval "q"']],
    ['at > "2026-01-20T00:00:00Z"', ['eval "q"']],
    ['at is null', ['train-1']],
    ['at isnot null', ['Train_2', 'eval "q"']],
    ['tags == "y"', ['eval "q"']],
    ['(kind != "PENDING" & kind != "X") | size == 1', null],
    ['!(size == 1)', ['Train_2', 'eval "q"']],
  ])('%s', (filter, expected) => {
    if (expected === null) expect(() => names(filter)).toThrow(MinilangError);
    else expect(names(filter)).toEqual(expected);
  });

  it('leaves out a row whose value is absent, negated or not', () => {
    expect(names('at != "2026-01-15T00:00:00Z"')).toEqual(['eval "q"']);
    expect(names('!(at == "2026-01-15T00:00:00Z")')).toEqual(['eval "q"']);
  });

  it('joins to the right with equal strength, as the manager does', () => {
    expect(parseFilter('size == 1 & size == 2 | size == 3')).toMatchObject({ kind: 'both', right: { kind: 'either' } });
    expect(parseFilter('!size == 1 & size == 2')).toMatchObject({ kind: 'not', inner: { kind: 'both' } });
    expect(parseFilter('(!size == 1) & size == 2')).toMatchObject({ kind: 'both', left: { kind: 'not' } });
  });

  it.each([
    '',
    'name',
    'name ==',
    'name == "a',
    'name == "a" &',
    '(name == "a"',
    'name = "a"',
    'a == 1 b == 2',
    '"a" == 1',
  ])('refuses %j', (filter) => {
    expect(() => parseFilter(filter)).toThrow(MinilangError);
  });

  it.each(['colour == "red"', 'size == "1"', 'at == "soon"', 'name in "a"', 'constructor == "a"'])(
    'refuses the field or value of %j',
    (filter) => {
      expect(() => compileFilter(parseFilter(filter), fields)).toThrow(MinilangError);
    },
  );

  it('never fails otherwise than with its own error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        try {
          compileFilter(parseFilter(text), fields);
        } catch (error) {
          expect(error).toBeInstanceOf(MinilangError);
        }
      }),
    );
    expect(() => parseFilter('('.repeat(10_000))).toThrow(MinilangError);
  });

  it('means what it says, for generated filters', () => {
    const leaf = fc.record({ kind: fc.constant('compare' as const), size: fc.integer({ min: 0, max: 4 }) });
    interface Tree {
      readonly kind: 'compare' | 'both' | 'either' | 'not';
      readonly size?: number;
      readonly left?: Tree;
      readonly right?: Tree;
    }
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.record({ kind: fc.constantFrom('both' as const, 'either' as const), left: tie('tree'), right: tie('tree') }),
        fc.record({ kind: fc.constant('not' as const), left: tie('tree') }),
      ),
    }));
    const show = (one: Tree | undefined): string => {
      if (one?.kind === 'compare') return `size == ${one.size}`;
      if (one?.kind === 'not') return `(! (${show(one.left)}))`;
      return `(${show(one?.left)}) ${one?.kind === 'both' ? '&' : '|'} (${show(one?.right)})`;
    };
    const holds = (one: Tree | undefined, size: number): boolean => {
      if (one?.kind === 'compare') return one.size === size;
      if (one?.kind === 'not') return !holds(one.left, size);
      if (one?.kind === 'both') return holds(one.left, size) && holds(one.right, size);
      return holds(one?.left, size) || holds(one?.right, size);
    };
    fc.assert(
      fc.property(tree, (one) => {
        const parsed: Expression = parseFilter(show(one));
        const test = compileFilter(parsed, fields);
        for (const row of rows) expect(test(row)).toBe(holds(one, row.size));
      }),
    );
  });
});

describe('like', () => {
  it('takes % and _ as wildcards and everything else as it stands', () => {
    expect(likePattern('a%', '').test('abc')).toBe(true);
    expect(likePattern('a_c', '').test('abc')).toBe(true);
    expect(likePattern('a.c', '').test('abc')).toBe(false);
    expect(likePattern('100\\%', '').test('100%')).toBe(true);
    expect(likePattern('100\\%', '').test('1000')).toBe(false);
  });
});

describe('order', () => {
  const sorted = (order: string): readonly number[] =>
    [...rows].sort(compileOrder(parseOrder(order), fields)).map((row) => row.size);

  it('sorts by several fields, absent values last when ascending', () => {
    expect(sorted('-size')).toEqual([3, 2, 1]);
    expect(sorted('at')).toEqual([2, 3, 1]);
    expect(sorted('-at')).toEqual([1, 3, 2]);
    expect(sorted('-kind, +size')).toEqual([2, 3, 1]);
  });

  it.each(['', '-', 'size,', 'size size', '!size', 'nothing'])('refuses %j', (order) => {
    expect(() => compileOrder(parseOrder(order), fields)).toThrow(MinilangError);
  });
});
