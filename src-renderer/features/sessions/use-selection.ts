/** Which rows are ticked, as long as they are there and can be ended. */
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { possible } from './action-policy.ts';
import { extend, nothing, prune, toggle, toggleAll } from './selection-policy.ts';

/** @param shown in the order of the list; @param all those of the tab, also the ones that a filter hides */
export function useSelection(shown: readonly Session[], all: readonly Session[], ticks: boolean) {
  const [selection, setSelection] = useState(nothing);
  const sessions = useMemo(
    () => (ticks && selection.ids.size > 0 ? all.filter((it) => selection.ids.has(it.id) && mayEnd(it)) : []),
    [all, selection, ticks],
  );
  const pruned = useMemo(() => {
    const there = new Set(sessions.map(({ id }) => id));
    return prune(selection, (id) => there.has(id));
  }, [selection, sessions]);

  const rows = useRef(shown);
  rows.current = shown;
  const tick = useCallback((session: Session, range: boolean) => {
    if (!mayEnd(session)) return;
    setSelection((now) => (range ? extend(now, session.id, endable(rows.current)) : toggle(now, session.id)));
  }, []);
  const tickAll = useCallback(() => setSelection((now) => toggleAll(now, endable(rows.current))), []);
  const clear = useCallback(() => setSelection(nothing), []);
  return { selection: pruned, sessions, tick, tickAll, clear };
}

const mayEnd = (session: Session): boolean => possible(session).terminate === null;

function endable(sessions: readonly Session[]): string[] {
  return sessions.filter(mayEnd).map(({ id }) => id);
}
