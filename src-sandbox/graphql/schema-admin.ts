/**
 * Types of the v1 schema that only admins may read. They are here so that an ordinary user's question is understood and
 * refused as a manager refuses it, and not taken for a question of another release. Marks: see schema-text.ts.
 */

export const adminTypesText = `
scalar AgentPermissionField
scalar ImagePermissionValueField
scalar ContainerRegistryTypeField
scalar UUIDFloatMap

extend type Query {
  agent_list(limit: Int!, offset: Int!, filter: String, order: String, scaling_group: String, status: String): AgentList
  agent_nodes(scope: ScopeField, permission: AgentPermissionField = "create_compute_session", filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): AgentConnection # 24.12
  user_list(limit: Int!, offset: Int!, filter: String, order: String, domain_name: String, group_id: UUID, is_active: Boolean, status: String): UserList
  user_nodes(filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): UserConnection # 24.03
  keypair_list(limit: Int!, offset: Int!, filter: String, order: String, domain_name: String, email: String, is_active: Boolean): KeyPairList
  storage_volume(id: String): StorageVolume
  storage_volume_list(limit: Int!, offset: Int!, filter: String, order: String): StorageVolumeList
  container_registries: [ContainerRegistry]
  container_registry_nodes(filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): ContainerRegistryConnection # 24.09
  image_nodes(scope_id: ScopeField!, permission: ImagePermissionValueField = "read_attribute", filter_by_statuses: [String], filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): ImageConnection # 25.04
  audit_log_schema: AuditLogSchema # 25.06
  audit_log_nodes(filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): AuditLogConnection # 25.06
  project_resource_policy(name: String!): ProjectResourcePolicy
  project_resource_policies: [ProjectResourcePolicy]
}

type UserList {
  items: [User]!
}

type StorageVolume {
  id: ID
  capabilities: [String]
  backend: String
  path: String
  usage: JSONString
  fsprefix: String
  performance_metric: JSONString
}

type AgentList {
  items: [Agent]!
  total_count: Int!
}

type Agent {
  id: ID
  status: String
  version: String
  addr: String
  architecture: String
  region: String
  compute_plugins: JSONString
  first_contact: DateTime
  lost_at: DateTime
  status_changed: DateTime
  live_stat: JSONString
  cpu_cur_pct: Float
  mem_cur_bytes: Float
  available_slots: JSONString
  occupied_slots: JSONString
  scaling_group: String
  schedulable: Boolean
}

type ContainerRegistry {
  id: ID!
  hostname: String
  config: ContainerRegistryConfig
}

type ContainerRegistryConfig {
  url: String!
  type: String!
  project: [String]
  username: String
  password: String
  ssl_verify: Boolean
}

type ProjectResourcePolicy {
  id: ID!
  name: String!
  created_at: DateTime!
  max_vfolder_count: Int
  max_quota_scope_size: BigInt
  max_vfolder_size: BigInt
  max_network_count: Int # 24.12
}

type ContainerRegistryConnection {
  edges: [ContainerRegistryEdge]!
  count: Int
}

type ContainerRegistryEdge {
  node: ContainerRegistryNode
}

type ContainerRegistryNode implements Node {
  id: ID!
  row_id: UUID
  registry_name: String!
  name: String
  url: String!
  type: ContainerRegistryTypeField!
  project: String
  username: String
  password: String
  ssl_verify: Boolean
  extra: JSONString
  is_global: Boolean
  allowed_groups(filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): GroupConnection
}

type ImageConnection {
  edges: [ImageEdge]!
  count: Int
}

type ImageEdge {
  node: ImageNode
}

type StorageVolumeList {
  items: [StorageVolume]!
  total_count: Int!
}

type AgentConnection {
  edges: [AgentEdge]!
  count: Int
}

type AgentEdge {
  node: AgentNode
}

type AgentNode implements Node {
  id: ID!
  compute_plugins: JSONString
  available_slots: JSONString
  row_id: String
  addr: String
  status: String
  status_changed: DateTime
  schedulable: Boolean
  first_contact: DateTime
  region: String
  scaling_group: String
  live_stat: JSONString
  occupied_slots: JSONString
  gpu_alloc_map: UUIDFloatMap
  version: String
  architecture: String
}

type KeyPairList {
  items: [KeyPair]!
  total_count: Int!
}

type UserConnection {
  count: Int
  edges: [UserEdge]!
}

type UserEdge {
  node: UserNode
}

type AuditLogSchema { # 25.06
  entity_type_variants: [String]
  status_variants: [String]
}

type AuditLogConnection { # 25.06
  pageInfo: PageInfo!
  edges: [AuditLogEdge]!
  count: Int
}

type AuditLogEdge { # 25.06
  node: AuditLogNode
  cursor: String!
}

type AuditLogNode implements Node { # 25.06
  id: ID!
  row_id: UUID!
  action_id: UUID!
  entity_type: String!
  operation: String!
  entity_id: String
  created_at: DateTime!
  request_id: String
  triggered_by: String # 25.12
  description: String!
  duration: String
  status: String!
}
`;
