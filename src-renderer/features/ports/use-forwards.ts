/** Forwards and what listens in sessions, kept fresh by events; sessions are looked at only while this page is. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { Forward, Listening } from '../../../src-preload/contract/forwards.ts';
import type { Link } from '../../../src-preload/contract/links.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';

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

export interface Offer {
  readonly link: Link;
  readonly ports: Listening['ports'];
}

/** Ports that programs listen on in sessions whose connection is up, without those that are forwarded already. */
export function useOffers(links: readonly Link[], forwards: readonly Forward[]): Offer[] {
  const up = links.filter(({ state }) => state === 'up');
  const looks = useQueries({
    queries: up.map(({ accountId, sessionId }) => ({
      queryKey: ['forwards.listening', accountId, sessionId],
      queryFn: () => berth.forwards.listening({ accountId, sessionId, kernel: 'main1', asked: false }),
      refetchInterval: lookMs,
      staleTime: 0,
    })),
  });
  return up.flatMap((link, index) => {
    const ports = (looks[index]?.data?.ports ?? []).filter(
      // A program without a name is not the person's own: it can be asked for, and is not offered.
      ({ port, program }) =>
        program !== null &&
        !forwards.some((it) => it.sessionId === link.sessionId && it.port === port && it.kernel === 'main1'),
    );
    return ports.length === 0 ? [] : [{ link, ports }];
  });
}

/** Sessions of the account that run now. */
export function useRunning(accountId: string): readonly Session[] {
  const list = useQuery({
    queryKey: ['sessions.list', accountId, 'running'],
    queryFn: () => berth.sessions.list({ accountId, tab: 'running' }),
  });
  return (list.data?.sessions ?? []).filter(({ family }) => family === 'running');
}
