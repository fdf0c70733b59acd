/** Addresses that a terminal may offer to open, and how they read. Pure. */

const allowed: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);
/** The contract's bound. */
const maxLength = 4096;

/**
 * The address as it would be opened: host names as the network knows them, so that look-alike letters show. Null: not to be
 * opened from a terminal.
 */
export function linkTarget(text: string): string | null {
  // SECURITY: a container's text must not reach other programs of this computer (test: link-policy.test.ts).
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!allowed.has(url.protocol) || url.href.length > maxLength) return null;
  return url.href;
}
