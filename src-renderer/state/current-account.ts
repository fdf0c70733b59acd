/** Which account the main window shows; remembered across reloads (an id of Berth's own, not a secret). */
import { useSyncExternalStore } from 'react';
import { currentPlace, goTo, type Place } from './use-section.ts';
import { allAccounts, useSites } from './use-sites.ts';

const storageKey = 'berth.account';
const listeners = new Set<() => void>();
let chosen: string | null = read();

function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    // Storage switched off: the first account is shown then.
    return null;
  }
}

/** Each account keeps the place it was left at. */
const places = new Map<string, Place>();

/** @param place where to; without it, where the account was left */
export function chooseAccount(accountId: string, place?: Place): void {
  const now = currentPlace();
  // An address of another account, as *back* brings it, is not where this one was left.
  if (chosen !== null && chosen !== accountId && (now.open === null || now.open.accountId === chosen)) {
    places.set(chosen, now);
  }
  const left = chosen === accountId ? undefined : (places.get(accountId) ?? { section: 'sessions', open: null });
  const next = place ?? (chosen === null ? undefined : left);
  chosen = accountId;
  try {
    localStorage.setItem(storageKey, accountId);
  } catch {
    // Only the memory across reloads is lost.
  }
  if (next !== undefined) goTo(next);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The chosen account, or the first one when the chosen one is gone; null when there is none. */
export function useCurrentAccount() {
  const wanted = useSyncExternalStore(subscribe, () => chosen);
  const { data } = useSites();
  const all = allAccounts(data);
  const current = all.find((it) => it.account.id === wanted) ?? all[0];
  return { accountId: current?.account.id ?? wanted, current, all };
}
