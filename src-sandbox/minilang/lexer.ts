/**
 * Tokens of the filter and order mini-languages (API reference, section 6.4).
 */

export class MinilangError extends Error {
  override readonly name = 'MinilangError';
}

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number };

/** Longer symbols first, so that `>=` is not read as `>` and `=`. */
const pattern =
  /\s+|("(?:[^"\\\n]|\\.)*")|([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|>=|<=|[><&|!()[\],+-])/y;

/** A quoted value keeps its backslashes but for `\"`, as the manager's parser does. */
function unquote(text: string): string {
  return text.slice(1, -1).replaceAll('\\"', '"');
}

/** Throws {@link MinilangError} with the place of the first character that belongs to no token. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) throw new MinilangError(`unexpected character ${JSON.stringify(text[at])} at column ${at + 1}`);
    const [, quoted, number, name, symbol] = found;
    if (quoted !== undefined) tokens.push({ kind: 'string', value: unquote(quoted), at });
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number), at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, at });
  }
  return tokens;
}
