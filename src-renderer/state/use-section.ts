/** Which page of the main window is shown, and what is open on it: the address's fragment, so that links, back and reload work. */
import { useMemo, useSyncExternalStore } from 'react';
import { type Place, readPlace, type Section, sections, writePlace } from './place-policy.ts';

export { type Place, type Section, sections };

const listeners = new Set<() => void>();
/** What each page was left with; coming back to it by the navigation brings that back, also over a reload. */
const keptKey = (section: Section) => `berth.place.${section}`;

function tell(): void {
  try {
    sessionStorage.setItem(keptKey(currentPlace().section), location.hash);
  } catch {
    // Storage switched off: only what a page was left with is lost.
  }
  for (const listener of listeners) listener();
}

addEventListener('hashchange', tell);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const currentHash = () => location.hash;

export function currentPlace(): Place {
  return readPlace(location.hash);
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, currentHash);
  return useMemo(() => readPlace(hash), [hash]);
}

/** @param by `replace`: going back does not come here again */
export function goTo(place: Place, by: 'push' | 'replace' = 'push'): void {
  const hash = writePlace(place);
  if (hash === location.hash) return;
  if (by === 'push') location.hash = hash;
  else history.replaceState(history.state, '', hash);
  // Told at once: the browser's own event comes later, and none comes for what was replaced.
  tell();
}

/** The address of a page as this account left it. */
export function addressOf(section: Section, accountId: string): string {
  const now = currentPlace();
  if (now.section === section) return writePlace(now);
  try {
    const left = readPlace(sessionStorage.getItem(keptKey(section)) ?? '');
    if (left.section === section && left.open?.accountId === accountId) return writePlace(left);
  } catch {
    // As above.
  }
  return writePlace({ section, open: null });
}
