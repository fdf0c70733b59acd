/** Copies a link that shows a session, for oneself or for a colleague at the same site. */
import { writeSessionLink } from '../../../src-preload/contract/session-link.ts';
import { useSites } from '../../state/use-sites.ts';

/** Null while the account's site is not known. */
export function useSessionLink(accountId: string, sessionId: string): string | null {
  const site = useSites().data?.find(({ accounts }) => accounts.some(({ id }) => id === accountId));
  return site === undefined ? null : writeSessionLink(site, sessionId);
}
