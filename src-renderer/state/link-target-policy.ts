/** Whose session a link is: an account of this Berth at the site that the link names. Pure. */
import { type SessionLink, siteInLink } from '../../src-preload/contract/session-link.ts';
import type { Site } from '../../src-preload/contract/sites.ts';

/**
 * The account that shows it: the one on screen if it is at that site, else one that is signed in there, else any. Null: no
 * account here is at that site, and none is ever made by a link.
 */
export function accountForLink(sites: readonly Site[], link: SessionLink, current: string | null): string | null {
  const there = sites.filter((site) => siteInLink(site) === link.site).flatMap(({ accounts }) => accounts);
  const best = there.find(({ id }) => id === current) ?? there.find(({ state }) => state === 'signed-in') ?? there[0];
  return best?.id ?? null;
}
