/**
 * Links to sessions: shown by an account at the site that the link names. One to a site where nobody is signed in waits, and
 * is shown once somebody is; nothing else ever follows from a link.
 */
import { useCallback, useEffect, useState } from 'react';
import type { SessionLink } from '../../src-preload/contract/session-link.ts';
import { berth } from '../bridge.ts';
import { useCurrentAccount } from './current-account.ts';
import { accountForLink } from './link-target-policy.ts';
import { useSites } from './use-sites.ts';

export interface SessionLinks {
  /** The site of a link that waits for a sign-in there. */
  readonly waitsFor: string | null;
  readonly open: (link: SessionLink) => void;
  readonly forget: () => void;
}

export function useSessionLinks(show: (accountId: string, sessionId: string) => void): SessionLinks {
  const sites = useSites().data;
  const { accountId } = useCurrentAccount();
  const [link, setLink] = useState<SessionLink | null>(null);

  useEffect(() => {
    // A lost bridge is said by its own bar; the link stays with the main process, and is asked for when it is back.
    const take = () =>
      void berth.sessionLinks.takeRequested().then(
        (requested) => requested && setLink(requested),
        () => {},
      );
    take();
    const ends = [
      berth.sessionLinks.onRequested(take),
      berth.connection.on((state) => {
        if (state === 'open') take();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, []);

  const target = link === null || sites === undefined ? null : accountForLink(sites, link, accountId);
  useEffect(() => {
    if (link === null || target === null) return;
    setLink(null);
    show(target, link.sessionId);
  }, [link, target, show]);

  const forget = useCallback(() => setLink(null), []);
  const waits = link !== null && sites !== undefined && target === null;
  return { waitsFor: waits ? link.site : null, open: setLink, forget };
}
