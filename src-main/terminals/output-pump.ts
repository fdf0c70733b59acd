/**
 * Output of a shell on its way to a window: never more than the window's credit, gathered for a frame or 64 KiB, yet
 * the echo of a single key at once.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** One frame of a 60 Hz screen. */
export const gatherMs = 16;
export const gatherBytes = 64 * 1024;

export interface PumpDeps {
  /** Bytes that the window still takes. */
  credit(): number;
  send(chunk: Uint8Array): void;
  /** Stop and go for the shell's channel. */
  pause(): void;
  resume(): void;
  readonly clock: Clock;
}

export class OutputPump implements Disposable {
  readonly #deps: PumpDeps;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #timer: Disposable | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #isPaused = false;
  #onEmpty: (() => void) | null = null;

  constructor(deps: PumpDeps) {
    this.#deps = deps;
  }

  /** The shell was asked to wait. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    const isQuiet = this.#deps.clock.now() - this.#sentAt >= gatherMs;
    if (isQuiet) this.flush();
    else {
      // Of a flood whole pieces only: what is left over goes with what comes next, not as a small piece of its own.
      if (this.#queuedBytes >= gatherBytes) this.#send(gatherBytes);
      if (this.#queuedBytes > 0) this.#timer ??= this.#deps.clock.after(gatherMs, () => this.flush());
    }
  }

  /**
   * Credit arrived: goes on where it had run out. What is being gathered is not sent for it, or each piece that a window
   * took would fetch the next small one, and many small ones keep a window busier than their text.
   */
  credited(): void {
    if (this.#isPaused) this.flush();
  }

  /** Sends what credit allows. */
  flush(): void {
    this.#send(1);
  }

  /** Sends what credit allows, as long as there is so much. */
  #send(leastBytes: number): void {
    this.#timer?.dispose();
    this.#timer = null;
    let credit = this.#deps.credit();
    while (this.#queuedBytes >= leastBytes && credit > 0) {
      const chunk = this.#take(Math.min(credit, gatherBytes));
      this.#sentAt = this.#deps.clock.now();
      this.#deps.send(chunk);
      credit = this.#deps.credit();
    }
    if (this.#queuedBytes >= leastBytes && !this.#isPaused) {
      this.#isPaused = true;
      this.#deps.pause();
    } else if (this.#queuedBytes === 0) {
      if (this.#isPaused) {
        this.#isPaused = false;
        this.#deps.resume();
      }
      const done = this.#onEmpty;
      this.#onEmpty = null;
      done?.();
    }
  }

  /** Calls back when everything was sent, at once if there is nothing. */
  whenEmpty(callback: () => void): void {
    this.#onEmpty = callback;
    this.flush();
  }

  /** Forgets what was not sent yet. */
  reset(): void {
    this.#timer?.dispose();
    this.#timer = null;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#onEmpty = null;
    this.#isPaused = false;
  }

  dispose(): void {
    this.reset();
  }

  #take(bytes: number): Buffer {
    const parts: Buffer[] = [];
    let left = bytes;
    while (left > 0) {
      const head = this.#queue[0];
      if (!head) break;
      if (head.length <= left) {
        parts.push(head);
        this.#queue.shift();
        left -= head.length;
      } else {
        parts.push(head.subarray(0, left));
        this.#queue[0] = head.subarray(left);
        left = 0;
      }
    }
    const chunk = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    this.#queuedBytes -= chunk.length;
    return chunk;
  }
}
