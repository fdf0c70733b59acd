/** The contract's `forwards` area over the service. */
import type { Handlers } from '../handlers.ts';
import type { ForwardsService } from './forwards-service.ts';

export function forwardsHandlers(service: ForwardsService): Handlers['forwards'] {
  return {
    list: async () => service.list(),
    suggest: async (target) => service.suggest(target),
    open: async ({ localPort, ...target }) => service.open(target, localPort),
    stop: async ({ id }) => {
      await service.stop(id);
      return undefined;
    },
    restart: async ({ id }) => {
      await service.restart(id);
      return undefined;
    },
    remove: async ({ id }) => {
      await service.remove(id);
      return undefined;
    },
    pin: async ({ id, pinned }) => {
      service.pin(id, pinned);
      return undefined;
    },
    listening: async ({ accountId, sessionId, kernel, asked }, { signal }) =>
      service.listening({ accountId, sessionId }, kernel, asked, signal),
    listeningBeside: async (ref) => service.listeningBeside(ref),
  };
}
