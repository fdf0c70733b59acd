/**
 * Which session the panel shows, which is in the window's address, and which row one stands on. Opening and closing are
 * steps that *back* undoes; walking along the list with the panel open is none.
 */
import { useCallback, useEffect } from 'react';
import { useRemembered } from '../../state/remembered.ts';
import { goTo, usePlace } from '../../state/use-section.ts';

export interface OpenSession {
  /** Null: the panel is closed. */
  readonly openId: string | null;
  readonly activeId: string | null;
  readonly show: (sessionId: string) => void;
  /** Stands on its row; the panel follows if it is open. */
  readonly stand: (sessionId: string) => void;
  readonly toggle: () => void;
  readonly close: () => void;
}

export function useOpenSession(accountId: string): OpenSession {
  const { section, open } = usePlace();
  const [activeId, setActiveId] = useRemembered<string | null>(`sessions.${accountId}.active`, null);
  const openId = section === 'sessions' && open?.accountId === accountId ? open.id : null;

  useEffect(() => {
    if (openId !== null) setActiveId(openId);
  }, [openId, setActiveId]);

  const show = useCallback(
    (id: string, by: 'push' | 'replace' = 'push') => {
      setActiveId(id);
      goTo({ section: 'sessions', open: { accountId, id } }, by);
    },
    [accountId, setActiveId],
  );
  const close = useCallback(() => goTo({ section: 'sessions', open: null }), []);
  return {
    openId,
    activeId,
    show,
    stand: (id) => (openId === null ? setActiveId(id) : show(id, 'replace')),
    toggle: () => {
      if (openId !== null) close();
      else if (activeId !== null) show(activeId);
    },
    close,
  };
}
