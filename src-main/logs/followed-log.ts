/** One log that somebody looks at: asks the site again and again, takes in what is new, tells the windows. */
import type { LogRef, LogState } from '../../src-preload/contract/logs.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { Emitter, type Unsubscribe } from '../base/emitter.ts';
import { followDelayMs, followErrorDelayMs } from './follow-policy.ts';
import type { KeptLog } from './kept-log.ts';
import { decodeLog } from './log-decoder.ts';

export interface FollowedLogOptions {
  readonly ref: LogRef;
  readonly log: KeptLog;
  readonly clock: Clock;
  /** The answer of the site, still arriving. Throws BerthError. */
  readonly ask: (ref: LogRef, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** True once the session is over. */
  readonly isOver: () => boolean;
  readonly maxBytes: () => number;
}

export class FollowedLog {
  readonly log: KeptLog;
  readonly #options: FollowedLogOptions;
  readonly #changes = new Emitter<LogState>();
  readonly #abort = new AbortController();
  #timer: { dispose(): void | Promise<void> } | null = null;
  #asking: Promise<void> | null = null;
  #quiet = 0;
  #failures = 0;
  #error: BerthError | null = null;
  /** The site does not know this log any more. */
  #gone = false;

  constructor(options: FollowedLogOptions) {
    this.#options = options;
    this.log = options.log;
  }

  get watchers(): number {
    return this.#changes.size;
  }

  get state(): LogState {
    const { facts, lines, epoch } = this.log;
    const state = facts.ended ? 'ended' : this.#gone ? 'kept' : facts.asOf === null ? 'loading' : 'following';
    return {
      lines,
      bytes: facts.bytes,
      epoch,
      gaps: facts.gaps,
      dropped: facts.dropped,
      asOf: facts.asOf,
      state,
      ...(this.#error === null ? {} : { error: this.#error.toValue() }),
    };
  }

  /** Follows as long as somebody listens. */
  watch(listener: (state: LogState) => void): Unsubscribe {
    const stop = this.#changes.on(listener);
    if (this.#timer === null && this.#asking === null) void this.refresh();
    return () => {
      stop();
      if (this.#changes.size === 0) this.#rest();
    };
  }

  /** Asks now; joins an answer that is on its way. */
  refresh(): Promise<void> {
    this.#rest();
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      this.#next();
    });
    return this.#asking;
  }

  async dispose(): Promise<void> {
    this.#abort.abort();
    this.#rest();
    await this.#asking?.catch(() => undefined);
    await this.log.close();
  }

  async #ask(): Promise<void> {
    const { ref, clock, ask, isOver, maxBytes } = this.#options;
    if (this.log.facts.ended) return;
    const startedAt = clock.now();
    try {
      // Asked before the answer: what a session wrote until it was over is then in it.
      const over = isOver();
      const answer = decodeLog(await ask(ref, this.#abort.signal));
      const isNew = await this.log.merge(answer, new Date(clock.now()).toISOString(), over, maxBytes());
      this.#quiet = isNew ? 0 : this.#quiet + 1;
      this.#failures = 0;
      this.#error = null;
      this.#took = clock.now() - startedAt;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#failures++;
      const problem =
        error instanceof BerthError
          ? error
          : new BerthError('file-write', { place: 'computer', params: { path: this.log.path }, cause: error });
      this.#gone = problem.code === 'session-gone' || problem.code === 'not-found';
      this.#error = this.#gone && this.log.facts.bytes > 0 ? null : problem;
    }
    this.#changes.emit(this.state);
  }

  #took = 0;

  #next(): void {
    if (this.#changes.size === 0 || this.#abort.signal.aborted || this.log.facts.ended || this.#gone) return;
    const delayMs = this.#failures > 0 ? followErrorDelayMs(this.#failures) : followDelayMs(this.#quiet, this.#took);
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#timer = null;
      void this.refresh();
    });
  }

  #rest(): void {
    void this.#timer?.dispose();
    this.#timer = null;
  }
}
