/**
 * One line of a log with terminal colours -> pieces of plain text with a style. Only text and a closed set of styles comes
 * out: whatever a container prints, it stays text. Pure.
 */

export interface AnsiStyle {
  /** 0..15 by the theme, or a CSS colour. */
  readonly fg: number | string | null;
  readonly bg: number | string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

export interface Piece {
  readonly text: string;
  readonly style: AnsiStyle;
}

export const plainStyle: AnsiStyle = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};

/** Control sequences (`ESC [ … letter`), commands (`ESC ] … BEL`), two-letter ones, cut ones, and single control characters. */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
  /\u001b(?:\[([0-?]*)[ -/]*([@-~])?|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_]|[ -/]+[0-~]?|)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;

/** @returns the pieces, and the style in force after the line */
export function parseLine(raw: string, before: AnsiStyle): { pieces: Piece[]; after: AnsiStyle } {
  // A progress bar writes its line again and again after a carriage return: the last state is what one would see.
  const shown = raw.slice(raw.lastIndexOf('\r', raw.length - 2) + 1);
  let style = before;
  if (shown !== raw) style = styleAfter(raw.slice(0, raw.length - shown.length), style);
  const pieces: Piece[] = [];
  let from = 0;
  const push = (to: number) => {
    if (to > from) pieces.push({ text: shown.slice(from, to), style });
  };
  for (const match of shown.matchAll(sequence)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  }
  push(shown.length);
  return { pieces, after: style };
}

function styleAfter(text: string, before: AnsiStyle): AnsiStyle {
  let style = before;
  for (const match of text.matchAll(sequence)) if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  return style;
}

/** @param parameters the numbers between `ESC [` and `m` */
export function applySgr(before: AnsiStyle, parameters: string): AnsiStyle {
  const numbers = parameters.split(/[;:]/).map((text) => Number(text === '' ? 0 : text));
  let style = before;
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, length } = extended(numbers, at + 1);
      if (colour !== null) style = code === 38 ? { ...style, fg: colour } : { ...style, bg: colour };
      at += length;
    } else style = applyCode(style, code);
  }
  return style;
}

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) return plainStyle;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4 || code === 21) return { ...style, underline: true };
  if (code === 7) return { ...style, inverse: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 23) return { ...style, italic: false };
  if (code === 24) return { ...style, underline: false };
  if (code === 27) return { ...style, inverse: false };
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, fg: code - 82 };
  if (code === 39) return { ...style, fg: null };
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, bg: code - 92 };
  return code === 49 ? { ...style, bg: null } : style;
}

/** `5;n` or `2;r;g;b` behind a 38 or 48; `length` numbers belong to it. */
function extended(numbers: readonly number[], at: number): { colour: number | string | null; length: number } {
  const byte = (index: number) => Math.max(0, Math.min(255, Math.trunc(numbers[index] ?? 0) || 0));
  if (numbers[at] === 2) return { colour: `rgb(${byte(at + 1)} ${byte(at + 2)} ${byte(at + 3)})`, length: 4 };
  if (numbers[at] !== 5) return { colour: null, length: 1 };
  const index = byte(at + 1);
  if (index < 16) return { colour: index, length: 2 };
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return { colour: `rgb(${grey} ${grey} ${grey})`, length: 2 };
  }
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return { colour: `rgb(${level(red)} ${level(green)} ${level(blue)})`, length: 2 };
}

export interface MarkedPiece extends Piece {
  readonly marked: boolean;
  /** Where it begins in the line. */
  readonly at: number;
}

/** Splits pieces where `wanted` stands in the line's text, across their borders. */
export function mark(pieces: readonly Piece[], wanted: string, matchCase: boolean): MarkedPiece[] {
  const whole = pieces.map(({ text }) => text).join('');
  const searched = matchCase ? whole : whole.toLowerCase();
  const needle = matchCase ? wanted : wanted.toLowerCase();
  // A letter that changes its length with its case would shift all places behind it.
  const borders: number[] = [];
  const isSearched = needle !== '' && searched.length === whole.length;
  for (
    let at = isSearched ? searched.indexOf(needle) : -1;
    at >= 0;
    at = searched.indexOf(needle, at + needle.length)
  ) {
    borders.push(at, at + needle.length);
  }
  const result: MarkedPiece[] = [];
  let offset = 0;
  let border = 0;
  for (const { text, style } of pieces) {
    let from = 0;
    while (from < text.length) {
      while (border < borders.length && (borders[border] ?? 0) <= offset + from) border++;
      const to = Math.min(text.length, (borders[border] ?? Number.POSITIVE_INFINITY) - offset);
      result.push({ text: text.slice(from, to), style, marked: border % 2 === 1, at: offset + from });
      from = to;
    }
    offset += text.length;
  }
  return result;
}
