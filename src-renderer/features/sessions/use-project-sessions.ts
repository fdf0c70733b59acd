/** Sessions of a project, as far as the site lets this account see them: asked for by the page, since no event tells of others'. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { SessionList, SessionTab } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';

const againMs = 15_000;
const mostShown = 500;

/** What the list needs of whichever way its sessions come. */
export interface Listed {
  readonly data: SessionList | undefined;
  readonly error: unknown;
  readonly isFetching: boolean;
  readonly refetch: () => unknown;
}

/** The same shape as the list of one's own. @param projectId null: nothing is asked */
export function useProjectSessions(accountId: string, projectId: string | null, tab: SessionTab): Listed {
  const ask = (finished: boolean) => ({
    queryKey: ['sessions.ofProject', accountId, projectId, finished],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      berth.sessions.ofProject({ accountId, projectId: projectId ?? '', finished, limit: mostShown }, { signal }),
    enabled: projectId !== null,
    refetchInterval: againMs,
  });
  const live = useQuery(ask(false));
  const over = useQuery(ask(true));
  const query = tab === 'finished' ? over : live;
  const all = query.data?.sessions;
  const sessions = useMemo(() => all?.filter((it) => it.tab === tab) ?? [], [all, tab]);
  const running = live.data?.sessions.filter((it) => it.tab === 'running').length ?? 0;
  const data: SessionList = {
    sessions,
    counts: { running, other: (live.data?.sessions.length ?? 0) - running, finished: over.data?.total ?? 0 },
    asOf: query.dataUpdatedAt === 0 ? null : new Date(query.dataUpdatedAt).toISOString(),
    complete: query.data !== undefined,
    unread: Math.max(0, (query.data?.total ?? 0) - (all?.length ?? 0)),
    live: 'polling',
    ...(query.error ? { error: toErrorValue(query.error) } : {}),
  };
  return { data, error: query.error, isFetching: query.isFetching, refetch: query.refetch };
}
