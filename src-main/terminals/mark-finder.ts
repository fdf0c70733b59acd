/** Finds the one mark in a stream that says where a shell's history ends and the shell begins. */

export class MarkFinder {
  readonly #mark: Buffer;
  #held: Buffer = Buffer.alloc(0);
  isFound = false;

  constructor(mark: string) {
    this.#mark = Buffer.from(mark);
  }

  /** What of the chunk may go on, parted at the mark; the mark itself is left out. */
  push(chunk: Buffer): { readonly before: Buffer; readonly after: Buffer } {
    if (this.isFound) return { before: Buffer.alloc(0), after: chunk };
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const at = bytes.indexOf(this.#mark);
    if (at >= 0) {
      this.isFound = true;
      this.#held = Buffer.alloc(0);
      return { before: bytes.subarray(0, at), after: bytes.subarray(at + this.#mark.length) };
    }
    // The mark may be cut in two by a chunk's end.
    const keep = Math.min(this.#mark.length - 1, bytes.length);
    this.#held = bytes.subarray(bytes.length - keep);
    return { before: bytes.subarray(0, bytes.length - keep), after: Buffer.alloc(0) };
  }
}
