/** Tabs of this window that go to another one, and those that come. A shell is never ended by a move. */
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react';
import { openTerminalWindow } from '../../bridge.ts';
import { type Layout, panesOf, takeIn } from './layout-policy.ts';
import type { Notice } from './notice.ts';
import { type OtherWindow, TabMoves } from './tab-moves.ts';
import { newTerminalId } from './terminal-id.ts';
import type { Attached } from './use-screen.ts';

interface Options {
  readonly accountId: string;
  readonly sessionId: string;
  readonly layout: Layout;
  readonly setLayout: Dispatch<SetStateAction<Layout>>;
  /** Names of the tabs, in their order. */
  readonly titles: readonly string[];
  readonly attachedOf: (pane: string) => Attached | undefined;
  /** Takes panes out of the layout. */
  readonly remove: (panes: readonly string[]) => void;
  readonly onNotice: (notice: Notice) => void;
}

export interface Moves {
  /** Other windows of the session. */
  readonly others: readonly OtherWindow[];
  /** Call it in the click's own turn: it opens a window. */
  readonly toNewWindow: (at: number) => void;
  readonly toWindow: (at: number, id: string) => void;
  /** Another window shows this pane's shell now. */
  readonly moved: (pane: string) => void;
}

/** Windows of one session hear each other. */
export function movesChannel(accountId: string, sessionId: string): BroadcastChannel {
  return new BroadcastChannel(`berth.terminals.${accountId}.${sessionId}`);
}

export function useMoves(options: Options): Moves {
  const { accountId, sessionId, layout, titles } = options;
  const latest = useRef(options);
  latest.current = options;
  const [others, setOthers] = useState<readonly OtherWindow[]>([]);
  const moves = useRef<TabMoves | null>(null);
  /** Given away; each goes from here once the main process has let go of it for this window. */
  const given = useRef(new Set<string>());

  useEffect(() => {
    const channel = movesChannel(accountId, sessionId);
    const made = new TabMoves({
      channel,
      id: newTerminalId(),
      onOthers: setOthers,
      onOffer: (tab) => {
        if (!takeIn(latest.current.layout, tab)) return false;
        latest.current.setLayout((now) => takeIn(now, tab) ?? now);
        window.focus();
        return true;
      },
    });
    moves.current = made;
    const close = () => made.dispose();
    addEventListener('pagehide', close);
    return () => {
      removeEventListener('pagehide', close);
      made.dispose();
      channel.close();
      moves.current = null;
    };
  }, [accountId, sessionId]);

  const title = titles.join(', ');
  const count = layout.tabs.reduce((sum, tab) => sum + panesOf(tab.root).length, 0);
  useEffect(() => moves.current?.tell(title, count), [title, count]);

  async function give(at: number, move: string, to: string | null): Promise<void> {
    const tab = layout.tabs[at];
    if (!tab || !moves.current) return;
    const isTaken = await moves.current.give(tab, move, to);
    if (!isTaken) {
      latest.current.onNotice({ kind: 'move-failed', toNew: to === null });
      return;
    }
    const panes = panesOf(tab.root);
    // One whose stream has ended already is told nothing more.
    const isOver = (pane: string) => {
      const phase = latest.current.attachedOf(pane)?.connection.snapshot().phase.at;
      return phase === undefined || phase === 'moved' || phase === 'closed' || phase === 'exited' || phase === 'ended';
    };
    for (const pane of panes) if (!isOver(pane)) given.current.add(pane);
    const gone = panes.filter(isOver);
    if (gone.length > 0) latest.current.remove(gone);
  }

  return {
    others,
    toNewWindow: (at) => {
      const move = newTerminalId();
      void give(at, move, null);
      openTerminalWindow({ accountId, sessionId }, move);
    },
    toWindow: (at, id) => void give(at, newTerminalId(), id),
    moved: (pane) => {
      if (given.current.delete(pane)) latest.current.remove([pane]);
    },
  };
}
