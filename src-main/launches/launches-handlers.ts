/** The contract's `launches` calls. */
import type { Handlers } from '../handlers.ts';
import type { LaunchesService } from './launches-service.ts';
import { readRecipe } from './recipe-policy.ts';

export function launchesHandlers(service: LaunchesService): Handlers['launches'] {
  return {
    history: async ({ accountId }) => service.history(accountId),
    record: async ({ accountId, spec, sessions, opens }) => {
      service.record(accountId, spec, sessions, opens);
      return undefined;
    },
    change: async ({ accountId, id, title, pinned }) => {
      service.change(accountId, id, {
        // An empty name is none.
        ...(title === undefined ? {} : { title: title === '' ? null : title }),
        ...(pinned === undefined ? {} : { pinned }),
      });
      return undefined;
    },
    forget: async ({ accountId, id }) => {
      service.forget(accountId, id);
      return undefined;
    },
    draft: async ({ accountId }) => service.draft(accountId),
    keepDraft: async ({ accountId, spec }) => {
      service.keepDraft(accountId, spec);
      return undefined;
    },
    write: async ({ accountId, title, spec }) => {
      const { leftOut, ...written } = service.write(accountId, title, spec);
      return { ...written, leftOut: [...leftOut] };
    },
    read: async ({ text }) => readRecipe(text),
    again: (ref, { signal }) => service.again(ref, signal),
    takeRequested: async () => service.takeRequested(),
    portNames: async (ref) => service.portNames(ref),
    progress: (ref, { signal }) => service.progress(ref, signal),
    setOpens: async ({ opens, ...ref }) => {
      service.setOpens(ref, opens);
      return undefined;
    },
    takeOpenings: async () => service.takeOpenings(),
  };
}
