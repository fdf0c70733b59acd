/**
 * Queries of a web client's pages beside sessions. What only admins may read is refused; what this site has none of is empty.
 */
import type { Account } from '../auth/account.ts';
import { Problem } from '../http/problem.ts';
import { architecture } from '../images/catalog.ts';
import { projectsOfAccount, type Site } from '../site.ts';
import { cpuGroup, deviceGroup, type Project, resourceGroup } from '../site-facts.ts';
import { wholeUnits } from '../slots/amount.ts';
import { agentOf, presets } from '../slots/capacity.ts';
import { showPresent } from '../slots/slots.ts';
import { domainView, keypairPolicyView, projectView, userPolicyView, userView } from './account-view.ts';
import { type PageArguments, paginate } from './connection.ts';
import { folderNode } from './folder-view.ts';
import { ImageView } from './image-view.ts';
import { globalId, rawId } from './json-text.ts';
import { SessionNode, sessionNodes } from './node-view.ts';
import { quotaScope } from './quota-view.ts';

const superadminOnly = (): never => {
  throw new Problem(403, 'generic-forbidden', 'Forbidden operation.', { msg: 'superadmin privilege required' });
};

const noItems = () => ({ items: [], total_count: 0 });
const noEdges = (args: PageArguments) =>
  paginate(
    [],
    args,
    () => '',
    (row) => row,
  );

export function makeListResolvers(site: Site) {
  const { sessions, folders, images, customized } = site;
  const { usage } = sessions;

  const groupNode = (project: Project) => ({
    ...projectView(project, site),
    __typename: 'GroupNode',
    id: globalId('GroupNode', project.id),
    row_id: project.id,
  });

  const groupNodes = (args: PageArguments, account: Account) =>
    paginate(projectsOfAccount(site, account), args, ({ id }) => globalId('GroupNode', id), groupNode);

  const userNode = (account: Account) => ({
    ...userView(account, site),
    __typename: 'UserNode',
    id: globalId('UserNode', account.userId),
    project_nodes: (args: PageArguments) => groupNodes(args, account),
  });

  const folderOf = (id: string, account: Account) => {
    const access = folders.find(account.userId, rawId(id));
    return access === null ? null : folderNode(access, site);
  };

  const projectOf = (id: string, account: Account) => {
    const project = projectsOfAccount(site, account).find((one) => one.id === rawId(id));
    return project === undefined ? null : groupNode(project);
  };

  return {
    node({ id }: { id: string }, account: Account) {
      const [type = ''] = Buffer.from(id, 'base64').toString('utf8').split(':', 1);
      if (type === 'VirtualFolderNode') return folderOf(id, account);
      if (type === 'GroupNode') return projectOf(id, account);
      const session = type === 'ComputeSessionNode' ? sessions.store.byId(rawId(id)) : null;
      return session === null || session.owner !== account ? null : new SessionNode(session, site);
    },
    domains: () => [domainView(site)],
    viewer(_args: unknown, account: Account) {
      const user = userNode(account);
      return {
        user,
        user_id: account.userId,
        encoded_user_role: Buffer.from(String(userView(account, site).role)).toString('base64'),
      };
    },
    quota_scope: (args: { storage_host_name: string; quota_scope_id: string }, account: Account) =>
      quotaScope(site, args, account),
    vfolder_node: ({ id }: { id: string }, account: Account) => folderOf(id, account),
    resource_presets: () =>
      presets.map(({ id, name, slots, sharedMemory }) => ({
        id,
        name,
        resource_slots: JSON.stringify(showPresent(slots)),
        shared_memory: sharedMemory === null ? null : Number(wholeUnits(sharedMemory)),
        scaling_group_name: null,
      })),
    async customized_images(_args: unknown, account: Account) {
      const own = customized.list(account, await images.list());
      return own.map((image) => new ImageView(image, 'node'));
    },
    keypair_resource_policies: (_args: unknown, account: Account) => [keypairPolicyView(account, site)],
    user_resource_policies: (_args: unknown, account: Account) => [userPolicyView(account, site)],
    agent_summary_list(args: { limit: number; offset: number; scaling_group?: string | null }) {
      const groups = [resourceGroup, cpuGroup, deviceGroup].filter((name) => (args.scaling_group ?? name) === name);
      const items = groups.map((group) => ({
        id: agentOf(group),
        status: 'ALIVE',
        architecture,
        scaling_group: group,
        schedulable: true,
        available_slots: JSON.stringify(showPresent(usage.capacityOf(group))),
        occupied_slots: JSON.stringify(showPresent(usage.occupied({ group }))),
      }));
      return { total_count: items.length, items: items.slice(args.offset, args.offset + args.limit) };
    },
    group_node: ({ id }: { id: string }, account: Account) => projectOf(id, account),
    group_nodes: groupNodes,
    session_pending_queue(args: PageArguments & { resource_group_id: string }, account: Account) {
      const waiting = usage.queue(account).filter(({ order }) => order.resourceGroup === args.resource_group_id);
      return sessionNodes(waiting, args, site);
    },
    endpoint: () => null,
    endpoint_list: noItems,
    endpoint_token_list: noItems,
    endpoint_auto_scaling_rule_nodes: noEdges,
    model_cards: noEdges,
    container_utilization_metric_metadata: () => ({ metric_names: [] }),
    user_utilization_metric(args: { user_id: string }, account: Account) {
      if (args.user_id !== account.userId) superadminOnly();
      return { user_id: account.userId, metrics: [] };
    },
    audit_log_schema: superadminOnly,
    audit_log_nodes: superadminOnly,
    agent_list: superadminOnly,
    agent_nodes: superadminOnly,
    user_list: superadminOnly,
    user_nodes: superadminOnly,
    keypair_list: superadminOnly,
    storage_volume: superadminOnly,
    storage_volume_list: superadminOnly,
    container_registries: superadminOnly,
    container_registry_nodes: superadminOnly,
    image_nodes: superadminOnly,
    project_resource_policies: superadminOnly,
  };
}
