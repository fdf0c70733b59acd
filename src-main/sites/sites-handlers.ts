/** The contract's `sites` calls. */
import type { Handlers } from '../handlers.ts';
import type { SitesService } from './sites-service.ts';

export function sitesHandlers(service: SitesService): Handlers['sites'] {
  return {
    list: async () => service.list(),
    probe: ({ endpoint }, { signal }) => service.probe(endpoint, signal),
    signIn: (input, { signal }) => service.signIn(input, signal),
    signOut: async ({ accountId }) => {
      await service.signOut(accountId);
      return undefined;
    },
    reconnect: async ({ accountId }) => {
      await service.reconnect(accountId);
      return undefined;
    },
  };
}
