/**
 * Queries and all types of the v1 schema that are not sessions. Marks at the end of a line: see schema-text.ts.
 */

export const siteTypesText = `
scalar JSONString
scalar BigInt
scalar DateTime
scalar UUID
scalar GlobalIDField
scalar ScopeField
scalar SessionPermissionValueField
scalar VFolderPermissionValueField

type Query {
  compute_session_list(limit: Int!, offset: Int!, filter: String, order: String, domain_name: String, group_id: String, access_key: String, status: String): ComputeSessionList
  compute_session(id: UUID!): ComputeSession
  compute_session_nodes(scope_id: ScopeField, project_id: UUID, permission: SessionPermissionValueField = "read_attribute", filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): ComputeSessionConnection # 24.12
  compute_session_node(id: GlobalIDField!, scope_id: ScopeField, project_id: UUID, permission: SessionPermissionValueField = "read_attribute"): ComputeSessionNode # 24.12
  image(id: String, reference: String, architecture: String = "x86_64"): Image
  images(is_installed: Boolean, is_operation: Boolean, load_filters: [String], filter_by_statuses: [ImageStatus]): [Image] # 25.04
  images(is_installed: Boolean, is_operation: Boolean, load_filters: [String]): [Image] # <25.04
  viewer: Viewer # 25.14
  user(domain_name: String, email: String): User
  keypair(domain_name: String, access_key: String): KeyPair
  keypairs(domain_name: String, email: String, is_active: Boolean): [KeyPair]
  keypair_resource_policy(name: String): KeyPairResourcePolicy
  user_resource_policy(name: String): UserResourcePolicy
  group(id: UUID!, domain_name: String, type: [String] = ["GENERAL"]): Group
  groups(domain_name: String, is_active: Boolean, type: [String] = ["GENERAL"]): [Group]
  groups_by_name(name: String!, domain_name: String): [Group]
  domain(name: String): Domain
  scaling_groups(name: String, is_active: Boolean): [ScalingGroup]
  accessible_scaling_groups(project_id: UUID!): [ScalingGroup] # 25.05
  scaling_groups_for_domain(domain: String!, is_active: Boolean): [ScalingGroup]
  scaling_groups_for_user_group(user_group: String!, is_active: Boolean): [ScalingGroup]
  scaling_groups_for_keypair(access_key: String!, is_active: Boolean): [ScalingGroup]
  vfolder_nodes(scope_id: ScopeField, project_id: UUID, permission: VFolderPermissionValueField = "read_attribute", filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): VirtualFolderConnection # 24.12
}

enum ImageStatus { # 25.04
  ALIVE
  DELETED
}

type PageInfo {
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
  endCursor: String
}

type KVPair {
  key: String
  value: String
}

type ResourceLimit {
  key: String
  min: String
  max: String
}

type Image {
  id: UUID
  name: String
  namespace: String # 24.12
  base_image_name: String # 24.12
  project: String
  humanized_name: String
  tag: String
  tags: [KVPair] # 24.12
  version: String # 24.12
  registry: String
  architecture: String
  is_local: Boolean
  digest: String
  labels: [KVPair]
  aliases: [String]
  size_bytes: BigInt
  status: String # 25.04
  resource_limits: [ResourceLimit]
  supported_accelerators: [String]
  installed: Boolean
  installed_agents: [String]
  hash: String
}

type ImageNode implements Node {
  id: ID!
  row_id: UUID
  name: String
  namespace: String # 24.12
  base_image_name: String # 24.12
  project: String
  humanized_name: String
  tag: String
  tags: [KVPair] # 24.12
  version: String # 24.12
  registry: String
  architecture: String
  is_local: Boolean
  digest: String
  labels: [KVPair]
  size_bytes: BigInt
  status: String # 25.04
  resource_limits: [ResourceLimit]
  supported_accelerators: [String]
  aliases: [String]
  installed: Boolean # 25.11
}

type UserGroup {
  id: UUID
  name: String
}

type User {
  id: ID
  uuid: UUID
  username: String
  email: String
  need_password_change: Boolean
  full_name: String
  description: String
  is_active: Boolean
  status: String
  status_info: String
  created_at: DateTime
  modified_at: DateTime
  domain_name: String
  role: String
  resource_policy: String
  allowed_client_ip: [String]
  totp_activated: Boolean
  totp_activated_at: DateTime
  sudo_session_enabled: Boolean
  main_access_key: String
  container_uid: Int # 25.02
  container_main_gid: Int # 25.02
  container_gids: [Int] # 25.02
  groups: [UserGroup]
}

type Viewer { # 25.14
  user: UserNode
  user_id: UUID
  encoded_user_role: String
}

type UserNode implements Node {
  id: ID!
  username: String
  email: String
  full_name: String
  status: String
  domain_name: String
  role: String
  description: String
  created_at: DateTime
  modified_at: DateTime
  resource_policy: String
  allowed_client_ip: [String]
  container_gids: [Int]
  container_main_gid: Int
  container_uid: Int
  status_info: String
  sudo_session_enabled: Boolean
  need_password_change: Boolean
  totp_activated: Boolean
  project_nodes(filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): GroupConnection # 24.09
}

type KeyPair {
  id: ID
  user_id: String
  full_name: String
  access_key: String
  secret_key: String
  is_active: Boolean
  is_admin: Boolean
  resource_policy: String
  created_at: DateTime
  last_used: DateTime
  rate_limit: Int
  num_queries: Int
  rolling_count: Int
  user: UUID
  projects: [String]
  ssh_public_key: String
  concurrency_used: Int
  concurrency_limit: Int
}

type KeyPairResourcePolicy {
  name: String
  created_at: DateTime
  default_for_unspecified: String
  total_resource_slots: JSONString
  max_session_lifetime: Int
  max_concurrent_sessions: Int
  max_containers_per_session: Int
  idle_timeout: BigInt
  allowed_vfolder_hosts: JSONString
  max_vfolder_count: Int
  max_vfolder_size: BigInt
  max_quota_scope_size: BigInt
  max_concurrent_sftp_sessions: Int
  max_pending_session_count: Int
  max_pending_session_resource_slots: JSONString
}

type UserResourcePolicy {
  id: ID!
  name: String!
  created_at: DateTime!
  max_vfolder_count: Int
  max_quota_scope_size: BigInt
  max_vfolder_size: BigInt
  max_session_count_per_model_session: Int
  max_customized_image_count: Int
}

type Group {
  id: UUID
  name: String
  description: String
  is_active: Boolean
  created_at: DateTime
  modified_at: DateTime
  domain_name: String
  total_resource_slots: JSONString
  allowed_vfolder_hosts: JSONString
  integration_id: String
  resource_policy: String
  type: String
  container_registry: JSONString
  scaling_groups: [String]
}

type Domain {
  name: String
  description: String
  is_active: Boolean
  created_at: DateTime
  modified_at: DateTime
  total_resource_slots: JSONString
  allowed_vfolder_hosts: JSONString
  allowed_docker_registries: [String]
  integration_id: String
  scaling_groups: [String]
}

type ScalingGroup {
  name: String
  description: String
  is_active: Boolean
  is_public: Boolean
  created_at: DateTime
  wsproxy_addr: String
  wsproxy_api_token: String
  driver: String
  driver_opts: JSONString
  scheduler: String
  scheduler_opts: JSONString
  use_host_network: Boolean
  accelerator_quantum_size: Float # 25.05
  resource_allocation_limit_for_sessions: JSONString # 25.06
  own_session_occupied_resource_slots: JSONString # 25.04
}

type VirtualFolderConnection { # 24.12
  pageInfo: PageInfo!
  edges: [VirtualFolderEdge]!
  count: Int
}

type VirtualFolderEdge { # 24.12
  node: VirtualFolderNode
  cursor: String!
}

type VirtualFolderNode implements Node {
  id: ID!
  row_id: UUID
  host: String
  quota_scope_id: String
  name: String
  user: UUID
  user_email: String
  group: UUID
  group_name: String
  creator: String
  unmanaged_path: String
  usage_mode: String
  permission: String
  ownership_type: String
  max_files: Int
  max_size: BigInt
  created_at: DateTime
  last_used: DateTime
  num_files: Int
  cur_size: BigInt
  cloneable: Boolean
  status: String
  permissions: [VFolderPermissionValueField]
}
`;
