/** The bridge between this window and the main process. */
import { useSyncExternalStore } from 'react';
import type { ConnectionState } from '../../src-preload/client.ts';
import { berth } from '../bridge.ts';
import { queryClient } from './query.ts';

let lost = false;
berth.connection.on((state) => {
  if (state === 'lost') lost = true;
  // Events were missed in between: ask for everything on screen again.
  if (state === 'open' && lost) {
    lost = false;
    void queryClient.invalidateQueries();
  }
});

const subscribe = (changed: () => void) => berth.connection.on(changed);
const read = (): ConnectionState => berth.connection.state;

export function useConnection(): ConnectionState {
  return useSyncExternalStore(subscribe, read);
}
