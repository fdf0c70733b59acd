/** Small shapes of the wire: JSON inside JSON, slots, times. Odd values become null here, so that nothing behind meets them. */
import { z } from 'zod';
import type { Slots } from '../../src-preload/contract/common.ts';

/** Old JSON encoders of the manager print bare `Infinity` and `NaN`, which JSON does not know: read them as text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = quoteBareNumbers(text);
    if (quoted === text) throw error;
    return JSON.parse(quoted);
  }
}

/** One pass, whatever the text holds: a pattern that skips strings takes hours for 1 MB of quotes and backslashes. */
function quoteBareNumbers(text: string): string {
  const bare = /-?(?:Infinity|NaN)\b/y;
  let result = '';
  let taken = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      for (index++; index < text.length && text[index] !== '"'; index++) if (text[index] === '\\') index++;
    } else if (character === '-' || character === 'I' || character === 'N') {
      bare.lastIndex = index;
      const token = bare.exec(text)?.[0];
      if (token === undefined) continue;
      result += `${text.slice(taken, index)}"${token}"`;
      index += token.length - 1;
      taken = index + 1;
    }
  }
  return result + text.slice(taken);
}

/**
 * GraphQL `JSONString`: text that holds JSON. Some versions answer the value itself, and some encode twice.
 * What cannot be read becomes null.
 */
export const jsonText = z
  .unknown()
  .optional()
  .transform((value): unknown => {
    let current: unknown = value;
    for (let depth = 0; depth < 3 && typeof current === 'string'; depth++) {
      if (current.trim() === '') return null;
      try {
        current = parseJson(current);
      } catch {
        // Plain text in a JSON field: nothing to read. Callers treat null as "not told".
        return depth === 0 ? null : current;
      }
    }
    return current ?? null;
  });

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** Slot amounts as decimal text, whatever the wire used. Anything that is no amount is left out. */
export function asSlots(value: unknown): Slots {
  const slots: Slots = {};
  for (const [name, amount] of Object.entries(asRecord(value))) {
    if (typeof amount === 'number') slots[name] = Number.isFinite(amount) ? String(amount) : 'Infinity';
    else if (typeof amount === 'string' && amount.trim() !== '') slots[name] = amount.trim();
  }
  return slots;
}

/** ISO text in UTC; null when absent or unreadable. Times without a zone are UTC on this wire. */
export function asInstant(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value.replace(' ', 'T')}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

export const nullableText = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value !== '' ? value : null));

/** UUIDs arrive with and without dashes. */
export function dashed(id: string): string {
  const hex = id.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) return id;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
