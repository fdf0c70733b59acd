/** What the account's site allows beside a session's status; it changes rarely. Undefined while nobody knows. */
import { useQuery } from '@tanstack/react-query';
import type { SessionRules } from '../../src-preload/contract/session-rules.ts';
import { berth } from '../bridge.ts';

const keptMs = 5 * 60_000;

/** @param wanted false: not asked for, and told only if another part of the window knows */
export function useSessionRules(accountId: string, wanted = true): SessionRules | undefined {
  return useQuery({
    queryKey: ['sessions.rules', accountId],
    queryFn: ({ signal }) => berth.sessions.rules({ accountId }, { signal }),
    staleTime: keptMs,
    enabled: wanted,
  }).data;
}
