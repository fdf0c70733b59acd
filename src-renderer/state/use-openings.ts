/** Opens what was asked to open once a session runs; what the browser would not open waits for a click. */
import { useCallback, useEffect, useState } from 'react';
import type { OpensWhenRunning } from '../../src-preload/contract/launches.ts';
import { berth, openAppWindow, openTerminalWindow, wasOpened } from '../bridge.ts';

export interface Opening {
  readonly accountId: string;
  readonly sessionId: string;
  readonly sessionName: string;
  readonly opens: OpensWhenRunning;
}

function open({ accountId, sessionId, opens }: Opening): void {
  if (opens.kind === 'terminal') openTerminalWindow({ accountId, sessionId });
  else openAppWindow({ accountId, sessionId }, opens.service);
}

export function useOpenings(): { readonly waiting: readonly Opening[]; readonly openNow: (it: Opening) => void } {
  const [waiting, setWaiting] = useState<readonly Opening[]>([]);

  useEffect(() => {
    let isHere = true;
    const take = async () => {
      for (const opening of await berth.launches.takeOpenings()) {
        const opened = wasOpened(opening);
        open(opening);
        // Without a click a browser may block the window, and by design it does not tell.
        void opened.then((yes) => {
          if (!yes && isHere) setWaiting((now) => [...now, opening]);
        });
      }
    };
    // A lost bridge is said by its own bar, and what waits is asked for again when it is back.
    const takeQuietly = () => void take().catch(() => {});
    takeQuietly();
    const ends = [
      berth.launches.onOpening(takeQuietly),
      berth.connection.on((state) => {
        if (state === 'open') takeQuietly();
      }),
    ];
    return () => {
      isHere = false;
      for (const end of ends) end();
    };
  }, []);

  const openNow = useCallback((it: Opening) => {
    setWaiting((now) => now.filter((one) => one !== it));
    open(it);
  }, []);
  return { waiting, openNow };
}
