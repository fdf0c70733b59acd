/** Keeps a scroll position in session storage, so that a reload comes back to the same place. */
import { type RefObject, useEffect } from 'react';

/** Not at each step: reading the position forces a layout. */
const quietMs = 200;

export function readKeptScroll(key: string): number {
  return Number(sessionStorage.getItem(key) ?? 0);
}

export function useKeptScroll(box: RefObject<HTMLElement | null>, key: string): void {
  useEffect(() => {
    const it = box.current;
    if (!it) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = () => sessionStorage.setItem(key, String(Math.round(it.scrollTop)));
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(save, quietMs);
    };
    it.addEventListener('scroll', moved, { passive: true });
    return () => {
      clearTimeout(timer);
      it.removeEventListener('scroll', moved);
    };
  }, [box, key]);
}
