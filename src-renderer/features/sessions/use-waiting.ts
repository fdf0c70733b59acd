/** Why a session waits, asked for while somebody sees it: rows out of view ask nothing. */
import { useQuery } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';

/** Schedulers try again every few seconds; their words change less often. */
const againMs = 10_000;

export function useWaiting(accountId: string | null, session: Session) {
  return useQuery({
    queryKey: ['sessions.waiting', accountId, session.id, session.status],
    queryFn: ({ signal }) => berth.sessions.waiting({ accountId: accountId ?? '', sessionId: session.id }, { signal }),
    enabled: accountId !== null && session.family === 'waiting',
    refetchInterval: againMs,
    staleTime: againMs / 2,
  });
}
