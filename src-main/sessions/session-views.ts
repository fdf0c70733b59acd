/** Keeps how the list of each site was left, in a document of its own; the contract's `views` calls. */
import { z } from 'zod';
import { SessionView } from '../../src-preload/contract/session-view.ts';
import type { Accounts } from '../backend/site-api.ts';
import type { Handlers } from '../handlers.ts';
import type { DocumentStore } from '../hosts/host.ts';

/** A view that no longer fits is dropped, not the others. */
const Kept = z.record(z.string(), SessionView.nullable().catch(null)).catch({});

export function viewsHandlers(deps: {
  readonly store: DocumentStore;
  readonly accounts: Pick<Accounts, 'site'>;
}): Handlers['views'] {
  const read = () => Kept.parse(deps.store.read().sites);
  return {
    get: async ({ accountId }) => read()[deps.accounts.site(accountId).id] ?? null,
    keep: async ({ accountId, view }) => {
      deps.store.write({ ...deps.store.read(), sites: { ...read(), [deps.accounts.site(accountId).id]: view } });
      return undefined;
    },
  };
}
