import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Condition, filterText, orderText, simplified } from './minilang.ts';
import { knownStatuses, verdictOf } from './status-names.ts';
import { featuresOf } from './version-gates.ts';

type Row = Readonly<Record<string, string | number | null>>;

/** What the condition means, without the language. */
function holds(condition: Condition, row: Row): boolean {
  if ('all' in condition) return condition.all.every((one) => holds(one, row));
  if ('any' in condition) return condition.any.some((one) => holds(one, row));
  if ('not' in condition) return !holds(condition.not, row);
  const value = row[condition.field] ?? null;
  if (condition.op === 'includes') return String(value).toLowerCase().includes(condition.value.toLowerCase());
  if (condition.op === 'in') return condition.value.includes(value);
  return condition.op === '==' ? value === condition.value : value !== condition.value;
}

/** An evaluator of the wire's language after the rules of the server's grammar: quotes end at the first quote that no odd
 * number of backslashes stands before, `\"` is the only escape, operators have no precedence. */
function evaluate(text: string, row: Row): boolean {
  let at = 0;
  const rest = () => text.slice(at);
  const take = (pattern: RegExp): string => {
    const match = pattern.exec(rest());
    if (match?.index !== 0) throw new SyntaxError(`At ${at} of ${text}`);
    at += match[0].length;
    return match[0];
  };
  const space = () => take(/\s*/);
  const value = (): string | number | null => {
    if (rest().startsWith('"')) {
      return take(/".*?(?<!\\)(?:\\\\)*?"/)
        .slice(1, -1)
        .replaceAll('\\"', '"');
    }
    if (rest().startsWith('null')) {
      take(/null/);
      return null;
    }
    return Number(take(/[+-]?\d+(\.\d+)?/));
  };
  const like = (subject: string, pattern: string, flags: string) => {
    const source = pattern.replace(/\\?[\s\S]/g, (part) => {
      if (part === '%') return '[\\s\\S]*';
      if (part === '_') return '[\\s\\S]';
      const literal = part.length === 2 ? part.slice(1) : part;
      return literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    });
    return new RegExp(`^${source}$`, flags).test(subject);
  };
  const single = (): boolean => {
    space();
    if (rest().startsWith('(')) {
      take(/\(/);
      const inner = expression();
      space();
      take(/\)/);
      return inner;
    }
    if (rest().startsWith('!')) {
      take(/!/);
      return !single();
    }
    const field = take(/[A-Za-z_]\w*/);
    space();
    const operator = take(/==|!=|isnot|is|ilike|like|>=|<=|>|</);
    space();
    const wanted = value();
    const known = row[field] ?? null;
    if (operator === 'ilike') return like(String(known), String(wanted), 'i');
    if (operator === 'like') return like(String(known), String(wanted), '');
    if (operator === '==' || operator === 'is') return known === wanted;
    return known !== wanted;
  };
  const expression = (): boolean => {
    let result = single();
    let used: string | null = null;
    for (;;) {
      space();
      if (!/^[&|]/.test(rest())) return result;
      const operator = take(/[&|]/);
      if (used !== null && used !== operator) throw new SyntaxError('Two operators without parentheses');
      used = operator;
      const right = single();
      result = operator === '&' ? result && right : result || right;
    }
  };
  const result = expression();
  space();
  if (at !== text.length) throw new SyntaxError(`Left over: ${rest()}`);
  return result;
}

const special = fc.constantFrom('"', '\\', '%', '_', '&', '|', '(', ')', '\\"', '한', ' ', 'a', 'B', '💾', "'");
const words = fc.array(special, { maxLength: 6 }).map((parts) => parts.join(''));
const rows = fc.record({ name: words, tag: words, status: fc.constantFrom('RUNNING', 'PENDING', 'ERROR') });
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ field: fc.constantFrom('name', 'tag'), op: fc.constantFrom('==', '!='), value: words }),
  fc.record({ field: fc.constantFrom('name', 'tag'), op: fc.constant('includes'), value: words }),
  fc.record({
    field: fc.constant('status'),
    op: fc.constantFrom('==', '!='),
    value: fc.constantFrom('RUNNING', 'ERROR', 'PREEMPTED'),
  }),
  fc.record({
    field: fc.constant('status'),
    op: fc.constant('in'),
    value: fc.array(fc.constantFrom('RUNNING', 'PENDING', 'RESERVED'), { minLength: 1, maxLength: 3 }),
  }),
);
const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
}));

describe('filterText', () => {
  it('means on the wire what the condition means, whatever the texts hold', () => {
    fc.assert(
      fc.property(tree, rows, (condition, row) => {
        expect(evaluate(filterText(condition), row)).toBe(holds(condition, row));
      }),
      { numRuns: 2000 },
    );
  });

  it('writes what a person would', () => {
    const running: Condition = { field: 'status', op: '!=', value: 'terminated' };
    expect(filterText(running)).toBe('status != "TERMINATED"');
    expect(filterText({ all: [running, { field: 'name', op: 'includes', value: '50%' }] })).toBe(
      '(status != "TERMINATED") & (name ilike "%50\\%%")',
    );
    expect(filterText({ field: 'starts_at', op: '==', value: null })).toBe('starts_at is null');
    expect(filterText({ field: 'cluster_size', op: '>=', value: 2 })).toBe('cluster_size >= 2');
  });

  it.each([
    { field: 'name; drop', op: '==', value: 'x' },
    { field: 'name', op: '==', value: 'two\nlines' },
    { field: 'priority', op: '>', value: Number.NaN },
    { all: [] },
  ] as const)('refuses %j', (condition) => {
    expect(() => filterText(condition)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  it('orders', () => {
    expect(orderText([{ field: 'created_at', descending: true }, { field: 'name' }])).toBe('-created_at,name');
    expect(() => orderText([{ field: '-x' }])).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});

describe('simplified', () => {
  const families = ['22.03.14', '22.09.23', '23.09.11', '24.09.14', '24.12.0', '25.15.12', '26.4.10', '26.8.1'];

  it('never names a status that the manager does not know, and answers the same', () => {
    fc.assert(
      fc.property(tree, rows, fc.constantFrom(...families), (condition, row, manager) => {
        const can = featuresOf(manager);
        const simple = simplified(condition, verdictOf(can));
        const text = typeof simple === 'boolean' ? null : filterText(simple);
        expect(text === null ? simple : evaluate(text, row)).toBe(holds(condition, row));
        const named = [...(text ?? '').matchAll(/status [!=]= "(\w+)"/g)].map((match) => match[1] ?? '');
        expect(named.filter((status) => !knownStatuses(can).has(status))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['22.03.14', 'RUNNING_DEGRADED', false],
    ['22.03.14', 'BUILDING', true],
    ['23.03.12', 'RUNNING_DEGRADED', true],
    ['23.03.12', 'BUILDING', false],
    ['24.09.14', 'PREPARED', false],
    ['24.12.0', 'CREATING', true],
    ['25.15.12', 'DEPRIORITIZING', false],
    ['26.4.10', 'DEPRIORITIZING', true],
    ['26.4.10', 'RESCHEDULING', false],
    ['26.8.1', 'PREEMPTED', true],
  ] as const)('%s knows %s: %s', (manager, status, known) => {
    expect(knownStatuses(featuresOf(manager)).has(status)).toBe(known);
  });
});
