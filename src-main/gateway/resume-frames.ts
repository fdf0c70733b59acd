/** What Berth and its relay say to each other: frames of a letter, a length and bytes (relay-program.ts). */

export type FrameKind = 'D' | 'A' | 'E' | 'X';

const headBytes = 5;
/** No frame of ours is larger; what says otherwise is no relay. */
const maxFrameBytes = 1024 * 1024;

export function frame(kind: FrameKind, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(headBytes);
  head.write(kind, 0, 'latin1');
  head.writeUInt32BE(data.length, 1);
  return data.length === 0 ? head : Buffer.concat([head, data]);
}

export function acknowledgement(offset: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeBigUInt64BE(BigInt(offset));
  return frame('A', data);
}

export interface FrameEvents {
  line(text: string): void;
  data(bytes: Buffer): void;
  acknowledged(offset: number): void;
  end(): void;
}

/** Reads one line and then frames, however they are cut. Throws RangeError for what cannot be a frame. */
export class FrameReader {
  readonly #events: FrameEvents;
  #bytes: Buffer = Buffer.alloc(0);
  #hasLine = false;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (!this.#hasLine) {
      const end = this.#bytes.indexOf(0x0a);
      if (end < 0) return;
      this.#hasLine = true;
      const line = this.#bytes.toString('latin1', 0, end);
      this.#bytes = this.#bytes.subarray(end + 1);
      this.#events.line(line);
    }
    while (this.#bytes.length >= headBytes) {
      const size = this.#bytes.readUInt32BE(1);
      if (size > maxFrameBytes) throw new RangeError('Not a frame');
      if (this.#bytes.length < headBytes + size) return;
      const kind = this.#bytes.toString('latin1', 0, 1);
      const data = this.#bytes.subarray(headBytes, headBytes + size);
      this.#bytes = this.#bytes.subarray(headBytes + size);
      if (kind === 'D') this.#events.data(data);
      else if (kind === 'A' && size === 8) this.#events.acknowledged(Number(data.readBigUInt64BE()));
      else if (kind === 'E') this.#events.end();
    }
  }
}

/** Bytes that were sent and not acknowledged yet, by their offset in the stream. */
export class KeptBytes {
  #pieces: Buffer[] = [];
  #base = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  /** Forgets what lies before `offset`; false for an offset that was never sent, or was forgotten already. */
  forget(offset: number): boolean {
    let count = offset - this.#base;
    if (count < 0 || count > this.#length) return false;
    this.#base = offset;
    this.#length -= count;
    while (count > 0) {
      const first = this.#pieces[0] ?? Buffer.alloc(0);
      if (first.length > count) {
        this.#pieces[0] = first.subarray(count);
        return true;
      }
      count -= first.length;
      this.#pieces.shift();
    }
    return true;
  }

  pieces(): readonly Buffer[] {
    return this.#pieces;
  }
}
