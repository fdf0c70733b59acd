/** Transfers of all accounts, kept fresh by `transfers.changed` and `transfers.removed`. */
import { useQuery } from '@tanstack/react-query';
import type { Transfer } from '../../src-preload/contract/transfers.ts';
import { berth } from '../bridge.ts';
import { queryClient } from './query.ts';

const key = ['transfers.list'] as const;

/** Also for what a call answered: its event may come later than the answer. */
export function noteTransfer(transfer: Transfer): void {
  queryClient.setQueryData<Transfer[]>(key, (now) => {
    if (!now) return now;
    const at = now.findIndex(({ id }) => id === transfer.id);
    return at === -1 ? [...now, transfer] : now.with(at, transfer);
  });
}

berth.transfers.onChanged(noteTransfer);
berth.transfers.onRemoved(({ transferId }) => {
  queryClient.setQueryData<Transfer[]>(key, (now) => now?.filter(({ id }) => id !== transferId));
});
// Events that came while the bridge was lost are gone.
berth.connection.on((state) => {
  if (state === 'open') void queryClient.invalidateQueries({ queryKey: key });
});

export function useTransfers() {
  return useQuery({ queryKey: key, queryFn: () => berth.transfers.list() });
}
