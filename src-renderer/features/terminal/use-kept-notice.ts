/** A new window tells once of shells that go on from before: nobody else would. */
import { useEffect, useRef } from 'react';
import { berth } from '../../bridge.ts';
import { allPanes } from './layout-policy.ts';
import type { Notice } from './notice.ts';
import type { Deck } from './use-deck.ts';

interface Options {
  readonly accountId: string;
  readonly sessionId: string;
  readonly deck: Deck;
  readonly isLive: boolean;
  readonly onKept: (notice: Notice) => void;
}

export function useKeptNotice({ accountId, sessionId, deck, isLive, onKept }: Options): void {
  const wasAsked = useRef(deck.isRestored);
  const mine = useRef<readonly string[]>([]);
  mine.current = allPanes(deck.layout);
  useEffect(() => {
    if (!isLive || wasAsked.current) return;
    wasAsked.current = true;
    berth.terminals
      .kept({ accountId, sessionId })
      .then((shells) => {
        const left = shells.filter((it) => !it.isShown && !mine.current.includes(it.terminalId));
        if (left.length > 0) onKept({ kind: 'kept', count: left.length });
      })
      // Only a hint; the menu asks again.
      .catch(() => undefined);
  }, [accountId, sessionId, isLive, onKept]);
}
