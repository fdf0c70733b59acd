/**
 * Turns a parsed filter into a predicate over rows, with SQL's three-valued logic: a comparison with an absent value is
 * neither true nor false, and such a row is not selected.
 */
import type { Atom, Expression, Operator, Value } from './filter.ts';
import { MinilangError } from './lexer.ts';

export type Field<Row> =
  | { readonly kind: 'text' | 'number'; readonly get: (row: Row) => string | number | null }
  | { readonly kind: 'enum'; readonly get: (row: Row) => string; readonly members: readonly string[] }
  /** Values are moments in milliseconds; a filter writes them as dates. */
  | { readonly kind: 'time'; readonly get: (row: Row) => number | null }
  /** True when any item matches. */
  | { readonly kind: 'list'; readonly get: (row: Row) => readonly string[] };

export type Fields<Row> = Readonly<Record<string, Field<Row>>>;

type Verdict = boolean | null;
type Test = (actual: string | number) => boolean;

/** A LIKE pattern as a regular expression: `%` any text, `_` one character, backslash escapes. */
export function likePattern(pattern: string, flags: string): RegExp {
  const parts = pattern.match(/\\.|[%_]|[^\\%_]+|\\/gs) ?? [];
  const source = parts.map((part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    const plain = part.startsWith('\\') && part.length > 1 ? part.slice(1) : part;
    return plain.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, `s${flags}`);
}

function readAtom<Row>(name: string, field: Field<Row>, atom: Atom): string | number | null {
  if (atom === null) return null;
  if (field.kind === 'enum') {
    const member = field.members.find((known) => known.toLowerCase() === String(atom).toLowerCase());
    if (member === undefined) throw new MinilangError(`Invalid enum value: ${String(atom)}`);
    return member;
  }
  if (field.kind === 'time') {
    const moment = typeof atom === 'string' ? Date.parse(atom) : Number.NaN;
    if (Number.isNaN(moment)) throw new MinilangError(`The field ${name} takes a date.`);
    return moment;
  }
  const wanted = field.kind === 'number' ? 'number' : 'string';
  if (typeof atom !== wanted) throw new MinilangError(`The field ${name} takes a ${wanted}.`);
  return atom as string | number;
}

function textOf(name: string, operator: Operator, value: string | number | null): string {
  if (typeof value !== 'string') throw new MinilangError(`The operator ${operator} of ${name} takes a string.`);
  return value;
}

function ordering(operator: '>' | '>=' | '<' | '<=', value: string | number): Test {
  switch (operator) {
    case '>':
      return (actual) => actual > value;
    case '>=':
      return (actual) => actual >= value;
    case '<':
      return (actual) => actual < value;
    case '<=':
      return (actual) => actual <= value;
  }
}

function makeTest(
  name: string,
  operator: Operator,
  value: string | number | null,
): Test | 'null' | 'not-null' | 'never' {
  if (value === null) {
    if (operator === '==' || operator === 'is') return 'null';
    if (operator === '!=' || operator === 'isnot') return 'not-null';
    return 'never';
  }
  switch (operator) {
    case '==':
    case 'is':
      return (actual) => actual === value;
    case '!=':
    case 'isnot':
      return (actual) => actual !== value;
    case 'contains': {
      const part = textOf(name, operator, value);
      return (actual) => String(actual).includes(part);
    }
    case 'like':
    case 'ilike': {
      const pattern = likePattern(textOf(name, operator, value), operator === 'ilike' ? 'i' : '');
      return (actual) => pattern.test(String(actual));
    }
    case 'in':
      throw new MinilangError('The operator in takes a list.');
    default:
      return ordering(operator, value);
  }
}

function compileComparison<Row>(
  name: string,
  field: Field<Row>,
  operator: Operator,
  value: Value,
): (row: Row) => Verdict {
  let test: Test | 'null' | 'not-null' | 'never';
  if (typeof value === 'object' && value !== null) {
    if (operator !== 'in') throw new MinilangError(`The operator ${operator} takes a single value.`);
    const members = new Set(value.map((atom) => readAtom(name, field, atom)));
    test = (actual) => members.has(actual);
  } else {
    test = makeTest(name, operator, readAtom(name, field, value));
  }
  if (test === 'never') return () => null;
  if (field.kind === 'list') {
    const { get } = field;
    return typeof test === 'string' ? () => test === 'not-null' : (row) => get(row).some(test);
  }
  const { get } = field;
  if (test === 'null') return (row) => get(row) === null;
  if (test === 'not-null') return (row) => get(row) !== null;
  return (row) => {
    const actual = get(row);
    return actual === null ? null : test(actual);
  };
}

function compile<Row>(expression: Expression, fields: Fields<Row>): (row: Row) => Verdict {
  if (expression.kind === 'compare') {
    const field = Object.hasOwn(fields, expression.field) ? fields[expression.field] : undefined;
    if (field === undefined) throw new MinilangError(`Unknown/unsupported field name: ${expression.field}`);
    return compileComparison(expression.field, field, expression.operator, expression.value);
  }
  if (expression.kind === 'not') {
    const inner = compile(expression.inner, fields);
    return (row) => {
      const verdict = inner(row);
      return verdict === null ? null : !verdict;
    };
  }
  const left = compile(expression.left, fields);
  const right = compile(expression.right, fields);
  const decisive = expression.kind === 'either';
  return (row) => {
    const first = left(row);
    if (first === decisive) return decisive;
    const second = right(row);
    if (second === decisive) return decisive;
    return first === null || second === null ? null : !decisive;
  };
}

/** Throws {@link MinilangError} for an unknown field, an unknown enum member or a value of the wrong kind. */
export function compileFilter<Row>(expression: Expression, fields: Fields<Row>): (row: Row) => boolean {
  const verdict = compile(expression, fields);
  return (row) => verdict(row) === true;
}
