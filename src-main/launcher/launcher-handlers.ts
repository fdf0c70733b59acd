/** The contract's `launcher` and `folders` calls: questions to the account's site, and what Berth remembers beside them. */
import type { Accounts } from '../backend/site-api.ts';
import type { Handlers } from '../handlers.ts';
import { folderHostsOf } from './hosts-policy.ts';
import type { LauncherMemory } from './launcher-memory.ts';

export function launcherHandlers(accounts: Accounts, memory: LauncherMemory): Handlers['launcher'] {
  return {
    options: async ({ accountId, project }, { signal }) => ({
      ...(await accounts.api(accountId).launcherOptions(project, signal)),
      ...memory.of(accountId),
    }),
    bounds: async ({ accountId, ...query }, { signal }) => await accounts.api(accountId).launcherBounds(query, signal),
    owner: async ({ accountId, email }, { signal }) => await accounts.api(accountId).owner(email, signal),
    machines: async ({ accountId, resourceGroup }, { signal }) =>
      await accounts.api(accountId).machines(resourceGroup, signal),
    pin: async ({ accountId, environmentId, pinned }) => {
      memory.pin(accountId, environmentId, pinned);
      return undefined;
    },
    used: async ({ accountId, environmentId }) => {
      memory.used(accountId, environmentId);
      return undefined;
    },
  };
}

export function foldersHandlers(accounts: Accounts): Handlers['folders'] {
  return {
    list: async ({ accountId }, { signal }) => await accounts.api(accountId).folders(signal),
    hosts: async ({ accountId }, { signal }) => {
      const api = accounts.api(accountId);
      const [hosts, policies] = await Promise.all([api.folderHosts(null, signal), api.policies(signal)]);
      const granting = [policies.keypair, policies.domain, ...policies.projects].filter((it) => it !== null);
      return folderHostsOf(hosts, granting);
    },
    create: async ({ accountId, name, host }, { signal }) => {
      const ordinary = { usageMode: 'general', permission: 'rw', projectId: null, cloneable: false } as const;
      const { id } = await accounts.api(accountId).createFolder({ name, host, ...ordinary }, signal);
      return { id };
    },
  };
}
