/**
 * User, keypair, policies, project, domain and resource group as GraphQL shows them: there is one of each.
 */
import type { Account } from '../auth/account.ts';
import { folderHost } from '../folders/folder-store.ts';
import { registry } from '../images/catalog.ts';
import { projectsOfAccount, type Site } from '../site.ts';
import { cpuGroup, domainName, type Project, resourceGroup } from '../site-facts.ts';
import { showAmount } from '../slots/amount.ts';
import { gpuQuantum, showPresent, showSlots } from '../slots/slots.ts';

/** The keypair's policy alone says what may be done with folders; project and domain add nothing. */
const noHosts = '{}';

type Row = Readonly<Record<string, unknown>>;

export function userView(own: Account, site: Site): Row {
  return {
    id: own.userId,
    uuid: own.userId,
    username: own.email,
    email: own.email,
    need_password_change: false,
    full_name: own.fullName,
    description: own.profile.about,
    is_active: true,
    status: 'active',
    status_info: null,
    created_at: own.createdAt,
    modified_at: own.createdAt,
    domain_name: domainName,
    role: own.profile.role,
    resource_policy: own.profile.policy,
    allowed_client_ip: null,
    totp_activated: own.totpSecret !== null,
    totp_activated_at: null,
    sudo_session_enabled: false,
    main_access_key: own.accessKey,
    container_uid: null,
    container_main_gid: null,
    container_gids: [],
    groups: projectsOfAccount(site, own).map(({ id, name }) => ({ id, name })),
  };
}

export function keypairView(own: Account, site: Site): Row {
  const { sessions } = site;
  return {
    id: own.accessKey,
    user_id: own.email,
    full_name: own.fullName,
    access_key: own.accessKey,
    secret_key: own.secretKey,
    is_active: true,
    is_admin: own.profile.role === 'admin',
    resource_policy: sessions.usage.policyOf(own).name,
    created_at: own.createdAt,
    last_used: null,
    rate_limit: own.profile.rateLimit,
    num_queries: 0,
    rolling_count: 0,
    user: own.userId,
    projects: projectsOfAccount(site, own).map(({ name }) => name),
    ssh_public_key: async () => (await own.sshKey()).publicLine,
    concurrency_used: sessions.usage.running(own),
    concurrency_limit: sessions.usage.policyOf(own).maxConcurrentSessions,
  };
}

export function keypairPolicyView(own: Account, { sessions }: Site): Row {
  const policy = sessions.usage.policyOf(own);
  return {
    name: policy.name,
    created_at: own.createdAt,
    default_for_unspecified: 'UNLIMITED',
    total_resource_slots: JSON.stringify(showSlots(policy.totalSlots)),
    max_session_lifetime: policy.maxLifetime,
    max_concurrent_sessions: policy.maxConcurrentSessions,
    max_containers_per_session: policy.maxContainersPerSession,
    idle_timeout: policy.idleTimeout,
    allowed_vfolder_hosts: JSON.stringify({ [folderHost]: policy.hostPermissions }),
    max_vfolder_count: policy.maxFolders,
    max_vfolder_size: 0,
    max_quota_scope_size: 0,
    max_concurrent_sftp_sessions: 1,
    max_pending_session_count: policy.maxPendingSessions,
    max_pending_session_resource_slots: null,
  };
}

export function userPolicyView(own: Account, { sessions }: Site): Row {
  return {
    id: Buffer.from(`UserResourcePolicy:${own.profile.policy}`).toString('base64'),
    name: own.profile.policy,
    created_at: own.createdAt,
    max_vfolder_count: sessions.usage.policyOf(own).maxFolders,
    max_quota_scope_size: sessions.usage.policyOf(own).maxFolderBytes ?? -1,
    max_vfolder_size: sessions.usage.policyOf(own).maxFolderBytes ?? -1,
    max_session_count_per_model_session: 0,
    max_customized_image_count: sessions.usage.policyOf(own).maxCustomizedImages,
  };
}

/** The policy that every project of this site has; anyone may read it by its name. */
export function projectPolicyView({ accounts }: Site): Row {
  return {
    id: Buffer.from('ProjectResourcePolicy:default').toString('base64'),
    name: 'default',
    created_at: accounts.main.createdAt,
    max_vfolder_count: 0,
    max_quota_scope_size: -1,
    max_vfolder_size: -1,
    max_network_count: 3,
  };
}

export function projectView(project: Project, { accounts }: Site): Row {
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    is_active: true,
    created_at: accounts.main.createdAt,
    modified_at: accounts.main.createdAt,
    domain_name: domainName,
    total_resource_slots: JSON.stringify(showPresent(project.limits)),
    allowed_vfolder_hosts: noHosts,
    integration_id: null,
    resource_policy: 'default',
    type: 'GENERAL',
    container_registry: null,
    scaling_groups: project.resourceGroups,
  };
}

export function domainView({ accounts }: Site): Row {
  return {
    name: domainName,
    description: 'The one domain of this sandbox',
    is_active: true,
    created_at: accounts.main.createdAt,
    modified_at: accounts.main.createdAt,
    total_resource_slots: '{}',
    allowed_vfolder_hosts: noHosts,
    allowed_docker_registries: [registry],
    integration_id: null,
    scaling_groups: [resourceGroup, cpuGroup],
  };
}

/** What a user may see of a resource group; the other fields stay empty for anyone but an admin. */
export function resourceGroupView(name: string, own: Account, { sessions }: Site): Row {
  return {
    name,
    is_active: true,
    is_public: true,
    accelerator_quantum_size: Number(showAmount(gpuQuantum)),
    // The most that any of the group's agents has; a group of this site is one agent.
    resource_allocation_limit_for_sessions: JSON.stringify(showPresent(sessions.usage.capacityOf(name))),
    own_session_occupied_resource_slots: JSON.stringify(
      showPresent(sessions.usage.occupied({ owner: own, group: name })),
    ),
  };
}
