/** Counts what a search finds, also beyond what xterm marks. Pure. */

export interface SearchOptions {
  readonly caseSensitive: boolean;
  readonly regex: boolean;
  readonly wholeWord: boolean;
}

/** Null: the text is no expression. Global, so that every match is found. */
export function searchExpression(text: string, options: SearchOptions): RegExp | null {
  const source = options.regex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  try {
    return new RegExp(source, options.caseSensitive ? 'g' : 'gi');
  } catch {
    return null;
  }
}

const wordBreak = /[ ~!@#$%^&*()+`\-=[\]{}|\\;:"',./<>?]/;

/** A match stands alone when what is beside it is no part of a word; the same rule as xterm's search. */
function standsAlone(line: string, at: number, length: number): boolean {
  const before = line[at - 1];
  const after = line[at + length];
  return (before === undefined || wordBreak.test(before)) && (after === undefined || wordBreak.test(after));
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * @param lines text of the buffer's logical lines with the number of each one's first row
 * @param current where the match stands that is shown, by row and character
 */
export function countMatches(
  lines: Iterable<{ readonly row: number; readonly text: string }>,
  text: string,
  options: SearchOptions,
  current: Place | null,
): { readonly count: number; readonly at: number } {
  const expression = searchExpression(text, options);
  let count = 0;
  let at = 0;
  if (!expression || text === '') return { count, at };
  for (const line of lines) {
    for (const found of line.text.matchAll(expression)) {
      if (found[0] === '' || (options.wholeWord && !standsAlone(line.text, found.index, found[0].length))) continue;
      count += 1;
      const isPast =
        current && (line.row > current.line || (line.row === current.line && found.index > current.column));
      if (current && !isPast) at = count;
    }
  }
  return { count, at };
}
