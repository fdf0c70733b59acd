/** Lists of sessions by account and tab; `sessions.changed` patches them in place. */
import { useQuery } from '@tanstack/react-query';
import type { Session, SessionList, SessionTab } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { useLooking } from '../../state/use-looking.ts';
import { applyChange, mergeChanges } from './list-policy.ts';

export const tabs = ['running', 'finished', 'other'] as const satisfies readonly SessionTab[];

const listKey = (accountId: string, tab: SessionTab) => ['sessions.list', accountId, tab] as const;

// A change keeps the rows that it does not name; comparing thousands of rows to their leaves to find that out stalls the window.
queryClient.setQueryDefaults(['sessions.list'], { structuralSharing: false });

type Event = Parameters<Parameters<typeof berth.sessions.onChanged>[0]>[0];

/** Many changes come in pieces shortly after one another: the list is laid out again once for several. */
const settleMs = 120;
const waiting = new Map<string, Event>();
let timer: ReturnType<typeof setTimeout> | undefined;
let appliedAt = Number.NEGATIVE_INFINITY;

berth.sessions.onChanged((event) => {
  const before = waiting.get(event.accountId);
  waiting.set(event.accountId, before ? mergeChanges(before, event) : event);
  // A change on its own is shown at once.
  const waitMs = appliedAt + settleMs - performance.now();
  if (waitMs <= 0) applyWaiting();
  else timer ??= setTimeout(applyWaiting, waitMs);
});

function applyWaiting(): void {
  clearTimeout(timer);
  timer = undefined;
  const events = [...waiting.values()];
  waiting.clear();
  for (const event of events) apply(event);
  appliedAt = performance.now();
}

function apply(event: Event): void {
  for (const tab of tabs) {
    queryClient.setQueryData<SessionList>(listKey(event.accountId, tab), (now) => now && applyChange(now, tab, event));
  }
  // Few are asked for one by one, thousands may change.
  const single = queryClient.getQueryCache().findAll({ queryKey: ['sessions.get', event.accountId] });
  if (single.length === 0) return;
  const changed = new Map(event.changed.map((it) => [it.id, it]));
  for (const { queryKey } of single) {
    const session = changed.get(String(queryKey[2]));
    if (session) queryClient.setQueryData<Session>(queryKey, (now) => now && session);
  }
}

export function useSessions(accountId: string, tab: SessionTab) {
  useLooking(accountId);
  return useQuery({
    queryKey: listKey(accountId, tab),
    queryFn: ({ signal }) => berth.sessions.list({ accountId, tab }, { signal }),
  });
}

export type FoundSession = ReturnType<typeof useSession>;

/** One session, wherever it is listed; asked for only when `listed` does not have it. */
export function useSession(accountId: string, sessionId: string | null, listed: Session | undefined) {
  const query = useQuery({
    queryKey: ['sessions.get', accountId, sessionId],
    queryFn: ({ signal }) => berth.sessions.get({ accountId, sessionId: sessionId ?? '' }, { signal }),
    enabled: sessionId !== null && listed === undefined,
  });
  return {
    session: listed ?? query.data,
    isPending: query.isFetching,
    error: query.error,
    refetch: () => void query.refetch(),
  };
}
