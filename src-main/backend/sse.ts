/**
 * Parser for `text/event-stream`: bytes in any cut, messages out. Comments are reported as nothing but count as life.
 * `retry:` and `id:` are ignored on purpose (API reference, section 8: no replay, and a `retry` in the wrong unit).
 */
export interface SseMessage {
  readonly event: string;
  readonly data: string;
}

/** A message longer than this is no session event; the stream is broken then. */
const maxBufferedCharacters = 1024 * 1024;

export class SseParser {
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';
  #event = '';
  #data: string[] = [];
  #size = 0;

  /** Throws RangeError when a message grows without end. */
  push(chunk: Uint8Array): SseMessage[] {
    const messages: SseMessage[] = [];
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    let start = 0;
    for (;;) {
      const end = this.#lineEnd(start);
      if (end === null) break;
      const message = this.#line(this.#rest.slice(start, end.at));
      if (message !== null) messages.push(message);
      start = end.next;
    }
    this.#rest = this.#rest.slice(start);
    if (this.#rest.length + this.#size > maxBufferedCharacters) throw new RangeError('An event is too long');
    return messages;
  }

  /** Lines end in CR LF, LF or CR. A CR at the very end waits for what follows it. */
  #lineEnd(start: number): { at: number; next: number } | null {
    for (let index = start; index < this.#rest.length; index++) {
      const character = this.#rest[index];
      if (character === '\n') return { at: index, next: index + 1 };
      if (character === '\r') {
        if (index + 1 === this.#rest.length) return null;
        return { at: index, next: this.#rest[index + 1] === '\n' ? index + 2 : index + 1 };
      }
    }
    return null;
  }

  #line(line: string): SseMessage | null {
    if (line === '') {
      const message = this.#data.length === 0 ? null : { event: this.#event || 'message', data: this.#data.join('\n') };
      this.#event = '';
      this.#data = [];
      this.#size = 0;
      return message;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    if (field === 'data') {
      this.#data.push(value);
      // Empty ones count too: a stream of nothing else would grow without end.
      this.#size += value.length + 1;
    }
    return null;
  }
}
