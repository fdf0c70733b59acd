/** The doctor's screen: what it looks at, and whether this window has one to open. */
import { useSyncExternalStore } from 'react';
import type { DoctorTarget } from '../../src-preload/contract/doctor.ts';

type Opener = (target: DoctorTarget | null) => void;

const listeners = new Set<() => void>();
let opener: Opener | null = null;

function set(next: Opener | null): void {
  opener = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For the window that shows the screen. @param open null: look at the account that is shown */
export function offerDoctor(open: Opener): () => void {
  set(open);
  return () => set(null);
}

const read = () => opener;

/** Opens the screen; null in windows that have none (terminals, app windows). */
export function useDoctor(): Opener | null {
  return useSyncExternalStore(subscribe, read, read);
}
