/** Tells the main process that this window shows an account's sessions, for as long as it can be seen. */
import { useEffect } from 'react';
import { berth } from '../bridge.ts';

export function useLooking(accountId: string): void {
  useEffect(() => {
    let stream: { close(): void } | null = null;
    const update = () => {
      const looks = document.visibilityState === 'visible' && berth.connection.state === 'open';
      if (looks && stream === null) {
        // It ends with the bridge; the state of the connection tells when it can be opened again.
        stream = berth.sessions.look(
          { accountId },
          { onData: () => {}, onNote: () => {}, onClose: () => (stream = null) },
        );
      } else if (!looks && stream !== null) {
        stream.close();
        stream = null;
      }
    };
    update();
    document.addEventListener('visibilitychange', update);
    const unsubscribe = berth.connection.on(update);
    return () => {
      document.removeEventListener('visibilitychange', update);
      unsubscribe();
      stream?.close();
      stream = null;
    };
  }, [accountId]);
}
