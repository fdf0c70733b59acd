/** Turns anything into a bounded, redacted value that JSON can carry. */
import { isSecretName, type Redactor, redactedMark } from './redact.ts';

const maxDepth = 6;
const maxItems = 50;
const maxTextLength = 4_000;

/** The rest of a longer text is cut off, with a note of how much. */
export function boundText(text: string, maxLength = maxTextLength): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}… (${text.length - maxLength} more)`;
}

function errorValue(error: Error, redactor: Redactor, depth: number): Record<string, unknown> {
  const extra = Object.fromEntries(
    Object.entries(error).filter(([name]) => name !== 'stack' && name !== 'message' && name !== 'cause'),
  );
  const plain = plainObject(extra, redactor, depth);
  const stack = typeof error.stack === 'string' ? error.stack : `${error.name}: ${error.message}`;
  return {
    name: error.name,
    // Redact before cutting: a secret across the cut would not be recognised any more.
    message: boundText(redactor.text(error.message)),
    stack: boundText(redactor.text(stack)),
    ...(typeof plain === 'object' ? plain : {}),
    ...(error.cause === undefined ? {} : { cause: logValue(error.cause, redactor, depth + 1) }),
  };
}

function plainObject(value: object, redactor: Redactor, depth: number): Record<string, unknown> {
  const entries = Object.entries(value);
  const result: Record<string, unknown> = {};
  for (const [name, item] of entries.slice(0, maxItems)) {
    // SECURITY: a field that is named like a secret is never logged (redact.test.ts, "by name").
    result[redactor.text(name)] =
      isSecretName(name) && item !== null && item !== undefined ? redactedMark : logValue(item, redactor, depth + 1);
  }
  if (entries.length > maxItems) result['…'] = `${entries.length - maxItems} more`;
  return result;
}

/** Never throws; depth, width and length are bounded, so cycles end. Bytes are told by their number only. */
export function logValue(value: unknown, redactor: Redactor, depth = 0): unknown {
  if (typeof value === 'string') return boundText(redactor.text(value));
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '[deeper]';
  if (value instanceof Error) return errorValue(value, redactor, depth);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redactor.text(value.href);
  if (value instanceof Map) return plainObject(Object.fromEntries(value), redactor, depth);
  if (value instanceof Set) return logValue([...value], redactor, depth);
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) => logValue(item, redactor, depth + 1));
    return value.length > maxItems ? [...items, `… ${value.length - maxItems} more`] : items;
  }
  return plainObject(value, redactor, depth);
}
