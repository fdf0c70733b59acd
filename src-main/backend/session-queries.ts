/**
 * GraphQL texts that ask for sessions (API reference, sections 6.2 to 6.4). A field that the manager does not know would
 * fail the whole query, so every later one stands behind its gate.
 */
import type { Can } from './version-gates.ts';

/** @param stat which measurements: those of now, or the last ones of sessions that are over */
export function sessionFields(can: Can, stat: 'live_stat' | 'last_stat' | 'live_stat last_stat' = 'live_stat'): string {
  const when = (feature: Parameters<Can>[0], fields: string) => (can(feature) ? fields : '');
  return words(`session_id name type tag image architecture cluster_mode cluster_size domain_name group_id group_name
    user_email access_key scaling_group status status_info status_data created_at terminated_at starts_at startup_command
    result resource_opts service_ports mounts occupied_slots dependencies { session_id name }
    ${when('requestedSlots', 'requested_slots')}
    ${when('idleChecks', 'idle_checks')}
    ${when('statusHistory', 'status_history commit_status')}
    ${when('vfolderMounts', 'vfolder_mounts')}
    ${when('agentIds', 'agent_ids')}
    ${when('priority', 'priority')}
    containers { id ${when('kernelIds', 'kernel_id')} container_id cluster_role cluster_idx cluster_hostname agent status
      status_info occupied_slots ${stat} }`);
}

export function sessionListQuery(can: Can, finished = false): string {
  return words(`query ($limit: Int!, $offset: Int!, $access_key: String, $group: String, $filter: String, $order: String) {
    compute_session_list(limit: $limit, offset: $offset, access_key: $access_key, group_id: $group, filter: $filter,
      order: $order) { total_count items { ${sessionFields(can, finished ? 'last_stat' : 'live_stat')} } } }`);
}

export function sessionQuery(can: Can): string {
  return words(`query ($id: UUID!) {
    compute_session(id: $id) { ${sessionFields(can, 'live_stat last_stat')} } }`);
}

/** Fields of a node: `id` is a global id there and `row_id` the session's; `image` only exists on its kernels. */
export function nodeFields(can: Can): string {
  const when = (feature: Parameters<Can>[0], fields: string) => (can(feature) ? fields : '');
  return words(`row_id name type tag priority cluster_mode cluster_size domain_name project_id access_key scaling_group
    status status_info status_data status_history created_at terminated_at starts_at startup_command result resource_opts
    service_ports occupied_slots requested_slots idle_checks commit_status agent_ids
    ${when('nodeFolderMounts', 'vfolder_mounts')}
    ${when('nodeFolders', 'image_references vfolder_nodes { edges { node { row_id name } } }')}
    ${when('queuePosition', 'queue_position')}
    ${when('owner', 'owner { email }')}
    dependees { edges { node { session_id: row_id name } } }
    kernel_nodes { edges { node { row_id container_id cluster_role cluster_idx cluster_hostname agent_id status status_info
      occupied_slots live_stat image { registry name ${when('imageNamespace', 'namespace')} tag architecture } } } }`);
}

/** The scope is a project; before 24.12 its UUID, afterwards a text such as `project:<uuid>`. */
export function nodeListQuery(can: Can): string {
  const [type, argument] = scopeArgument(can);
  return words(`query ($scope: ${type}, $filter: String, $order: String, $first: Int, $offset: Int) {
    compute_session_nodes(${argument}: $scope, filter: $filter, order: $order, first: $first, offset: $offset) {
      count edges { node { ${nodeFields(can)} } } } }`);
}

/** One node by the session's UUID, with whatever `fields` say. 24.09 cannot do without the project. */
export function nodeQuery(can: Can, fields: string): string {
  return can('nodeScope')
    ? words(`query ($id: GlobalIDField!) { compute_session_node(id: $id) { ${fields} } }`)
    : words(`query ($id: GlobalIDField!, $scope: UUID!) {
        compute_session_node(id: $id, project_id: $scope) { ${fields} } }`);
}

export function scopeArgument(can: Can): readonly [type: string, argument: string] {
  return can('nodeScope') ? ['ScopeField', 'scope_id'] : ['UUID!', 'project_id'];
}

export function scopeValue(can: Can, projectId: string): string {
  return can('nodeScope') ? `project:${projectId}` : projectId;
}

/** Line breaks and indentation of the source are not worth sending with every poll. */
export function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
