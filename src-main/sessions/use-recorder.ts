/** Writes down what running sessions use, whenever their site has answered anew. */
import type { Session, UseHistory as UseHistoryValue } from '../../src-preload/contract/sessions.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { readingOf, UseHistory } from './use-history.ts';

/** What is known of one account's sessions now. */
export interface Known {
  readonly accountId: string;
  /** When the site last answered. */
  readonly asOf: string | null;
  readonly sessions: () => readonly Session[];
}

export interface UseRecorderOptions {
  readonly clock: Clock;
  readonly known: () => Iterable<Known>;
}

/** Half of the time between two answers of the site, so that none is missed by much. */
export const lookMs = 10_000;

export class UseRecorder implements Disposable {
  readonly #options: UseRecorderOptions;
  readonly #history = new UseHistory();
  readonly #recorded = new Map<string, string>();
  #timer: Disposable;

  constructor(options: UseRecorderOptions) {
    this.#options = options;
    this.#timer = this.#later();
  }

  /** Also called by whoever is about to show the history, so that the newest reading is in it. */
  look(): void {
    for (const { accountId, asOf, sessions } of this.#options.known()) {
      if (asOf === null || this.#recorded.get(accountId) === asOf) continue;
      this.#recorded.set(accountId, asOf);
      this.#history.add(
        Date.parse(asOf),
        sessions().flatMap((it) => (it.live === null ? [] : [[key(accountId, it.id), readingOf(it)] as const])),
      );
    }
  }

  read(accountId: string, sessionId: string, sinceMs: number, points: number): UseHistoryValue {
    return { ...this.#history.read(key(accountId, sessionId), sinceMs, points), sessionId };
  }

  forget(accountId: string): void {
    this.#recorded.delete(accountId);
    this.#history.forget((it) => !it.startsWith(key(accountId, '')));
  }

  dispose(): void {
    void this.#timer.dispose();
  }

  #later(): Disposable {
    return this.#options.clock.after(lookMs, () => {
      this.look();
      this.#timer = this.#later();
    });
  }
}

const key = (accountId: string, sessionId: string): string => `${accountId}/${sessionId}`;
