/** Keys of the whole page, as long as nobody types and no dialog is open. */
import { useEffect, useRef } from 'react';

interface Keys {
  readonly onFind: () => void;
  readonly onHelp: () => void;
  readonly onStart: () => void;
  readonly onEscape: () => void;
}

export function usePageKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target;
      if (!(target instanceof Element) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
        return;
      // Focus may be on nothing while a dialog is open.
      if (document.querySelector('dialog[open]')) return;
      if (target.closest('input, textarea, select, [contenteditable], [role="dialog"], dialog, [role="menu"]')) return;
      const act = { '/': latest.current.onFind, '?': latest.current.onHelp, n: latest.current.onStart }[event.key];
      if (event.key === 'Escape') latest.current.onEscape();
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
