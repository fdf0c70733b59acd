/**
 * Tells whether the other side of a connection still lives: after some silence it is asked, without an answer it is late,
 * and then gone. Pongs and close frames prove nothing: a webserver in between answers pings for a peer that is long dead
 * (tunnels reference, section 1.5).
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** Silence after which the other side is asked, is late, and counts as gone (design, section 8: noticed within 6 s). */
export const askAfterMs = 2_500;
export const lateAfterMs = 4_000;
export const goneAfterMs = 5_800;
/** The same from a question that cannot wait: after sleep, or on another network. */
export const probeLateMs = 700;
export const probeGoneMs = 2_000;
/** Bytes that lay unread since before such a question arrive within this time, and prove nothing. */
const staleMs = 300;
/** While bytes wait in our own queue and nobody can see them shrink, an answer waits behind them. */
const goneBlindMs = 20_000;
/** A look that comes later than this finds our own process stalled, with the other side's bytes still unread. */
const overdueMs = 1_000;

/** What the transport tells; times as `now()` of the watch gives them. */
export interface Signs {
  readonly backlogBytes: number;
  /** False where the queue shrinks in steps too large to tell a slow uplink from a dead one. */
  readonly seesBacklogShrink: boolean;
  /** Bytes in, or backlog shrinking. */
  readonly lastProgressAt: number;
  readonly lastReceivedAt: number;
}

export interface PeerWatchOptions {
  readonly signs: Signs;
  /** True while nothing is read, so silence says nothing. */
  readonly isPaused: () => boolean;
  /** Sends a question that any living peer answers; `answered` is for this question alone. */
  readonly ask: (answered: () => void) => void;
  /** In how many milliseconds a late peer counts as gone; null: it answers again. */
  readonly onLate: (goneInMs: number | null) => void;
  readonly onGone: (silentMs: number) => void;
  readonly clock: Clock;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

interface Question {
  readonly askedAt: number;
  /** Bytes received after this are as good as the answer, which may stand behind many of them. */
  readonly countsFrom: number;
  readonly isProbe: boolean;
  isAnswered: boolean;
}

export class PeerWatch implements Disposable {
  readonly #options: PeerWatchOptions;
  #question: Question | null = null;
  #isLate = false;
  #dueAt = Number.POSITIVE_INFINITY;
  #timer: Disposable | null = null;
  #isOver = false;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
    this.#lookIn(askAfterMs);
  }

  /** Asks now, and decides within 2 s. */
  probe(): void {
    if (this.#isOver || this.#question?.isProbe) return;
    this.#ask(true);
    this.#lookIn(probeLateMs);
  }

  dispose(): void {
    this.#isOver = true;
    void this.#timer?.dispose();
  }

  #look(): void {
    const { signs, isPaused, now } = this.#options;
    const at = now();
    const question = this.#question;
    if (question?.isAnswered || signs.lastReceivedAt > (question?.countsFrom ?? at)) this.#question = null;
    if (isPaused()) this.#question = null;
    // Our own process stood still: the answer may lie unread, so the question starts over.
    else if (at - this.#dueAt > overdueMs) this.#ask(true);
    if (!this.#question && !isPaused() && at - signs.lastProgressAt >= askAfterMs) this.#ask(false);
    if (!this.#question) {
      this.#tellLate(null);
      this.#lookIn(isPaused() ? askAfterMs : Math.max(askAfterMs - (at - signs.lastProgressAt), 1));
      return;
    }
    const { lateAt, goneAt } = this.#deadlines(this.#question);
    if (at >= goneAt) {
      this.dispose();
      this.#options.onGone(Math.round(at - signs.lastProgressAt));
      return;
    }
    if (at >= lateAt) this.#tellLate(goneAt - at);
    else this.#tellLate(null);
    this.#lookIn(Math.max((at >= lateAt ? goneAt : lateAt) - at, 1));
  }

  #deadlines({ askedAt, isProbe }: Question): { lateAt: number; goneAt: number } {
    if (isProbe) return { lateAt: askedAt + probeLateMs, goneAt: askedAt + probeGoneMs };
    const { backlogBytes, seesBacklogShrink, lastProgressAt } = this.#options.signs;
    const isBlind = backlogBytes > 0 && !seesBacklogShrink;
    // Never gone right after the question: it may have been asked late.
    const least = askedAt + probeGoneMs;
    return {
      lateAt: Math.max(lastProgressAt + lateAfterMs, askedAt + probeLateMs),
      goneAt: Math.max(lastProgressAt + (isBlind ? goneBlindMs : goneAfterMs), least),
    };
  }

  #ask(isProbe: boolean): void {
    const askedAt = this.#options.now();
    const question: Question = { askedAt, countsFrom: askedAt + (isProbe ? staleMs : 0), isProbe, isAnswered: false };
    this.#question = question;
    this.#options.ask(() => {
      question.isAnswered = true;
    });
  }

  #tellLate(goneInMs: number | null): void {
    const isLate = goneInMs !== null;
    if (isLate === this.#isLate) return;
    this.#isLate = isLate;
    this.#options.onLate(goneInMs);
  }

  #lookIn(delayMs: number): void {
    void this.#timer?.dispose();
    if (this.#isOver) return;
    // While late, "answers again" should show soon.
    const inMs = Math.min(delayMs, this.#isLate ? 200 : 1_000);
    this.#dueAt = this.#options.now() + inMs;
    this.#timer = this.#options.clock.after(inMs, () => this.#look());
  }
}
