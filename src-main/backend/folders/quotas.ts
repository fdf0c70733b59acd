/**
 * `quota_scope` (manager, models/gql.py and models/vfolder.py; 23.03.7 and later): what a volume counts for a user or a project.
 * A scope that the volume does not have yet is answered with the limit of the policy and no usage.
 */
import { z } from 'zod';
import { BerthError } from '../../base/berth-error.ts';
import type { QuotasApi } from '../api/quotas-api.ts';
import { words } from '../session-queries.ts';
import type { SiteClient } from '../site-client.ts';
import type { Can } from '../version-gates.ts';
import { dashed } from '../wire.ts';

const UserData = z.object({ user: z.object({ uuid: z.string() }) });

/** Below zero: not counted, or not limited. */
const bytes = z
  .number()
  .nullish()
  .catch(null)
  .transform((value) => (value === null || value === undefined || value < 0 ? null : value));
const ScopeData = z.object({
  quota_scope: z.object({ details: z.object({ usage_bytes: bytes, hard_limit_bytes: bytes }) }),
});

const scopeQuery = words(`query ($host: String!, $scope: String!) {
  quota_scope(storage_host_name: $host, quota_scope_id: $scope) { details { usage_bytes hard_limit_bytes } } }`);

export function quotas(client: SiteClient, can: Can): QuotasApi {
  let known: Promise<string> | null = null;
  const userId = (): Promise<string> => {
    known ??= client.graphql('query { user { uuid } }', {}, UserData).then(({ user }) => dashed(user.uuid));
    // Asked again after a failure; whoever waited is told of it.
    known.catch(() => {
      known = null;
    });
    return known;
  };
  return {
    async quotaScope(host, owner, signal) {
      if (!can('quotaScopes')) {
        throw new BerthError('unsupported', { place: 'manager', params: { feature: 'quotaScopes' } });
      }
      const scope = owner === 'mine' ? `user:${await userId()}` : `project:${dashed(owner.projectId)}`;
      const { quota_scope } = await client.graphql(scopeQuery, { host, scope }, ScopeData, signal);
      const { usage_bytes, hard_limit_bytes } = quota_scope.details;
      // No limit is written as none, and by some volumes as 0.
      return { usedBytes: usage_bytes, limitBytes: hard_limit_bytes === 0 ? null : hard_limit_bytes };
    },
  };
}
