/**
 * Where lines begin in a text that only grows: every 64th is remembered, with the colours in force there, so that any
 * part can be shown without reading what is in front of it. 200 MB of lines cost about 1 MB.
 */
const every = 64;
const newline = 0x0a;
const escapeByte = 0x1b;
/** Colours are a handful of numbers; more than this is no colour. */
const maxSgr = 64;

export interface LineMark {
  readonly line: number;
  readonly offset: number;
  readonly sgr: string;
}

export class LineIndex {
  #offsets: number[] = [0];
  #colours: string[] = [''];
  #newlines = 0;
  #bytes = 0;
  #sgr = '';
  /** An escape sequence cut by the end of a chunk. */
  #begun = '';
  #endsWithNewline = true;

  get bytes(): number {
    return this.#bytes;
  }

  /** A last line without a line break counts. */
  get lines(): number {
    return this.#newlines + (this.#endsWithNewline ? 0 : 1);
  }

  /** The last line has no line break yet. */
  get endsOpen(): boolean {
    return !this.#endsWithNewline;
  }

  append(chunk: Buffer): void {
    if (chunk.byteLength === 0) return;
    let from = 0;
    /** What has not been looked at for colours yet begins here. */
    let uncoloured = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      from = end + 1;
      this.#newlines++;
      if (this.#newlines % every !== 0) continue;
      this.#colour(chunk.subarray(uncoloured, from));
      uncoloured = from;
      this.#offsets.push(this.#bytes + from);
      this.#colours.push(this.#sgr);
    }
    this.#colour(chunk.subarray(uncoloured));
    this.#endsWithNewline = chunk[chunk.byteLength - 1] === newline;
    this.#bytes += chunk.byteLength;
  }

  /** The nearest remembered line at or before `line`. */
  before(line: number): LineMark {
    const at = Math.max(0, Math.min(Math.floor(line / every), this.#offsets.length - 1));
    return { line: at * every, offset: this.#offsets[at] ?? 0, sgr: this.#colours[at] ?? '' };
  }

  #colour(part: Buffer): void {
    if (this.#begun === '' && !part.includes(escapeByte)) return;
    // What stands before a reset does not matter: most lines end with one, so little is left to read.
    const reset = this.#begun === '' ? Math.max(part.lastIndexOf('\u001b[0m'), part.lastIndexOf('\u001b[m')) : -1;
    const text = this.#begun + part.toString('latin1', Math.max(0, reset));
    this.#sgr = colourAfter(this.#sgr, text);
    const last = text.lastIndexOf('\u001b');
    const tail = last < 0 ? '' : text.slice(last);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    this.#begun = /^\u001b(?:\[[\d;:]*)?$/.test(tail) ? tail.slice(0, maxSgr) : '';
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const sgrPattern = /\u001b\[([\d;:]*)m/g;

/** Colours after `text` when `sgr` was in force before it; numbers between `ESC [` and `m`. */
export function colourAfter(sgr: string, text: string): string {
  let now = sgr === '' ? [] : [sgr];
  for (const [, parameters = ''] of text.matchAll(sgrPattern)) {
    const numbers = parameters.split(/[;:]/);
    for (let at = 0; at < numbers.length; at++) {
      const code = Number(numbers[at] ?? 0);
      // 38 and 48 take two or four numbers of their own.
      const length = code !== 38 && code !== 48 ? 1 : numbers[at + 1] === '2' ? 5 : 3;
      if (code === 0) now = [];
      else now.push(numbers.slice(at, at + length).join(';'));
      at += length - 1;
    }
  }
  while (now.join(';').length > maxSgr) now.shift();
  return now.join(';');
}
