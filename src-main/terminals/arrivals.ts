/**
 * Which of a window's input has certainly arrived. SSH acknowledges nothing above TCP, but it is one ordered stream: the
 * answer to a request that was sent after some keys proves that they came before it.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** A question behind every key of a fast typist would be more than the keys. */
export const askEveryMs = 200;

export interface Confirming {
  /** Sends a request and calls back upon its answer, never without one. */
  confirm(answered: () => void): void;
}

export class Arrivals implements Disposable {
  readonly #onArrived: (bytes: number) => void;
  readonly #clock: Clock;
  #received = 0;
  #sent = 0;
  #proven = 0;
  #link: Confirming | null = null;
  /** Answers of a link before, or for a window before, count no more. */
  #round = 0;
  #isAsking = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #timer: Disposable | null = null;

  /** @param onArrived all input up to so many bytes of the window's stream */
  constructor(onArrived: (bytes: number) => void, clock: Clock) {
    this.#onArrived = onArrived;
    this.#clock = clock;
  }

  /** Input came from the window. Answers where it ends among all that came. */
  received(bytes: number): number {
    this.#received += bytes;
    return this.#received;
  }

  /** All up to there went onto the link. */
  sent(end: number): void {
    this.#sent = Math.max(this.#sent, end);
    this.#ask();
  }

  /** The link that input goes on from now; null: none that could tell. What went before stays in doubt for ever. */
  over(link: Confirming | null): void {
    if (link === this.#link) return;
    this.#stopAsking();
    this.#link = link;
    this.#sent = this.#received;
    this.#proven = this.#received;
  }

  /** Another window, whose stream begins anew. */
  restart(): void {
    this.#stopAsking();
    this.#received = 0;
    this.#sent = 0;
    this.#proven = 0;
  }

  dispose(): void {
    this.over(null);
  }

  #ask(): void {
    const link = this.#link;
    if (!link || this.#isAsking || this.#timer || this.#sent <= this.#proven) return;
    const waitMs = this.#askedAt + askEveryMs - this.#clock.now();
    if (waitMs > 0) {
      this.#timer = this.#clock.after(waitMs, () => {
        this.#timer = null;
        this.#ask();
      });
      return;
    }
    const [round, upTo] = [this.#round, this.#sent];
    this.#isAsking = true;
    this.#askedAt = this.#clock.now();
    link.confirm(() => {
      if (round !== this.#round) return;
      this.#isAsking = false;
      this.#proven = upTo;
      this.#onArrived(upTo);
      this.#ask();
    });
  }

  #stopAsking(): void {
    this.#round += 1;
    this.#isAsking = false;
    void this.#timer?.dispose();
    this.#timer = null;
  }
}
