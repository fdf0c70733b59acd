/** Ports as people type them. Pure. */

/** Null for what is no port. */
export function readPort(text: string): number | null {
  if (!/^\s*\d{1,5}\s*$/.test(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}
