/**
 * Values as Python's `str()` prints them: some fields of `GET /session/{s}` come so, and clients must not parse them.
 */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, one]) => `${pythonText(key)}: ${pythonText(one)}`);
    return `{${entries.join(', ')}}`;
  }
  return String(value);
}
