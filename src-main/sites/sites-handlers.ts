/** The contract's `sites` calls. */
import type { Handlers } from '../handlers.ts';
import type { SitesService } from './sites-service.ts';

/** @param reconnect tries an account's site again, starting it where it is Berth's own to start */
export function sitesHandlers(
  service: SitesService,
  reconnect: (accountId: string) => Promise<void>,
): Handlers['sites'] {
  return {
    list: async () => service.list(),
    probe: ({ endpoint }, { signal }) => service.probe(endpoint, signal),
    signIn: (input, { signal }) => service.signIn(input, signal),
    signOut: async ({ accountId }) => {
      await service.signOut(accountId);
      return undefined;
    },
    reconnect: async ({ accountId }) => {
      await reconnect(accountId);
      return undefined;
    },
  };
}
