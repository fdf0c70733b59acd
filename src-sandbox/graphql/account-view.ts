/**
 * User, keypair, policies, project, domain and resource group as GraphQL shows them: there is one of each.
 */
import * as account from '../auth/account.ts';
import { folderHost, hostPermissions } from '../folders/folder-store.ts';
import { registry } from '../images/catalog.ts';
import type { Site } from '../site.ts';
import { showAmount } from '../slots/amount.ts';
import { gpuQuantum, showPresent, showSlots } from '../slots/slots.ts';

const allowedHosts = JSON.stringify({ [folderHost]: hostPermissions });

type Row = Readonly<Record<string, unknown>>;

export function userView({ account: own }: Site): Row {
  return {
    id: own.userId,
    uuid: own.userId,
    username: account.email,
    email: account.email,
    need_password_change: false,
    full_name: account.fullName,
    description: 'The one user of this sandbox',
    is_active: true,
    status: 'active',
    status_info: null,
    created_at: own.createdAt,
    modified_at: own.createdAt,
    domain_name: account.domainName,
    role: 'user',
    resource_policy: 'default',
    allowed_client_ip: null,
    totp_activated: false,
    totp_activated_at: null,
    sudo_session_enabled: false,
    main_access_key: own.accessKey,
    container_uid: null,
    container_main_gid: null,
    container_gids: [],
    groups: [{ id: own.projectId, name: account.projectName }],
  };
}

export function keypairView({ account: own, sessions }: Site): Row {
  return {
    id: own.accessKey,
    user_id: account.email,
    full_name: account.fullName,
    access_key: own.accessKey,
    secret_key: own.secretKey,
    is_active: true,
    is_admin: false,
    resource_policy: sessions.policy.name,
    created_at: own.createdAt,
    last_used: null,
    rate_limit: account.rateLimit,
    num_queries: 0,
    rolling_count: 0,
    user: own.userId,
    projects: [account.projectName],
    ssh_public_key: own.ssh.publicLine,
    concurrency_used: sessions.runningCount(),
    concurrency_limit: sessions.policy.maxConcurrentSessions,
  };
}

export function keypairPolicyView({ account: own, sessions }: Site): Row {
  const { policy } = sessions;
  return {
    name: policy.name,
    created_at: own.createdAt,
    default_for_unspecified: 'UNLIMITED',
    total_resource_slots: JSON.stringify(showSlots(policy.totalSlots)),
    max_session_lifetime: 0,
    max_concurrent_sessions: policy.maxConcurrentSessions,
    max_containers_per_session: policy.maxContainersPerSession,
    idle_timeout: 0,
    allowed_vfolder_hosts: allowedHosts,
    max_vfolder_count: policy.maxFolders,
    max_vfolder_size: 0,
    max_quota_scope_size: 0,
    max_concurrent_sftp_sessions: 1,
    max_pending_session_count: policy.maxPendingSessions,
    max_pending_session_resource_slots: null,
  };
}

export function userPolicyView({ account: own, sessions }: Site): Row {
  return {
    id: Buffer.from('UserResourcePolicy:default').toString('base64'),
    name: 'default',
    created_at: own.createdAt,
    max_vfolder_count: sessions.policy.maxFolders,
    max_quota_scope_size: 0,
    max_vfolder_size: 0,
    max_session_count_per_model_session: 0,
    max_customized_image_count: 0,
  };
}

export function projectView({ account: own }: Site): Row {
  return {
    id: own.projectId,
    name: account.projectName,
    description: 'The one project of this sandbox',
    is_active: true,
    created_at: own.createdAt,
    modified_at: own.createdAt,
    domain_name: account.domainName,
    total_resource_slots: '{}',
    allowed_vfolder_hosts: allowedHosts,
    integration_id: null,
    resource_policy: 'default',
    type: 'GENERAL',
    container_registry: null,
    scaling_groups: [account.resourceGroup],
  };
}

export function domainView({ account: own }: Site): Row {
  return {
    name: account.domainName,
    description: 'The one domain of this sandbox',
    is_active: true,
    created_at: own.createdAt,
    modified_at: own.createdAt,
    total_resource_slots: '{}',
    allowed_vfolder_hosts: allowedHosts,
    allowed_docker_registries: [registry],
    integration_id: null,
    scaling_groups: [account.resourceGroup],
  };
}

/** What a user may see of a resource group; the other fields stay empty for anyone but an admin. */
export function resourceGroupView({ sessions }: Site): Row {
  return {
    name: account.resourceGroup,
    is_active: true,
    is_public: true,
    accelerator_quantum_size: Number(showAmount(gpuQuantum)),
    own_session_occupied_resource_slots: JSON.stringify(showPresent(sessions.occupied())),
  };
}
