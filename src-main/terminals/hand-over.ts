/**
 * The moment between two windows of one shell: the new one draws what was printed before, and only then has the keys.
 * What xterm answers to a question in that past is not for the shell.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** A window that never tells that it has drawn the past gets its keys all the same. */
const longestMs = 3_000;

export interface HandOverDeps {
  /** The credit that the window began with; it is back once all is drawn. */
  readonly wholeCredit: number;
  credit(): number;
  /** Not sent yet. */
  queuedBytes(): number;
  /** Once, when the window has drawn everything, or is not waited for any longer. */
  onDrawn(): void;
  readonly clock: Clock;
}

export class HandOver implements Disposable {
  readonly #deps: HandOverDeps;
  readonly #timer: Disposable;
  #isOver = false;

  constructor(deps: HandOverDeps) {
    this.#deps = deps;
    this.#timer = deps.clock.after(longestMs, () => this.#finish());
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Credit came back, or all was sent. */
  look(): void {
    const { wholeCredit, credit, queuedBytes } = this.#deps;
    if (queuedBytes() === 0 && credit() >= wholeCredit) this.#finish();
  }

  dispose(): void {
    this.#isOver = true;
    void this.#timer.dispose();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.dispose();
    this.#deps.onDrawn();
  }
}
