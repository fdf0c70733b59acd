/**
 * Where a JSON text breaks. `JSON.parse` tells a position in some of its messages only, and people need it to mend a file.
 */

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const word = /true|false|null/y;
const space = /[ \t\n\r]*/y;

/** The offset of the first character that cannot stand there; null for valid JSON. By RFC 8259. */
export function jsonFault(text: string): number | null {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return false;
    // Bare control characters stand nowhere in JSON but between values.
    if (pattern === string && [...match[0]].some((character) => character < ' ')) return false;
    at = pattern.lastIndex;
    return true;
  };
  /** Closing brackets that are still owed, innermost last. */
  const open: string[] = [];
  let want: 'value' | 'key' | 'after' = 'value';
  let mayClose = false;
  for (;;) {
    take(space);
    const character = text[at];
    if (want === 'after') {
      const closing = open.at(-1);
      if (closing === undefined) return at < text.length ? at : null;
      if (character === ',') {
        at += 1;
        want = closing === '}' ? 'key' : 'value';
        mayClose = false;
      } else if (character === closing) {
        at += 1;
        open.pop();
      } else return at;
    } else if (mayClose && character === open.at(-1)) {
      at += 1;
      open.pop();
      want = 'after';
    } else if (want === 'key') {
      if (!take(string)) return at;
      take(space);
      if (text[at] !== ':') return at;
      at += 1;
      want = 'value';
      mayClose = false;
    } else if (character === '{' || character === '[') {
      at += 1;
      open.push(character === '{' ? '}' : ']');
      want = character === '{' ? 'key' : 'value';
      mayClose = true;
    } else if (take(string) || take(number) || take(word)) want = 'after';
    else return at;
  }
}

/** Line and column from 1 of an offset. */
export function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
