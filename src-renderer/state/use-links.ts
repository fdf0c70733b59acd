/** Live links (one connection a session), kept fresh by `links.changed`. */
import { useQuery } from '@tanstack/react-query';
import type { Link } from '../../src-preload/contract/links.ts';
import { berth } from '../bridge.ts';
import { queryClient } from './query.ts';

const key = ['links.list'] as const;

berth.links.onChanged((link) => {
  queryClient.setQueryData<Link[]>(key, (now) => now && (isOver(link) ? without(now, link) : upsert(now, link)));
});

/** Its session ended or its account was signed out: the main process has forgotten it, too. */
function isOver({ state, error }: Link): boolean {
  return state === 'failed' && (error?.code === 'session-gone' || error?.code === 'signed-out');
}

function without(links: readonly Link[], gone: Link): Link[] {
  return links.filter((it) => it.sessionId !== gone.sessionId || it.accountId !== gone.accountId);
}

function upsert(links: readonly Link[], link: Link): Link[] {
  const at = links.findIndex((it) => it.sessionId === link.sessionId && it.accountId === link.accountId);
  return at === -1 ? [...links, link] : links.with(at, link);
}

const living = (links: Link[]): Link[] => links.filter((it) => !isOver(it));

export function useLinks() {
  return useQuery({ queryKey: key, queryFn: () => berth.links.list(), select: living });
}
