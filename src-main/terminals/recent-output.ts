/** The last of what a shell printed, kept for a window that takes the terminal over: nobody else keeps it for a plain shell. */

/** Some ten thousand lines; a terminal that moves shows no more of its past than that. */
export const recentBytes = 1024 * 1024;

const newline = 0x0a;

export class RecentOutput {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isCut = false;

  constructor(limit = recentBytes) {
    this.#limit = limit;
  }

  /** Older output was let go of. */
  get isCut(): boolean {
    return this.#isCut;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let head = this.#chunks[0]; head && this.#bytes - head.length >= this.#limit; head = this.#chunks[0]) {
      this.#chunks.shift();
      this.#bytes -= head.length;
      this.#isCut = true;
    }
  }

  /** A new shell: what the one before printed is not its past. */
  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#isCut = false;
  }

  /** All of it; where the beginning is gone, from the first whole line, if there is one: not inside a character or sequence. */
  bytes(): Buffer {
    const all = Buffer.concat(this.#chunks);
    return this.#isCut ? all.subarray(all.indexOf(newline) + 1) : all;
  }
}
