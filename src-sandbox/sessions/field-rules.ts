/**
 * Rules for single fields of a request body, with the sentences of the manager's validator.
 */
import { isFields } from '../http/call.ts';

/** What is wrong with which field. */
export class FieldErrors {
  readonly map: Record<string, unknown> = {};

  add(field: string, sentence: string): void {
    this.map[field] ??= sentence;
  }

  get none(): boolean {
    return Object.keys(this.map).length === 0;
  }
}

/** Reads a value or throws a RuleError with a sentence about it. */
export type Rule<T> = (value: unknown) => T;

class RuleError extends Error {}

/** Runs a rule; on failure the sentence is noted and the value must not be used. */
export function readRule<T>(rule: Rule<T>, value: unknown, field: string, errors: FieldErrors): T {
  try {
    return rule(value);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    errors.add(field, error.message);
    return undefined as T;
  }
}

function fail(sentence: string): never {
  throw new RuleError(sentence);
}

const text: Rule<string> = (value) => (typeof value === 'string' ? value : fail('value is not a string'));

/** Trafaret's `ToInt`: text that is a whole number passes too. */
const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER): Rule<number> =>
  (value) => {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) return fail("value can't be converted to int");
    if (number < least) return fail(`value is less than ${least}`);
    return number > most ? fail(`value is greater than ${most}`) : number;
  };

const port: Rule<number> = (value) => {
  if (typeof value !== 'number' || !Number.isInteger(value)) return fail('value is not int');
  if (value < 1024) return fail('value is less than 1024');
  return value > 65535 ? fail('value is greater than 65535') : value;
};

const flag: Rule<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (['t', 'true', 'y', 'yes', 'on', '1'].includes(word)) return true;
  if (['f', 'false', 'n', 'no', 'off', '0', 'none'].includes(word)) return false;
  return fail("value can't be converted to Bool");
};

const object: Rule<Readonly<Record<string, unknown>>> = (value) =>
  isFields(value) ? value : fail('value is not a dict');

const list =
  <T>(item: Rule<T>): Rule<readonly T[]> =>
  (value) =>
    Array.isArray(value) ? value.map((one) => item(one)) : fail('value is not a list');

const map =
  <T>(item: Rule<T>): Rule<Readonly<Record<string, T>>> =>
  (value) =>
    Object.fromEntries(Object.entries(object(value)).map(([key, one]) => [key, item(one)]));

const optional =
  <T>(rule: Rule<T>): Rule<T | null> =>
  (value) =>
    value === null ? null : rule(value);

const oneOf =
  <const T extends string>(members: readonly T[]): Rule<T> =>
  (value) =>
    members.find((member) => member === String(value).toLowerCase()) ?? fail('value is not a valid member of the enum');

/** Cluster modes are accepted as the member's name (`SINGLE_NODE`) and as its value (`single-node`). */
const clusterMode =
  <const T extends string>(members: readonly T[]): Rule<T> =>
  (value) =>
    oneOf(members)(typeof value === 'string' ? value.replace('_', '-') : value);

const matching =
  (pattern: RegExp): Rule<string> =>
  (value) =>
    pattern.test(text(value)) ? text(value) : fail('value does not match pattern');

const uuidPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const uuid: Rule<string> = (value) =>
  uuidPattern.test(text(value)) ? text(value) : fail('cannot convert value to UUID');

const uuidMap: Rule<Readonly<Record<string, string>>> = (value) => {
  const entries = map(text)(value);
  for (const key of Object.keys(entries)) uuid(key);
  return entries;
};

/** Seconds, or a number with one of the units w d h m s mo yr. */
const duration: Rule<string | number> = (value) => {
  if (typeof value === 'number') return value;
  return /^\d+(?:\.\d+)?[wdhms]?$|^\d+(?:yr|mo)$/.test(text(value))
    ? text(value)
    : fail('value is not a known time duration');
};

const url: Rule<string> = (value) => (URL.canParse(text(value)) ? text(value) : fail('value is not a valid URL'));

const mountOption: Rule<{ readonly permission: 'ro' | 'rw' | 'wd' | null }> = (value) => {
  const fields = object(value);
  if (fields.type !== undefined) oneOf(['bind', 'volume', 'tmpfs', 'k8s-generic', 'k8s-hostpath'])(fields.type);
  return { permission: optional(oneOf(['ro', 'rw', 'wd']))(fields.permission ?? fields.perm ?? null) };
};

const resourceOptions: Rule<{ readonly shmem: string | null }> = (value) => {
  const fields = object(value);
  if (fields.allow_fractional_resource_fragmentation != null) flag(fields.allow_fractional_resource_fragmentation);
  const { shmem } = fields;
  if (shmem === undefined || shmem === null) return { shmem: null };
  return typeof shmem === 'string' || typeof shmem === 'number'
    ? { shmem: String(shmem) }
    : fail('value is not a valid binary size');
};

export const rules = {
  text,
  integer,
  port,
  flag,
  object,
  list,
  map,
  optional,
  oneOf,
  clusterMode,
  matching,
  uuid,
  uuidMap,
  duration,
  url,
  mountOption,
  resourceOptions,
} as const;
