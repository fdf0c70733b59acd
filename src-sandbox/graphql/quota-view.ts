/**
 * `quota_scope`, as the manager resolves it (models/gql.py, models/vfolder.py): an unknown volume, a malformed id and somebody
 * else's scope are errors; a scope that its volume does not have yet has no usage and the limit of the policy.
 */
import type { Account } from '../auth/account.ts';
import { folderHost } from '../folders/folder-store.ts';
import { badParameters } from '../http/problem.ts';
import { projectsOfAccount, type Site } from '../site.ts';
import { projectPolicyView } from './account-view.ts';

interface Asked {
  readonly storage_host_name: string;
  readonly quota_scope_id: string;
}

const scopeId = /^([^:]*):([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})$/i;
const plainHex = (id: string): string => id.replaceAll('-', '').toLowerCase();

export async function quotaScope(site: Site, { storage_host_name, quota_scope_id }: Asked, account: Account) {
  const [, kind = '', id = ''] = scopeId.exec(quota_scope_id) ?? [];
  if (id === '') throw new Error('badly formed hexadecimal UUID string');
  if (kind.toLowerCase() !== 'user' && kind.toLowerCase() !== 'project') {
    throw new Error(`Invalid quota scope type: '${kind}'`);
  }
  if (storage_host_name !== folderHost) throw new Error(`storage volume ${storage_host_name} does not exist`);
  const answer = (usage_bytes: number | null, hard_limit_bytes: number | null) => ({
    id: `QuotaScope:${storage_host_name}/${quota_scope_id}`,
    storage_host_name,
    quota_scope_id,
    details: { usage_bytes, usage_count: null, hard_limit_bytes },
  });
  const isAdmin = account.profile.role === 'admin';
  // Like a manager, by the id alone: whichever kind was said.
  const owner = site.accounts.all.find(({ userId }) => plainHex(userId) === plainHex(id));
  if (owner !== undefined) {
    if (!isAdmin && owner !== account) throw badParameters('Missing or invalid API parameters.');
    return answer(await site.quota.usedBy(owner.userId), site.quota.limitOf(owner.userId));
  }
  const projects = isAdmin ? site.projects : projectsOfAccount(site, account);
  if (!projects.some((project) => plainHex(project.id) === plainHex(id))) {
    throw badParameters('Missing or invalid API parameters.');
  }
  // No project of this site has folders, so that its volume knows none of their scopes.
  const limit = Number(projectPolicyView(site).max_quota_scope_size);
  return answer(null, limit < 0 ? null : limit);
}
