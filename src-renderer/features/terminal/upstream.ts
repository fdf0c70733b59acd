/**
 * Input on its way to a shell: never more ahead of it than it has room for, in order, and a long paste can be given up
 * half-way.
 */
import { inputWindowBytes } from '../../../src-preload/contract/terminals.ts';

const pieceBytes = 16 * 1024;

interface Entry {
  readonly bytes: Uint8Array;
  /** Sent when it is given up after its beginning went; only pastes can be. */
  readonly tail: Uint8Array | null;
  readonly isPaste: boolean;
  at: number;
}

export interface PasteProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export class Upstream {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #changed: () => void;
  #queue: Entry[] = [];
  #inFlight = 0;

  constructor(send: (bytes: Uint8Array) => void, changed: () => void) {
    this.#send = send;
    this.#changed = changed;
  }

  /** The paste that is under way. */
  get pasting(): PasteProgress | null {
    const pastes = this.#queue.filter((entry) => entry.isPaste);
    if (pastes.length === 0) return null;
    return {
      sentBytes: pastes.reduce((sum, entry) => sum + entry.at, 0),
      totalBytes: pastes.reduce((sum, entry) => sum + entry.bytes.byteLength, 0),
    };
  }

  push(bytes: Uint8Array): void {
    this.#add({ bytes, tail: null, isPaste: false, at: 0 });
  }

  /** @param tail what a program must see when the paste is given up half-way */
  paste(bytes: Uint8Array, tail: Uint8Array | null): void {
    this.#add({ bytes, tail, isPaste: true, at: 0 });
  }

  /** The other side has room for so much more. */
  taken(bytes: number): void {
    this.#inFlight = Math.max(0, this.#inFlight - bytes);
    this.#pump();
  }

  /** Gives up what is left of pastes; keys typed meanwhile still go. */
  cancelPaste(): void {
    this.#queue = this.#queue.flatMap((entry) => {
      if (!entry.isPaste) return [entry];
      const isBegun = entry.at > 0 && entry.at < entry.bytes.byteLength;
      return isBegun && entry.tail ? [{ bytes: entry.tail, tail: null, isPaste: false, at: 0 }] : [];
    });
    this.#changed();
    this.#pump();
  }

  /** The shell's side is gone or a new one: what waits is dropped. Answers the paste that was cut, with its tail. */
  reset(): (PasteProgress & { readonly tail: Uint8Array | null }) | null {
    const progress = this.pasting;
    const begun = this.#queue.find((entry) => entry.isPaste && entry.at > 0);
    this.#queue = [];
    this.#inFlight = 0;
    return progress && { ...progress, tail: begun?.tail ?? null };
  }

  #add(entry: Entry): void {
    if (entry.bytes.byteLength === 0) return;
    this.#queue.push(entry);
    this.#pump();
  }

  #pump(): void {
    let moved = false;
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      const room = inputWindowBytes - this.#inFlight;
      if (room <= 0) break;
      const piece = head.bytes.subarray(head.at, head.at + Math.min(pieceBytes, room));
      head.at += piece.byteLength;
      this.#inFlight += piece.byteLength;
      moved ||= head.isPaste;
      if (head.at >= head.bytes.byteLength) this.#queue.shift();
      this.#send(piece);
    }
    if (moved) this.#changed();
  }
}
