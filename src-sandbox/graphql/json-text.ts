/**
 * JSON as Python's encoder prints it for text fields: nothing special, but `null` stays `null` and is not quoted.
 */

/** The text of a `JSONString` field; `null` stands for an absent value. */
export function jsonText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** A moment as managers print it: ISO 8601 with an offset. */
export function timeText(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString().replace('Z', '+00:00');
}

/** A Relay global id: base64 of `Type:uuid`. */
export function globalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64');
}

/** The UUID of a global id, which clients may also send as plain text. */
export function rawId(id: string): string {
  if (/^[0-9a-f-]{32,36}$/i.test(id)) return id;
  return Buffer.from(id, 'base64').toString('utf8').split(':').at(-1) ?? '';
}
