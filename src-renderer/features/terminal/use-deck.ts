/** The tabs and panes of a window, kept over a reload, and what programs said about theirs. */
import { type Dispatch, type SetStateAction, useCallback, useEffect, useState } from 'react';
import { useRemembered } from '../../state/remembered.ts';
import {
  activeTab,
  addTab,
  allPanes,
  closePane,
  firstLayout,
  type Layout,
  panesOf,
  readLayout,
} from './layout-policy.ts';
import { newTerminalId } from './terminal-id.ts';

export interface PaneFacts {
  /** The program's own name for its terminal. */
  readonly title: string;
  /** It rang since it was last looked at. */
  readonly rang: boolean;
}

export interface Deck {
  readonly layout: Layout;
  readonly setLayout: Dispatch<SetStateAction<Layout>>;
  /** Takes panes out; a window that is left without any closes. */
  readonly remove: (panes: readonly string[]) => void;
  readonly facts: Readonly<Record<string, PaneFacts>>;
  readonly setTitle: (pane: string, title: string) => void;
  readonly ring: (pane: string) => void;
  /** There was a layout from before the page was loaded, or of another window. */
  readonly isRestored: boolean;
}

/** A window that may close itself is gone by then. */
const closedWithinMs = 500;

const noFacts: PaneFacts = { title: '', rang: false };

/** @param first what a window begins with that was opened for it; else with one shell */
export function useDeck(sessionId: string, first: Layout | null): Deck {
  const [fresh] = useState(() => first ?? firstLayout(newTerminalId()));
  const [layout, setLayout] = useRemembered<Layout>(
    `terminals.${sessionId}`,
    fresh,
    (value) => readLayout(value) !== null,
  );
  const [isRestored] = useState(() => layout !== fresh || first !== null);
  const [facts, setFacts] = useState<Readonly<Record<string, PaneFacts>>>({});

  const remove = useCallback(
    (panes: readonly string[]) => setLayout((now) => panes.reduce<Layout>(closePane, now)),
    [setLayout],
  );
  const isEmpty = layout.tabs.length === 0;
  useEffect(() => {
    if (!isEmpty) return;
    window.close();
    // The browser closes only windows that a page opened; another one goes on with a new shell.
    const timer = setTimeout(() => setLayout(addTab({ tabs: [], active: 0 }, newTerminalId())), closedWithinMs);
    return () => clearTimeout(timer);
  }, [isEmpty, setLayout]);

  const change = useCallback((pane: string, part: Partial<PaneFacts>) => {
    setFacts((now) => ({ ...now, [pane]: { ...(now[pane] ?? noFacts), ...part } }));
  }, []);
  const setTitle = useCallback((pane: string, title: string) => change(pane, { title }), [change]);
  const ring = useCallback((pane: string) => change(pane, { rang: true }), [change]);

  // What is seen has been noticed; panes that are gone are forgotten.
  useEffect(() => {
    const look = () => {
      if (document.hidden) return;
      const tab = activeTab(layout);
      const seen = new Set(tab ? panesOf(tab.root) : []);
      const there = new Set(allPanes(layout));
      setFacts((now) => {
        const entries = Object.entries(now);
        if (entries.every(([pane, it]) => there.has(pane) && !(it.rang && seen.has(pane)))) return now;
        return Object.fromEntries(
          entries
            .filter(([pane]) => there.has(pane))
            .map(([pane, it]) => [pane, seen.has(pane) ? { ...it, rang: false } : it]),
        );
      });
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [layout]);

  return { layout, setLayout, remove, facts, setTitle, ring, isRestored };
}
