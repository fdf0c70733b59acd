/**
 * What the rows in view used over the last hour, asked for in one call for all of them. A row that scrolls by is not asked
 * for; one that stays is asked for again, for as long as it stays.
 */
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { UseHistory } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';

const settleMs = 150;
const againMs = 10_000;
const shownMs = 3_600_000;
const points = 30;
/** As the contract allows in one call. */
const mostAsked = 200;
/** Histories of rows that were in view: scrolling back shows them at once. */
const mostKept = 400;

class Sparks {
  readonly #wanted = new Map<string, Set<() => void>>();
  readonly #known = new Map<string, UseHistory>();
  readonly #accountId: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Number.POSITIVE_INFINITY;

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  read(sessionId: string): UseHistory | undefined {
    return this.#known.get(sessionId);
  }

  subscribe(sessionId: string, listener: () => void): () => void {
    const listeners = this.#wanted.get(sessionId) ?? new Set();
    this.#wanted.set(sessionId, listeners.add(listener));
    if (!this.#known.has(sessionId)) this.#askIn(settleMs);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#wanted.delete(sessionId);
    };
  }

  #askIn(delayMs: number): void {
    const due = performance.now() + delayMs;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ask();
    }, delayMs);
  }

  async #ask(): Promise<void> {
    const sessionIds = [...this.#wanted.keys()].slice(0, mostAsked);
    // Nobody looks: the next row that comes into view asks.
    if (sessionIds.length === 0) return;
    if (document.visibilityState === 'visible') {
      const sinceMs = Date.now() - shownMs;
      try {
        // biome-ignore lint/correctness/useHookAtTopLevel: a call of the contract, not a hook
        const told = await berth.sessions.useHistory({ accountId: this.#accountId, sessionIds, sinceMs, points });
        for (const history of told) this.#keep(history);
      } catch {
        // Charts are an extra beside the numbers; what ails the bridge or the site is told elsewhere.
      }
    }
    this.#askIn(againMs);
  }

  #keep(history: UseHistory): void {
    const { sessionId, at } = history;
    const before = this.#known.get(sessionId);
    if (before && before.at.length === at.length && before.at.at(-1) === at.at(-1)) return;
    this.#known.delete(sessionId);
    this.#known.set(sessionId, history);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
    for (const listener of this.#wanted.get(sessionId) ?? []) listener();
  }
}

const byAccount = new Map<string, Sparks>();

function sparksOf(accountId: string): Sparks {
  const sparks = byAccount.get(accountId) ?? new Sparks(accountId);
  byAccount.set(accountId, sparks);
  return sparks;
}

/** Whose sessions the list shows. */
export const ListAccount = createContext('');

const none = () => () => undefined;

/** Undefined until it has been asked for, and for sessions that are not running. */
export function useSparks(sessionId: string, running: boolean): UseHistory | undefined {
  const accountId = useContext(ListAccount);
  const subscribe = useCallback(
    (listener: () => void) => sparksOf(accountId).subscribe(sessionId, listener),
    [accountId, sessionId],
  );
  return useSyncExternalStore(running ? subscribe : none, () =>
    running ? sparksOf(accountId).read(sessionId) : undefined,
  );
}
