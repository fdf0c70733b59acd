/** Forwards and what listens in sessions, kept fresh by events; sessions are looked at only while this page is. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { type Forward, mainKernel } from '../../../src-preload/contract/forwards.ts';
import type { Link } from '../../../src-preload/contract/links.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { type Offer, offersOf, type UnseenKernels, unseenOf } from './offers-policy.ts';

const key = ['forwards.list'] as const;
/** How often a session is looked at for ports that begin to listen. */
const lookMs = 5_000;

/** Also for what a call answered: its event may come later than the answer. */
export function noteForward(forward: Forward): void {
  queryClient.setQueryData<Forward[]>(key, (now) => {
    if (!now) return now;
    const at = now.findIndex(({ id }) => id === forward.id);
    return at === -1 ? [...now, forward] : now.with(at, forward);
  });
}

berth.forwards.onChanged(noteForward);
berth.forwards.onRemoved(({ id }) => {
  queryClient.setQueryData<Forward[]>(key, (now) => now?.filter((it) => it.id !== id));
});
// Events that came while the bridge was lost are gone.
berth.connection.on((state) => {
  if (state === 'open') void queryClient.invalidateQueries({ queryKey: key });
});

export function useForwards() {
  return useQuery({ queryKey: key, queryFn: () => berth.forwards.list() });
}

export interface Looks {
  readonly offers: readonly Offer[];
  readonly unseen: readonly UnseenKernels[];
}

/** Ports that programs listen on in sessions whose connection is up, and kernels of them where nobody could look. */
export function useLooks(links: readonly Link[], forwards: readonly Forward[]): Looks {
  const up = links.filter(({ state }) => state === 'up');
  const mains = useQueries({
    queries: up.map(({ accountId, sessionId }) => ({
      queryKey: ['forwards.listening', accountId, sessionId],
      queryFn: () => berth.forwards.listening({ accountId, sessionId, kernel: mainKernel, asked: false }),
      refetchInterval: lookMs,
      staleTime: 0,
    })),
  });
  const beside = useQueries({
    queries: up.map(({ accountId, sessionId }) => ({
      queryKey: ['forwards.listeningBeside', accountId, sessionId],
      queryFn: () => berth.forwards.listeningBeside({ accountId, sessionId }),
      refetchInterval: lookMs,
      staleTime: 0,
    })),
  });
  const seen = up.map((link, index) => ({
    link,
    kernels: [{ kernel: mainKernel, ports: mains[index]?.data?.ports ?? [] }, ...(beside[index]?.data ?? [])],
  }));
  return { offers: offersOf(seen, forwards), unseen: unseenOf(seen) };
}

/** Sessions of the account that run now. */
export function useRunning(accountId: string): readonly Session[] {
  const list = useQuery({
    queryKey: ['sessions.list', accountId, 'running'],
    queryFn: () => berth.sessions.list({ accountId, tab: 'running' }),
  });
  return (list.data?.sessions ?? []).filter(({ family }) => family === 'running');
}
