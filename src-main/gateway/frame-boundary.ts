/** Where a WebSocket's frames end in a stream of bytes, so that a last frame can be added to what is cut off (RFC 6455, section 5.2). */

/** "Service restart": pages that know it connect again, and no page takes it for the end that it asked for. */
const closeCode = 1012;

export class FrameBoundary {
  readonly #head = Buffer.alloc(14);
  #headBytes = 0;
  #payloadLeft = 0n;
  #sawClose = false;

  /** True where the other side could begin a frame: a close frame of ours would be read as one. */
  get canClose(): boolean {
    return this.#headBytes === 0 && this.#payloadLeft === 0n && !this.#sawClose;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0n) {
        const here = BigInt(chunk.length - at);
        const taken = here < this.#payloadLeft ? here : this.#payloadLeft;
        this.#payloadLeft -= taken;
        at += Number(taken);
        continue;
      }
      this.#head[this.#headBytes] = chunk[at] ?? 0;
      this.#headBytes += 1;
      at += 1;
      if (this.#headBytes >= 2 && this.#headBytes === this.#headLength()) this.#begin();
    }
  }

  #headLength(): number {
    const second = this.#head[1] ?? 0;
    const short = second & 0x7f;
    return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
  }

  #begin(): void {
    const short = (this.#head[1] ?? 0) & 0x7f;
    this.#payloadLeft =
      short === 126
        ? BigInt(this.#head.readUInt16BE(2))
        : short === 127
          ? this.#head.readBigUInt64BE(2)
          : BigInt(short);
    this.#sawClose ||= ((this.#head[0] ?? 0) & 0x0f) === 8;
    this.#headBytes = 0;
  }
}

/** What a server says last. */
export function closeFrame(words: string): Buffer {
  const payload = Buffer.concat([Buffer.from([closeCode >> 8, closeCode & 0xff]), Buffer.from(words)]);
  return Buffer.concat([Buffer.from([0x88, payload.length]), payload]);
}
