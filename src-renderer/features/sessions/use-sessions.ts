/** Lists of sessions by account and tab; `sessions.changed` patches them in place. */
import { useQuery } from '@tanstack/react-query';
import type { Session, SessionList, SessionTab } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { useLooking } from '../../state/use-looking.ts';
import { applyChange } from './list-policy.ts';

export const tabs = ['running', 'finished', 'other'] as const satisfies readonly SessionTab[];

const listKey = (accountId: string, tab: SessionTab) => ['sessions.list', accountId, tab] as const;

// A change keeps the rows that it does not name; comparing thousands of rows to their leaves to find that out stalls the window.
queryClient.setQueryDefaults(['sessions.list'], { structuralSharing: false });

berth.sessions.onChanged((event) => {
  for (const tab of tabs) {
    queryClient.setQueryData<SessionList>(listKey(event.accountId, tab), (now) => now && applyChange(now, tab, event));
  }
  for (const session of event.changed) {
    queryClient.setQueryData<Session>(['sessions.get', event.accountId, session.id], (now) => now && session);
  }
});

export function useSessions(accountId: string, tab: SessionTab) {
  useLooking(accountId);
  return useQuery({
    queryKey: listKey(accountId, tab),
    queryFn: ({ signal }) => berth.sessions.list({ accountId, tab }, { signal }),
  });
}

/** One session, wherever it is listed; asked for only when `listed` does not have it. */
export function useSession(accountId: string, sessionId: string | null, listed: Session | undefined) {
  const query = useQuery({
    queryKey: ['sessions.get', accountId, sessionId],
    queryFn: ({ signal }) => berth.sessions.get({ accountId, sessionId: sessionId ?? '' }, { signal }),
    enabled: sessionId !== null && listed === undefined,
  });
  return { session: listed ?? query.data, isPending: query.isFetching, error: query.error };
}
