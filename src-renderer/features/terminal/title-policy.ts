/** Names that programs give their terminal, made fit to be shown among Berth's own words. Pure. */

const maxLength = 120;

/** Without control characters and marks that turn the direction of what follows. */
export function cleanTitle(text: string): string {
  const shown = text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return Array.from(shown).slice(0, maxLength).join('');
}
