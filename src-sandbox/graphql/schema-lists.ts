/**
 * Types of the v1 schema that a web client's pages ask for beside sessions: projects, presets, quotas, and the kinds of
 * things that this site has none of (model services, model cards). Marks at the end of a line: see schema-text.ts.
 */

export const listTypesText = `
scalar GroupPermissionField
scalar ContainerRegistryScopeField

interface Node {
  id: ID!
}

extend type Query {
  node(id: ID!): Node
  domains(is_active: Boolean): [Domain]
  quota_scope(storage_host_name: String!, quota_scope_id: String!): QuotaScope
  vfolder_node(id: String!): VirtualFolderNode
  resource_presets(filter: String, order: String): [ResourcePreset] # 24.09
  resource_presets: [ResourcePreset] # <24.09
  customized_images: [ImageNode]
  keypair_resource_policies: [KeyPairResourcePolicy]
  user_resource_policies: [UserResourcePolicy]
  agent_summary_list(limit: Int!, offset: Int!, filter: String, order: String, scaling_group: String, status: String): AgentSummaryList
  group_node(id: String!): GroupNode # 24.09
  group_nodes(filter: String, order: String, scope: ScopeField, container_registry_scope: ContainerRegistryScopeField, permission: GroupPermissionField = "read_attribute", offset: Int, before: String, after: String, first: Int, last: Int): GroupConnection # 24.09
  session_pending_queue(resource_group_id: String!, offset: Int, before: String, after: String, first: Int, last: Int): SessionPendingQueueConnection # 25.13
  endpoint(endpoint_id: UUID!): Endpoint
  endpoint_list(limit: Int!, offset: Int!, filter: String, order: String, domain_name: String, group_id: String, user_uuid: String, project: UUID): EndpointList
  endpoint_token_list(limit: Int!, offset: Int!, filter: String, order: String, endpoint_id: UUID): EndpointTokenList
  endpoint_auto_scaling_rule_nodes(endpoint: String!, filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): EndpointAutoScalingRuleConnection # 25.01
  model_cards(filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): ModelCardConnection
  container_utilization_metric_metadata: ContainerUtilizationMetricMetadata # 25.06
  user_utilization_metric(user_id: UUID!, props: UserUtilizationMetricQueryInput!): UserUtilizationMetric # 25.06
}

type Endpoint {
  id: ID
  endpoint_id: UUID
  desired_session_count: Int
  resource_group: String
  resource_slots: JSONString
  resource_opts: JSONString
  cluster_mode: String
  cluster_size: Int
  open_to_public: Boolean
  model: UUID
  model_mount_destination: String
  model_definition_path: String
  environ: JSONString
  runtime_variant: RuntimeVariantInfo
  extra_mounts: [VirtualFolderNode]
  image_object: ImageNode
  name: String
  url: String
  domain: String
  status: String
  project: String
  created_at: DateTime!
  routings: [Routing]
  created_user_email: String
  session_owner_email: String
  errors: [InferenceSessionError!]!
  retries: Int
  replicas: Int # 24.09
}

type RuntimeVariantInfo {
  name: String
  human_readable_name: String
}

type QuotaScope {
  id: ID!
  quota_scope_id: String!
  storage_host_name: String!
  details: QuotaDetails!
}

type QuotaDetails {
  hard_limit_bytes: BigInt
  usage_bytes: BigInt
  usage_count: BigInt
}

type EndpointList {
  total_count: Int!
  items: [Endpoint]!
}

type Routing {
  routing_id: UUID
  endpoint: String
  session: UUID
  traffic_ratio: Float
  status: String
  id: ID
}

type ResourcePreset {
  name: String
  resource_slots: JSONString
  shared_memory: BigInt
  scaling_group_name: String # 24.09
  id: UUID # 24.09
}

type InferenceSessionError {
  session_id: UUID
  errors: [InferenceSessionErrorInfo!]!
}

type EndpointTokenList {
  total_count: Int!
  items: [EndpointToken]!
}

type EndpointToken {
  id: ID
  token: String!
  endpoint_id: UUID!
  domain: String!
  project: String!
  session_owner: UUID!
  created_at: DateTime!
  valid_until: DateTime
}

type InferenceSessionErrorInfo {
  repr: String!
}

type ModelCardConnection {
  edges: [ModelCardEdge]!
  count: Int
  pageInfo: PageInfo!
}

type ModelCardEdge {
  cursor: String!
  node: ModelCard
}

type ModelCard {
  id: ID!
  row_id: UUID
  name: String
  author: String
  title: String
  description: String
  task: String
  category: String
  label: [String]
  license: String
  min_resource: JSONString
  error_msg: String
  version: String
  created_at: DateTime
  modified_at: DateTime
  architecture: String
  framework: [String]
  readme: String
  vfolder: VirtualFolder
}

type VirtualFolder {
  cloneable: Boolean
  id: ID
  name: String
  host: String
}

type AgentSummaryList {
  items: [AgentSummary]!
  total_count: Int!
}

type AgentSummary {
  id: ID
  status: String
  architecture: String
  available_slots: JSONString
  occupied_slots: JSONString
  scaling_group: String
  schedulable: Boolean
}

type GroupConnection {
  edges: [GroupEdge]!
  count: Int
}

type GroupEdge {
  node: GroupNode
}

type GroupNode implements Node {
  id: ID!
  row_id: UUID
  name: String
  allowed_vfolder_hosts: JSONString
  description: String
  is_active: Boolean
  domain_name: String
  total_resource_slots: JSONString
  integration_id: String
  resource_policy: String
  type: String
  container_registry: JSONString
  scaling_groups: [String]
  created_at: DateTime
  modified_at: DateTime
}

type SessionPendingQueueConnection { # 24.12
  edges: [SessionPendingQueueEdge]!
  count: Int
}

type SessionPendingQueueEdge { # 24.12
  node: ComputeSessionNode
}

type ContainerUtilizationMetricMetadata {
  metric_names: [String]
}

type UserUtilizationMetric {
  user_id: UUID
  metrics: [ContainerUtilizationMetric]
}

type ContainerUtilizationMetric {
  metric_name: String
  value_type: String
  values: [MetricResultValue]
  max_value: String
  avg_value: String
}

type MetricResultValue {
  timestamp: Float
  value: String
}

type EndpointAutoScalingRuleConnection {
  edges: [EndpointAutoScalingRuleEdge]!
}

type EndpointAutoScalingRuleEdge {
  node: EndpointAutoScalingRuleNode
}

type EndpointAutoScalingRuleNode {
  id: ID!
}

input UserUtilizationMetricQueryInput { # 25.06
  value_type: String!
  metric_name: String!
  start: String!
  end: String!
  step: String!
}
`;
