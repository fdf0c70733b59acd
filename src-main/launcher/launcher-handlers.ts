/** The contract's `launcher` and `folders` calls: questions to the account's site, nothing kept here. */
import type { Accounts } from '../backend/site-api.ts';
import type { Handlers } from '../handlers.ts';

export function launcherHandlers(accounts: Accounts): Handlers['launcher'] {
  return {
    options: async ({ accountId, project }, { signal }) =>
      await accounts.api(accountId).launcherOptions(project, signal),
    bounds: async ({ accountId, ...query }, { signal }) => await accounts.api(accountId).launcherBounds(query, signal),
  };
}

export function foldersHandlers(accounts: Accounts): Handlers['folders'] {
  return {
    list: async ({ accountId }, { signal }) => await accounts.api(accountId).folders(signal),
  };
}
