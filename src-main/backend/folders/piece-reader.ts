/** Cuts a source into pieces of wanted sizes, and goes back to an offset when the other side has lost bytes. */
import type { UploadSource } from '../api/storage-api.ts';

export class PieceReader {
  readonly #source: UploadSource;
  #iterator: AsyncIterator<Uint8Array> | null = null;
  /** Read from the source, not taken yet. */
  #rest: Buffer = Buffer.alloc(0);
  /** Where `#rest` begins. */
  #offset = 0;

  constructor(source: UploadSource) {
    this.#source = source;
  }

  /** Up to `size` bytes at `offset`; fewer only at the end. Reads no further than it must. */
  async piece(offset: number, size: number): Promise<Buffer> {
    await this.#seek(offset);
    const wanted = Math.min(size, this.#source.bytes - offset);
    const parts = [this.#rest];
    let have = this.#rest.byteLength;
    while (have < wanted) {
      const next = await this.#next();
      if (next === null) throw new RangeError('The source ended before its size');
      parts.push(next);
      have += next.byteLength;
    }
    const whole = parts.length === 1 ? this.#rest : Buffer.concat(parts, have);
    // Kept until the next call says how much of it arrived.
    this.#rest = whole;
    return whole.subarray(0, wanted);
  }

  async close(): Promise<void> {
    await this.#iterator?.return?.();
    this.#iterator = null;
  }

  async #seek(offset: number): Promise<void> {
    const within = offset - this.#offset;
    if (this.#iterator !== null && within >= 0 && within <= this.#rest.byteLength) {
      this.#rest = this.#rest.subarray(within);
    } else {
      await this.close();
      this.#iterator = this.#source.open(offset)[Symbol.asyncIterator]();
      this.#rest = Buffer.alloc(0);
    }
    this.#offset = offset;
  }

  async #next(): Promise<Buffer | null> {
    const { done, value } = (await this.#iterator?.next()) ?? { done: true, value: undefined };
    if (done === true || value === undefined) return null;
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
