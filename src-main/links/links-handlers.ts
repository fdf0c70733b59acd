/** The contract's `links` area over the service. */
import type { Handlers } from '../handlers.ts';
import type { LinksService } from './links-service.ts';

export function linksHandlers(service: LinksService): Handlers['links'] {
  return {
    list: async () => service.list(),
    retry: async (ref) => {
      service.retry(ref);
      return undefined;
    },
    acceptHostKey: async ({ fingerprint, ...ref }) => {
      service.acceptHostKey(ref, fingerprint);
      return undefined;
    },
  };
}
