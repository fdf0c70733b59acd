/** What the site takes to end each of these sessions, in the state that it is in. */
import { useQueries } from '@tanstack/react-query';
import type { Ending, Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';

/** In the order of the sessions; undefined while it is not known. */
export function useEndings(accountId: string, sessions: readonly Session[]): readonly (Ending | undefined)[] {
  return useQueries({
    queries: sessions.map(({ id, status }) => ({
      queryKey: ['sessions.ending', accountId, id, status],
      queryFn: () => berth.sessions.ending({ accountId, sessionId: id }),
      gcTime: 0,
    })),
  }).map(({ data }) => data);
}
