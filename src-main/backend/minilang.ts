/**
 * The filter and order language of GraphQL lists (API reference, section 6.4), written so that it means the same on every
 * manager. Pure. Two traps of its grammar are met here: `&` and `|` have no precedence, so everything is put in
 * parentheses; and within quotes only `\"` is an escape, a backslash otherwise stands for itself (`queryfilter.py`).
 */
import { BerthError } from '../base/berth-error.ts';

export type FilterValue = string | number | boolean | null;

export type Condition =
  | { readonly field: string; readonly op: '==' | '!=' | '>' | '>=' | '<' | '<='; readonly value: FilterValue }
  /** Text anywhere in the field, whatever its case. */
  | { readonly field: string; readonly op: 'includes'; readonly value: string }
  | { readonly field: string; readonly op: 'in'; readonly value: readonly FilterValue[] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

export interface Order {
  readonly field: string;
  readonly descending?: boolean;
}

const fieldName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Enumerations are written in upper case: 22.x knows no other (section 6.4). */
const upperCase = new Set(['type', 'status', 'result']);

/** Throws BerthError `invalid-input` for a field that is no name, and for values that cannot be written. */
export function filterText(condition: Condition): string {
  if ('all' in condition) return joined(condition.all, '&');
  if ('any' in condition) return joined(condition.any, '|');
  if ('not' in condition) return `!(${filterText(condition.not)})`;
  const field = checkedField(condition.field);
  if (condition.op === 'includes') return `${field} ilike "%${quoted(likeEscaped(condition.value))}%"`;
  if (condition.op === 'in') {
    // As alternatives: `in` with a list is refused by columns that are enumerations in some versions.
    return joined(
      condition.value.map((value) => ({ field, op: '==', value })),
      '|',
    );
  }
  const { op, value } = condition;
  const cased = typeof value === 'string' && upperCase.has(field) ? value.toUpperCase() : value;
  if (cased === null) {
    if (op !== '==' && op !== '!=') throw refused(field);
    return `${field} ${op === '==' ? 'is' : 'isnot'} null`;
  }
  if (typeof cased === 'number' && !Number.isFinite(cased)) throw refused(field);
  if (typeof cased === 'number') return `${field} ${op} ${plain(cased)}`;
  if (typeof cased === 'boolean') return `${field} ${op} ${cased}`;
  if (!cased.includes('\\')) return `${field} ${op} "${quoted(cased)}"`;
  // A backslash before a quote could not be told from an escape; a pattern has an escape of its own for it.
  if (op !== '==' && op !== '!=') throw refused(field);
  const same = `${field} like "${quoted(likeEscaped(cased))}"`;
  return op === '==' ? same : `!(${same})`;
}

export function orderText(order: readonly Order[]): string {
  return order.map(({ field, descending }) => `${descending === true ? '-' : ''}${checkedField(field)}`).join(',');
}

/** What does not have to be asked: `true` and `false` are conditions that always and never hold. */
export type Simplified = Condition | boolean;

/**
 * Takes out every comparison whose answer is known beforehand, such as one with a status that this manager has no name
 * for: naming it would fail the whole query.
 * @param verdict the known answer of a comparison, or null to ask the site
 */
export function simplified(
  condition: Condition,
  verdict: (field: string, value: FilterValue) => boolean | null,
): Simplified {
  if ('all' in condition) return combined(condition.all, verdict, true);
  if ('any' in condition) return combined(condition.any, verdict, false);
  if ('not' in condition) {
    const inner = simplified(condition.not, verdict);
    return typeof inner === 'boolean' ? !inner : { not: inner };
  }
  if (condition.op === 'in') {
    const { field } = condition;
    return combined(
      condition.value.map((value) => ({ field, op: '==', value })),
      verdict,
      false,
    );
  }
  if (condition.op !== '==' && condition.op !== '!=') return condition;
  const known = verdict(condition.field, condition.value);
  return known === null ? condition : known === (condition.op === '==');
}

/** @param neutral what an empty combination is: `true` for "all", `false` for "any" */
function combined(
  conditions: readonly Condition[],
  verdict: (field: string, value: FilterValue) => boolean | null,
  neutral: boolean,
): Simplified {
  const open: Condition[] = [];
  for (const condition of conditions) {
    const simple = simplified(condition, verdict);
    if (simple === !neutral) return !neutral;
    if (typeof simple !== 'boolean') open.push(simple);
  }
  const [first] = open;
  if (first === undefined) return neutral;
  if (open.length === 1) return first;
  return neutral ? { all: open } : { any: open };
}

function joined(conditions: readonly Condition[], operator: '&' | '|'): string {
  const [first, ...rest] = conditions;
  if (first === undefined) throw new BerthError('invalid-input', { place: 'computer', params: { field: 'filter' } });
  return rest.reduce<string>(
    (text, condition) => `(${text}) ${operator} (${filterText(condition)})`,
    filterText(first),
  );
}

function checkedField(field: string): string {
  if (!fieldName.test(field)) throw refused(field);
  return field;
}

/** Wildcards of SQL patterns, and their escape itself. */
function likeEscaped(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

function quoted(text: string): string {
  // A line break ends the quotes whatever stands before it.
  if (/\n/.test(text)) throw refused('value');
  return text.replaceAll('"', '\\"');
}

function plain(number: number): string {
  const text = String(number);
  // The grammar's numbers have no exponent where a whole number is read.
  return /e/i.test(text) ? BigInt(Math.trunc(number)).toString() : text;
}

function refused(field: string): BerthError {
  return new BerthError('invalid-input', { place: 'computer', params: { field, reason: 'filter' } });
}
