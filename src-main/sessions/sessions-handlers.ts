/** The contract's `sessions` calls and streams. */
import type { Accounts } from '../backend/site-api.ts';
import type { Handlers, StreamHandlers } from '../handlers.ts';
import type { Commits } from './commits.ts';
import { readOwnImages, readSessionRules } from './session-rules.ts';
import type { SessionsService } from './sessions-service.ts';

export function sessionsHandlers(service: SessionsService, commits: Commits, accounts: Accounts): Handlers['sessions'] {
  return {
    rules: ({ accountId }, { signal }) => readSessionRules(accounts.api(accountId), signal),
    rounds: ({ accountId, sessionId }, { signal }) => accounts.api(accountId).schedulingRounds(sessionId, signal),
    audit: ({ accountId, ...query }, { signal }) => accounts.api(accountId).auditLog(query, signal),
    ownImages: ({ accountId }, { signal }) => readOwnImages(accounts.api(accountId), signal),
    list: ({ accountId, tab }) => service.list(accountId, tab),
    get: (ref, { signal }) => service.read(ref, signal),
    start: (input, { signal }) => service.start(input, signal),
    terminate: async ({ forced, ...ref }, { signal }) => {
      await service.terminate(ref, forced, signal);
      return undefined;
    },
    waiting: (ref, { signal }) => service.waiting(ref, signal),
    relatives: (ref, { signal }) => service.relatives(ref, signal),
    ending: (ref, { signal }) => service.ending(ref, signal),
    commit: async ({ imageName, ...ref }, { signal }) => {
      await commits.start(ref, imageName, signal);
      return undefined;
    },
    commitState: async (ref) => commits.state(ref),
    rename: async ({ name, ...ref }, { signal }) => {
      await service.rename(ref, name, signal);
      return undefined;
    },
    readOn: async ({ accountId }) => {
      service.readOn(accountId);
      return undefined;
    },
    ofProject: async (query, { signal }) => {
      const { sessions, total } = await service.ofProject(query, signal);
      return { sessions: [...sessions], total };
    },
    useHistory: async ({ accountId, sessionIds, sinceMs, points }) =>
      service.useHistory(accountId, sessionIds, sinceMs, points),
  };
}

export function sessionsStreams(service: SessionsService): StreamHandlers['sessions'] {
  return {
    look: ({ accountId }, port) => port.onClose(service.look(accountId)),
  };
}
