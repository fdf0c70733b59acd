/** The contract's `overview` calls. Each part stands alone: what the site keeps to itself or does not know leaves the others. */
import type { VolumeShare } from '../../src-preload/contract/overview.ts';
import type { FolderHost } from '../backend/api/folders-api.ts';
import type { QuotaOwner } from '../backend/api/quotas-api.ts';
import type { Accounts, SiteApi } from '../backend/site-api.ts';
import { orNull } from '../base/or-null.ts';
import type { Handlers } from '../handlers.ts';
import { countsByOwner, projectLines, shareOf, volumeOf } from './overview-policy.ts';

/** More are a list, and the list is there. */
const mostRecent = 5;

export function overviewHandlers(accounts: Accounts): Handlers['overview'] {
  return {
    recent: async ({ accountId, projectId }, { signal }) => {
      const { sessions } = await accounts.api(accountId).searchSessions(
        {
          scope: { projectId },
          filter: { field: 'status', op: '==', value: 'RUNNING' },
          order: [{ field: 'created_at', descending: true }],
          offset: 0,
          limit: mostRecent,
        },
        signal,
      );
      return sessions.slice(0, mostRecent);
    },

    project: async ({ accountId, project }, { signal }) => {
      const api = accounts.api(accountId);
      const [config, slots, checked] = await Promise.all([
        orNull(api.siteConfig(signal)),
        api.slotDetails(null),
        api.checkPresets(project, null, signal),
      ]);
      return config?.projectMonitor === false ? null : projectLines(slots, checked.project);
    },

    volumes: async ({ accountId, projectId }, { signal }) => {
      const api = accounts.api(accountId);
      const { hosts, defaultHost } = await api.folderHosts(projectId, signal);
      return await Promise.all(
        hosts.map(async (host) => {
          const [mine, project] = await Promise.all([
            share(api, host, 'mine', signal),
            projectId === null ? null : share(api, host, { projectId }, signal),
          ]);
          return volumeOf(host, host.name === defaultHost, { mine, project });
        }),
      );
    },
  };
}

async function share(api: SiteApi, host: FolderHost, owner: QuotaOwner, signal: AbortSignal): Promise<VolumeShare> {
  if (!countsByOwner(host)) return { state: 'not-counted' };
  const [answer] = await Promise.allSettled([api.quotaScope(host.name, owner, signal)]);
  return shareOf(answer);
}
