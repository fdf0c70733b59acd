/** Whether lines may have scrolled away that never came here: tmux sends screens, not every line. Pure but for its clock. */

/** After the past tmux draws the screen, of which nothing has scrolled away. */
const drawnWithinMs = 500;
/** A long past takes its time on a slow way; a shell that ended meanwhile never sends it. */
const awaitedMs = 30_000;

export class UnseenLines {
  readonly #now: () => number;
  /** Output since the past was whole and its screen drawn. */
  #bytes = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isAwaited = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  wrote(bytes: number): void {
    if (this.#now() >= this.#drawnAt) this.#bytes += bytes;
  }

  /** All of the past has come; the screen follows. */
  madeWhole(): void {
    this.#bytes = 0;
    this.#isAwaited = false;
    this.#drawnAt = this.#now() + drawnWithinMs;
  }

  /** @param leastMs since it was last asked for. A screen drawn over lines that never came takes a byte a row at the least. */
  mayBe(rows: number, leastMs: number): boolean {
    const sinceMs = this.#now() - this.#askedAt;
    return this.#bytes >= rows && sinceMs >= (this.#isAwaited ? awaitedMs : leastMs);
  }

  asked(): void {
    this.#askedAt = this.#now();
    this.#isAwaited = true;
  }
}
