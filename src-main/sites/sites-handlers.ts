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
    reply: (input, { signal }) => service.reply(input, signal),
    giveUp: async ({ attempt }) => {
      service.giveUp(attempt);
      return undefined;
    },
    signOut: async ({ accountId }) => {
      await service.signOut(accountId);
      return undefined;
    },
    reconnect: async ({ accountId }) => {
      await reconnect(accountId);
      return undefined;
    },
    extend: async ({ accountId }) => {
      await service.extend(accountId);
      return undefined;
    },
    update: async (change) => {
      service.update(change);
      return undefined;
    },
    remove: async ({ siteId }) => {
      await service.remove(siteId);
      return undefined;
    },
    connection: async ({ endpoint }) => service.connectionTo(endpoint),
    setConnection: async ({ endpoint, change }) => service.setConnection(endpoint, change),
    inspect: async ({ endpoint }, { signal }) => service.inspect(endpoint, signal),
  };
}
