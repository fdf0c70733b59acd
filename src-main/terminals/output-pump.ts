/**
 * Output of a shell on its way to a window: never more than the window's credit, gathered for a frame or 64 KiB, yet
 * the echo of a single key at once. A shell waits for its window; where the SSH server lets it not wait, as the one of
 * Backend.AI does, what the window is too slow for stays here, and of that the newest: it is what the person will see.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** One frame of a 60 Hz screen. */
export const gatherMs = 16;
export const gatherBytes = 64 * 1024;
/** Of a shell that does not wait; more than a window scrolls back, so that what is dropped had scrolled away unseen. */
export const mostQueuedBytes = 8 * 1024 * 1024;
/** The same once the person interrupted it. A terminal driver throws away then what it has not shown yet. */
export const hurriedBytes = 128 * 1024;

const newline = 10;

export interface PumpDeps {
  /** Bytes that the window still takes. */
  credit(): number;
  send(chunk: Uint8Array): void;
  /** So much was dropped before what is sent next. */
  skipped(bytes: number): void;
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
  /** Credit ran out. */
  #isStarved = false;
  #isDraining = false;
  #isHurried = false;
  #skippedBytes = 0;
  #onEmpty: (() => void) | null = null;

  constructor(deps: PumpDeps) {
    this.#deps = deps;
  }

  /** The shell was asked to wait. */
  get isPaused(): boolean {
    return this.#isStarved && !this.#isDraining;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** @param on the shell does not wait: it is not asked to, and what is too much is dropped here, the oldest first */
  drain(on: boolean): void {
    const wasPaused = this.isPaused;
    this.#isDraining = on;
    this.#isHurried = false;
    if (wasPaused && on) this.#deps.resume();
  }

  /** The person interrupts what prints: of a shell that does not wait only the newest is still of use. */
  hurry(): void {
    if (!this.#isDraining || this.#queuedBytes <= hurriedBytes) return;
    this.#isHurried = true;
    this.#keepNewest();
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#isDraining) this.#keepNewest();
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
    if (this.#isStarved) this.flush();
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
      this.#tellSkipped();
      const chunk = this.#take(Math.min(credit, gatherBytes));
      this.#sentAt = this.#deps.clock.now();
      this.#deps.send(chunk);
      credit = this.#deps.credit();
    }
    if (this.#queuedBytes >= leastBytes && !this.#isStarved) {
      this.#isStarved = true;
      if (this.isPaused) this.#deps.pause();
    } else if (this.#queuedBytes === 0) {
      const wasPaused = this.isPaused;
      this.#isStarved = false;
      this.#isHurried = false;
      if (wasPaused) this.#deps.resume();
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
    this.#isStarved = false;
    this.#isHurried = false;
    this.#skippedBytes = 0;
  }

  dispose(): void {
    this.reset();
  }

  /** Drops the oldest down to half of what may wait, up to the end of a line. */
  #keepNewest(): void {
    const most = this.#isHurried ? hurriedBytes : mostQueuedBytes;
    if (this.#queuedBytes <= most) return;
    let over = this.#queuedBytes - most / 2;
    let isLineEnd = false;
    while (over > 0 || !isLineEnd) {
      const head = this.#queue.shift();
      if (!head) break;
      const lineEnd = head.length >= over ? head.indexOf(newline, Math.max(0, over - 1)) : -1;
      // A line that long is cut anywhere.
      const dropped = lineEnd >= 0 ? lineEnd + 1 : over > 0 ? head.length : 0;
      if (dropped < head.length) this.#queue.unshift(head.subarray(dropped));
      over -= dropped;
      this.#queuedBytes -= dropped;
      this.#skippedBytes += dropped;
      if (dropped === 0) break;
      isLineEnd = lineEnd >= 0;
    }
  }

  #tellSkipped(): void {
    const bytes = this.#skippedBytes;
    this.#skippedBytes = 0;
    if (bytes > 0) this.#deps.skipped(bytes);
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
