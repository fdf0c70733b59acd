/** How the list of a site was left: this window's own until it is closed, and kept by the main process for the next one. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { SessionView } from '../../../src-preload/contract/session-view.ts';
import { berth } from '../../bridge.ts';
import { defaultColumns } from './columns-policy.ts';

const blank = { type: 'all', filters: [], sort: null } as const satisfies SessionView['tabs']['running'];

export const defaultView: SessionView = {
  tab: 'running',
  tabs: { running: { ...blank, filters: [] }, finished: { ...blank, filters: [] }, other: { ...blank, filters: [] } },
  columns: [...defaultColumns],
  nameWidth: null,
};

/** A person drags a column through many widths; the last one is worth writing down. */
const settleMs = 400;

function stored(key: string): SessionView | null {
  try {
    const parsed = SessionView.safeParse(JSON.parse(sessionStorage.getItem(key) ?? ''));
    if (parsed.success) return parsed.data;
  } catch {
    // Nothing usable was kept in this window.
  }
  return null;
}

export function useListView(accountId: string): [SessionView, (change: (view: SessionView) => SessionView) => void] {
  const key = `berth.sessions.${accountId}.view`;
  const [view, setView] = useState(() => stored(key) ?? defaultView);
  const touched = useRef(stored(key) !== null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    if (touched.current) return;
    let gone = false;
    berth.views.get({ accountId }).then(
      (kept) => {
        if (!gone && !touched.current && kept) setView(kept);
      },
      // The list works as it is by default; it only forgot.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [accountId]);

  const latest = useRef(view);
  latest.current = view;
  const change = useCallback(
    (how: (view: SessionView) => SessionView) => {
      const next = how(latest.current);
      latest.current = next;
      touched.current = true;
      setView(next);
      try {
        sessionStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Storage full or off: only a reload forgets.
      }
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        // Whatever ails the disk must not stand in the way of the list.
        berth.views.keep({ accountId, view: next }).catch(() => undefined);
      }, settleMs);
    },
    [accountId, key],
  );
  return [view, change];
}
