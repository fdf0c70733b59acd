/** What the session and its site are called, also when they are renamed meanwhile. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { accountOf, useSites } from '../../state/use-sites.ts';
import { useWords } from './terminal-words.ts';

export function useNames(accountId: string, sessionId: string): { readonly name: string; readonly site: string } {
  const t = useWords();
  const sites = useSites();
  const key = ['sessions.get', accountId, sessionId];
  const session = useQuery({ queryKey: key, queryFn: () => berth.sessions.get({ accountId, sessionId }) });
  useEffect(
    () =>
      berth.sessions.onChanged((change) => {
        const mine = change.changed.find((it) => it.id === sessionId);
        if (mine && change.accountId === accountId) {
          queryClient.setQueryData(['sessions.get', accountId, sessionId], mine);
        }
      }),
    [accountId, sessionId],
  );
  return {
    name: session.data?.name ?? t('session'),
    site: accountOf(sites.data, accountId)?.site.name ?? 'Berth',
  };
}
