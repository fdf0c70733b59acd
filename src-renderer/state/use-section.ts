/** Which page of the main window is shown: the address's fragment, so that links, back and reload work. */
import { useSyncExternalStore } from 'react';

export const sections = ['sessions', 'folders', 'transfers', 'ports', 'settings'] as const;
export type Section = (typeof sections)[number];

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

export function currentSection(): Section {
  const name = location.hash.slice(1);
  return sections.find((it) => it === name) ?? 'sessions';
}

export function useSection(): Section {
  return useSyncExternalStore(subscribe, currentSection);
}

export function goTo(section: Section): void {
  location.hash = section;
}
