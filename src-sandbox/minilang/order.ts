/**
 * The order mini-language: a comma list of fields, `-` before a descending one.
 */
import type { Fields } from './evaluate.ts';
import { MinilangError, tokenize } from './lexer.ts';

export interface OrderTerm {
  readonly field: string;
  readonly descending: boolean;
}

/** Throws {@link MinilangError}. */
export function parseOrder(text: string): readonly OrderTerm[] {
  const tokens = tokenize(text);
  const terms: OrderTerm[] = [];
  const fail = (at: number): never => {
    throw new MinilangError(`Query ordering parsing error: unexpected token at column ${at + 1}`);
  };
  let index = 0;
  do {
    let token = tokens[index];
    let descending = false;
    if (token?.kind === 'symbol' && (token.text === '-' || token.text === '+')) {
      descending = token.text === '-';
      index += 1;
      token = tokens[index];
    }
    if (token?.kind !== 'name') return fail(token?.at ?? text.length);
    terms.push({ field: token.text, descending });
    index += 1;
    const separator = tokens[index];
    if (separator === undefined) return terms;
    if (separator.kind !== 'symbol' || separator.text !== ',') return fail(separator.at);
    index += 1;
  } while (index <= tokens.length);
  return terms;
}

type Key = string | number | null;

/** As the database sorts: absent values last when ascending, first when descending. */
function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** A comparator for sorting rows. Throws {@link MinilangError} for an unknown field. */
export function compileOrder<Row>(terms: readonly OrderTerm[], fields: Fields<Row>): (a: Row, b: Row) => number {
  const steps = terms.map(({ field: name, descending }) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) throw new MinilangError(`Unknown/unsupported field name: ${name}`);
    const sign = descending ? -1 : 1;
    const key = (row: Row): Key => (field.kind === 'list' ? field.get(row).join(',') : field.get(row));
    return (a: Row, b: Row) => sign * compareKeys(key(a), key(b));
  });
  return (a, b) => {
    for (const step of steps) {
      const verdict = step(a, b);
      if (verdict !== 0) return verdict;
    }
    return 0;
  };
}
