/** A terminal window as it opens: with a tab of another window, where it was opened for one. */
import { useEffect, useState } from 'react';
import { Loading } from '../../ui/loading.tsx';
import type { Layout } from './layout-policy.ts';
import { receiveTab } from './tab-moves.ts';
import { newTerminalId } from './terminal-id.ts';
import { TerminalWindow } from './terminal-window.tsx';
import { useWords } from './terminal-words.ts';
import { movesChannel } from './use-moves.ts';

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
}

/** The tab that came, and how to tell that it is shown. */
interface Arrival {
  readonly first: Layout | null;
  readonly shown: () => void;
}

const nothing: Arrival = { first: null, shown: () => undefined };

/** In the address of a window that is opened for a tab. */
function wantedMove(): string | null {
  return new URLSearchParams(location.search).get('move');
}

export function TerminalPlace({ accountId, sessionId }: Props) {
  const t = useWords();
  const [arrival, setArrival] = useState<Arrival | null>(() => (wantedMove() === null ? nothing : null));
  useEffect(() => {
    const move = wantedMove();
    if (move === null) return;
    const channel = movesChannel(accountId, sessionId);
    let isOver = false;
    void receiveTab(channel, newTerminalId(), move).then((received) => {
      if (isOver) return;
      // What a reload finds is this window's own layout.
      const query = new URLSearchParams(location.search);
      query.delete('move');
      history.replaceState(null, '', `${location.pathname}?${query}`);
      setArrival({
        first: received && { tabs: [received.tab], active: 0 },
        shown: () => {
          received?.taken();
          channel.close();
        },
      });
    });
    return () => {
      isOver = true;
    };
  }, [accountId, sessionId]);
  if (!arrival) return <Loading words={t('move.arrives')} />;
  return <TerminalWindow accountId={accountId} sessionId={sessionId} first={arrival.first} onShown={arrival.shown} />;
}
