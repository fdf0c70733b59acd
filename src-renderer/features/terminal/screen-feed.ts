/**
 * Output on its way into xterm. It is gathered while xterm works, so that a flood goes in by large pieces with a frame
 * drawn between two of them, and yet the echo of a key goes in at once. How large, and how much may be under way, follows
 * from how fast xterm takes this output: lines of one letter take ten times as long as long ones, and the answer to
 * Ctrl-C stands behind all of it. Every byte goes in once and in order.
 */
import { initialCreditBytes } from '../../../src-preload/contract/messages.ts';

/** One piece takes about this long to parse; keys and frames wait for it. */
const pieceMs = 25;
export const mostPieceBytes = 1024 * 1024;
export const leastPieceBytes = 32 * 1024;
/** As much may be on its way to xterm as it parses in this time. */
const aheadMs = 60;
export const leastAheadBytes = 64 * 1024;
/** Bytes a millisecond, before anything was seen: of a slow computer, or of very short lines. */
const firstRate = 8_000;
/** A piece as large as this is of a flood; nobody reads that line by line. */
export const floodBytes = 16 * 1024;
/** A flood is drawn no more often than this: without a graphics processor, drawing costs as much as parsing. */
export const floodFrameMs = 40;

/** After this long without output nothing is held back: who waits for all credit learns so that all is drawn. */
export const restMs = 50;

export interface FeedDeps {
  /** xterm's `write`. `started` is called when it begins with the bytes, `done` when they are parsed. */
  write(data: Uint8Array, started: () => void, done: () => void): void;
  /** Milliseconds of any clock that never goes back. */
  now(): number;
  /** Calls back once; answers how to call it off. */
  after(delayMs: number, callback: () => void): () => void;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly credit: (() => void) | undefined;
  readonly parsed: (() => void) | undefined;
}

interface Held {
  readonly size: number;
  readonly credit: () => void;
}

const nothing = new Uint8Array(0);

const bytesOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

export class ScreenFeed {
  readonly #deps: FeedDeps;
  readonly #waiting: Piece[] = [];
  #waitingBytes = 0;
  /** Parsed, but not told of: what is held back here cannot be on its way. */
  readonly #held: Held[] = [];
  #heldBytes = 0;
  /** xterm reads it until it calls back. */
  #room = new Uint8Array(0);
  #isBusy = false;
  #lastBytes = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  /** Bytes that xterm parses in a millisecond, as of late. */
  #rate = firstRate;
  #cancel: (() => void) | null = null;
  #cancelRest: (() => void) | null = null;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  /** @param credit gives the credit for the bytes back; called once, some time after they were parsed */
  push(bytes: Uint8Array, credit?: () => void): void {
    this.#add({ bytes, credit, parsed: undefined });
  }

  /** Calls back when all that came before is parsed. */
  afterAll(callback: () => void): void {
    this.#add({ bytes: nothing, credit: undefined, parsed: callback });
  }

  /** What waits is dropped. */
  dispose(): void {
    this.#cancel?.();
    this.#cancelRest?.();
    this.#cancel = null;
    this.#cancelRest = null;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#held.length = 0;
  }

  #add(piece: Piece): void {
    this.#cancelRest?.();
    this.#cancelRest = null;
    this.#waiting.push(piece);
    this.#waitingBytes += piece.bytes.byteLength;
    this.#goOn();
  }

  get #pieceBytes(): number {
    return Math.min(mostPieceBytes, Math.max(leastPieceBytes, this.#rate * pieceMs));
  }

  get #aheadBytes(): number {
    return Math.min(initialCreditBytes, Math.max(leastAheadBytes, this.#rate * aheadMs));
  }

  #goOn(): void {
    if (this.#isBusy || this.#waiting.length === 0) return;
    const waitMs = this.#waitMs();
    if (waitMs > 0) {
      this.#cancel ??= this.#deps.after(waitMs, () => {
        this.#cancel = null;
        this.#lastBytes = 0;
        this.#goOn();
      });
      return;
    }
    this.#cancel?.();
    this.#cancel = null;
    const pieces = this.#take();
    const bytes = this.#joined(pieces);
    let startedAt = this.#deps.now();
    this.#lastAt = startedAt;
    this.#lastBytes = bytes.byteLength;
    this.#isBusy = true;
    const started = (): void => {
      startedAt = this.#deps.now();
    };
    this.#deps.write(bytes, started, () => {
      this.#isBusy = false;
      this.#learn(bytes.byteLength, this.#deps.now() - startedAt);
      this.#giveBack(pieces);
      this.#goOn();
    });
  }

  /** Small pieces tell nothing of the speed. */
  #learn(bytes: number, tookMs: number): void {
    if (bytes < floodBytes) return;
    this.#rate += (bytes / Math.max(tookMs, 1) - this.#rate) / 4;
  }

  #giveBack(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      piece.parsed?.();
      if (!piece.credit) continue;
      this.#held.push({ size: piece.bytes.byteLength, credit: piece.credit });
      this.#heldBytes += piece.bytes.byteLength;
    }
    this.#release(initialCreditBytes - this.#aheadBytes);
    if (this.#heldBytes === 0 || this.#waiting.length > 0) return;
    this.#cancelRest = this.#deps.after(restMs, () => {
      this.#cancelRest = null;
      this.#release(0);
    });
  }

  #release(mostHeldBytes: number): void {
    while (this.#heldBytes > mostHeldBytes) {
      const first = this.#held.shift();
      if (!first) break;
      this.#heldBytes -= first.size;
      first.credit();
    }
  }

  #waitMs(): number {
    // With half of what may be under way here, the other half still comes while xterm works.
    const enoughBytes = Math.min(this.#pieceBytes, this.#aheadBytes / 2);
    const isFlood = this.#lastBytes >= floodBytes && this.#waitingBytes < enoughBytes;
    return isFlood ? floodFrameMs - (this.#deps.now() - this.#lastAt) : 0;
  }

  #take(): Piece[] {
    const most = this.#pieceBytes;
    let count = 0;
    let bytes = 0;
    for (const piece of this.#waiting) {
      if (count > 0 && bytes + piece.bytes.byteLength > most) break;
      count += 1;
      bytes += piece.bytes.byteLength;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  #joined(pieces: readonly Piece[]): Uint8Array {
    const [first] = pieces;
    if (first && pieces.length === 1) return first.bytes;
    const length = bytesOf(pieces);
    // Fresh memory for every piece costs as much as filling it.
    if (this.#room.byteLength < length) this.#room = new Uint8Array(Math.max(length, mostPieceBytes));
    let at = 0;
    for (const { bytes } of pieces) {
      this.#room.set(bytes, at);
      at += bytes.byteLength;
    }
    return this.#room.subarray(0, length);
  }
}
