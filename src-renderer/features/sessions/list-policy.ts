/** Pure: how a change event alters a cached list. */
import type { Session, SessionCounts, SessionList, SessionTab } from '../../../src-preload/contract/sessions.ts';

export interface Change {
  readonly changed: readonly Session[];
  readonly removed: readonly string[];
  readonly counts: SessionCounts;
  readonly asOf: string | null;
  readonly complete: boolean;
  readonly unread?: number | undefined;
  readonly live: SessionList['live'];
  readonly error?: SessionList['error'];
}

/** Newest first, then by id so that the order never flickers. */
export function newestFirst(a: Session, b: Session): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

/** Two changes as one: of a session that both name, what the later says counts. */
export function mergeChanges<C extends Change>(earlier: C, later: C): C {
  const changed = new Map(earlier.changed.map((it) => [it.id, it]));
  const removed = new Set(earlier.removed);
  for (const id of later.removed) {
    changed.delete(id);
    removed.add(id);
  }
  for (const it of later.changed) {
    changed.set(it.id, it);
    removed.delete(it.id);
  }
  return { ...later, changed: [...changed.values()], removed: [...removed] };
}

/** The list of `tab` after the change; rows that moved to another tab leave it. */
export function applyChange(list: SessionList, tab: SessionTab, change: Change): SessionList {
  const { counts, asOf, complete, unread, live, error } = change;
  const state = {
    counts,
    asOf,
    complete,
    ...(unread === undefined ? {} : { unread }),
    live,
    ...(error ? { error } : {}),
  };
  if (change.changed.length === 0 && change.removed.length === 0) return { ...state, sessions: list.sessions };
  const changed = new Map(change.changed.map((it) => [it.id, it]));
  const removed = new Set(change.removed);
  let moved = false;
  let touched = false;
  const sessions: Session[] = [];
  for (const it of list.sessions) {
    if (removed.has(it.id)) {
      touched = true;
      continue;
    }
    const next = changed.get(it.id);
    changed.delete(it.id);
    if (next === undefined) {
      sessions.push(it);
      continue;
    }
    touched = true;
    if (next.tab === tab) {
      moved ||= next.createdAt !== it.createdAt;
      sessions.push(next);
    }
  }
  const added = [...changed.values()].filter((it) => it.tab === tab && !removed.has(it.id));
  if (added.length > 0) sessions.push(...added);
  if (moved || added.length > 0) sessions.sort(newestFirst);
  // The same array where nothing of this tab changed: nobody has to look through it again.
  return { ...state, sessions: touched || added.length > 0 ? sessions : list.sessions };
}
