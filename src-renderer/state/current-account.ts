/** Which account the main window shows; remembered across reloads (an id of Berth's own, not a secret). */
import { useSyncExternalStore } from 'react';
import { currentSection, goTo, type Section } from './use-section.ts';
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

/** Each account keeps the page it was left on. */
const places = new Map<string, Section>();

export function chooseAccount(accountId: string): void {
  if (chosen !== null && chosen !== accountId) {
    places.set(chosen, currentSection());
    goTo(places.get(accountId) ?? 'sessions');
  }
  chosen = accountId;
  try {
    localStorage.setItem(storageKey, accountId);
  } catch {
    // Only the memory across reloads is lost.
  }
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
