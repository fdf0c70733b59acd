/**
 * What was typed and has not certainly arrived: after a lost link nobody can tell. Kept in memory only, told to nobody but
 * the person, and masked until they ask, since it may be a password.
 */
import { isReport } from './input-gate.ts';

/** More than a person types before a lost link is noticed; of more, only the number is kept. */
export const sentLimitBytes = 4096;

export interface Doubt {
  /** Keystrokes and pastes. */
  readonly keys: number;
  /** All of it, in order; null: too much to be kept. */
  readonly bytes: Uint8Array | null;
}

interface Entry {
  /** Where it ends among all bytes of the stream. */
  readonly end: number;
  readonly bytes: Uint8Array;
}

const decoder = new TextDecoder();

export class SentKeys {
  #sent = 0;
  #entries: Entry[] = [];
  #bytes = 0;
  /** Entries whose text was let go of, the last of which ends here. */
  #letGo = { keys: 0, end: 0 };

  /** A new stream, which counts from its own beginning. Answers what of the last one is in doubt. */
  restart(): Doubt | null {
    const doubt = this.lost();
    this.#sent = 0;
    return doubt;
  }

  /** Went to the main process as one keystroke, one paste or a piece of one, or one report of xterm's own. */
  sent(bytes: Uint8Array): void {
    this.#sent += bytes.byteLength;
    if (isReport(decoder.decode(bytes))) return;
    if (this.#letGo.keys > 0 || this.#bytes + bytes.byteLength > sentLimitBytes) {
      this.#letGo = { keys: this.#letGo.keys + this.#entries.length + 1, end: this.#sent };
      this.#entries = [];
      this.#bytes = 0;
      return;
    }
    this.#entries.push({ end: this.#sent, bytes: bytes.slice() });
    this.#bytes += bytes.byteLength;
  }

  /** The first `total` bytes of the stream have arrived. */
  arrived(total: number): void {
    this.#entries = this.#entries.filter(({ end }) => end > total);
    this.#bytes = this.#entries.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    if (this.#letGo.end <= total) this.#letGo = { keys: 0, end: 0 };
  }

  /** The link is lost: what has not arrived by now never tells. Null: all has. */
  lost(): Doubt | null {
    const entries = this.#entries;
    const letGo = this.#letGo.keys;
    this.forget();
    if (letGo > 0) return { keys: letGo, bytes: null };
    if (entries.length === 0) return null;
    const all = new Uint8Array(entries.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
    let at = 0;
    for (const { bytes } of entries) {
      all.set(bytes, at);
      at += bytes.byteLength;
    }
    return { keys: entries.length, bytes: all };
  }

  forget(): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#letGo = { keys: 0, end: 0 };
  }
}

/** One loss after another, before the person has looked. */
export function addDoubt(before: Doubt | null, next: Doubt | null): Doubt | null {
  if (!before || !next) return before ?? next;
  const keys = before.keys + next.keys;
  const isTooMuch = (before.bytes?.byteLength ?? 0) + (next.bytes?.byteLength ?? 0) > sentLimitBytes;
  if (!before.bytes || !next.bytes || isTooMuch) return { keys, bytes: null };
  const bytes = new Uint8Array(before.bytes.byteLength + next.bytes.byteLength);
  bytes.set(before.bytes);
  bytes.set(next.bytes, before.bytes.byteLength);
  return { keys, bytes };
}

/** For reading: control characters, Enter among them, as their pictures. */
export function shownKeys(bytes: Uint8Array): string {
  return decoder.decode(bytes).replace(/\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0x0d) return '⏎';
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '⌫' : '\ufffd';
  });
}
