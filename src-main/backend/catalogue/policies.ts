/**
 * What limits the caller: its key's policy, its own, its projects' and its domain's (API reference, section 6.8). One field
 * that the manager does not know fails the whole query, and some moved between policies: see the gates.
 */
import { z } from 'zod';
import type {
  DomainPolicy,
  HostPermissions,
  KeypairPolicy,
  Policies,
  ProjectPolicy,
  UserPolicy,
} from '../api/catalogue-api.ts';
import { words } from '../session-queries.ts';
import type { Can } from '../version-gates.ts';
import { asRecord, asSlots, dashed, jsonText, nullableText } from '../wire.ts';

/** Policies write "as many as you like" as a number of this size. */
const unlimited = 1_000_000;

export function policiesQuery(can: Can): string {
  const when = (feature: Parameters<Can>[0], fields: string) => (can(feature) ? fields : '');
  return words(`query {
    user { domain_name groups { id name } }
    keypair { concurrency_used rate_limit }
    keypair_resource_policy { name total_resource_slots default_for_unspecified max_concurrent_sessions
      max_containers_per_session max_session_lifetime idle_timeout allowed_vfolder_hosts
      ${can('userFolderCount') ? '' : 'max_vfolder_count'}
      ${when('sftpSessionLimit', 'max_concurrent_sftp_sessions')}
      ${when('pendingLimits', 'max_pending_session_count max_pending_session_resource_slots')} }
    ${when(
      'userResourcePolicy',
      `user_resource_policy { name ${can('userQuotaSize') ? 'max_quota_scope_size' : 'max_vfolder_size'}
        ${when('userFolderCount', 'max_vfolder_count')} ${when('customizedImages', 'max_customized_image_count')} }`,
    )}
    groups(is_active: true) { id name description allowed_vfolder_hosts total_resource_slots }
    domain { name allowed_vfolder_hosts total_resource_slots scaling_groups allowed_docker_registries } }`);
}

const count = z.number().nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);
const hosts = jsonText.transform(readHostPermissions);
const slots = jsonText.transform(asSlots);

const KeypairRow = z.object({
  name: z.string().catch(''),
  total_resource_slots: slots,
  default_for_unspecified: nullableText,
  max_concurrent_sessions: count,
  max_containers_per_session: count,
  max_session_lifetime: count,
  idle_timeout: count,
  allowed_vfolder_hosts: hosts,
  max_vfolder_count: count,
  max_concurrent_sftp_sessions: count,
  max_pending_session_count: count,
  max_pending_session_resource_slots: jsonText,
});
const UserRow = z.object({
  name: z.string().catch(''),
  max_vfolder_count: count,
  max_quota_scope_size: count,
  max_vfolder_size: count,
  max_customized_image_count: count,
});
const ProjectRow = z.object({
  id: z.string(),
  name: z.string(),
  description: nullableText,
  allowed_vfolder_hosts: hosts,
  total_resource_slots: slots,
});
const DomainRow = z.object({
  name: z.string(),
  allowed_vfolder_hosts: hosts,
  total_resource_slots: slots,
  scaling_groups: texts,
  allowed_docker_registries: texts,
});

export const PoliciesData = z.object({
  user: z
    .object({
      groups: z
        .array(z.object({ id: z.string() }))
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
  keypair: z.object({ concurrency_used: count, rate_limit: count }).nullish().catch(null),
  keypair_resource_policy: KeypairRow.nullish().catch(null),
  user_resource_policy: UserRow.nullish().catch(null),
  groups: z.array(z.unknown()).nullish().catch(null),
  domain: DomainRow.nullish().catch(null),
});

export function readPolicies(data: z.infer<typeof PoliciesData>): Policies {
  const own = new Set((data.user?.groups ?? []).map(({ id }) => dashed(id)));
  // Administrators are told all projects of the domain: only those the caller belongs to are its limits.
  const projects = (data.groups ?? []).flatMap(readProject).filter(({ id }) => own.size === 0 || own.has(id));
  return {
    sessionsInUse: data.keypair?.concurrency_used ?? null,
    rateLimit: data.keypair?.rate_limit ?? null,
    keypair: readKeypair(data.keypair_resource_policy),
    user: readUser(data.user_resource_policy, data.keypair_resource_policy),
    projects,
    domain: readDomain(data.domain),
  };
}

function readKeypair(row: z.infer<typeof KeypairRow> | null | undefined): KeypairPolicy | null {
  if (row === null || row === undefined) return null;
  const pending = asSlots(row.max_pending_session_resource_slots);
  return {
    name: row.name,
    slots: row.total_resource_slots,
    unnamedSlots: row.default_for_unspecified?.toUpperCase() === 'UNLIMITED' ? 'unlimited' : 'limited',
    maxSessions: bounded(row.max_concurrent_sessions),
    maxContainersPerSession: bounded(row.max_containers_per_session),
    maxSftpSessions: bounded(row.max_concurrent_sftp_sessions),
    maxPendingSessions: bounded(row.max_pending_session_count),
    maxPendingSlots: Object.keys(pending).length === 0 ? null : pending,
    maxLifetimeSeconds: bounded(row.max_session_lifetime),
    idleTimeoutSeconds: bounded(row.idle_timeout, Number.POSITIVE_INFINITY),
    hosts: row.allowed_vfolder_hosts,
  };
}

/** The number of folders is the key's limit up to 23.09.5, the user's afterwards. */
function readUser(
  row: z.infer<typeof UserRow> | null | undefined,
  keypair: z.infer<typeof KeypairRow> | null | undefined,
): UserPolicy | null {
  const folders = row?.max_vfolder_count ?? keypair?.max_vfolder_count;
  if ((row === null || row === undefined) && (folders === null || folders === undefined)) return null;
  return {
    name: row?.name ?? '',
    maxFolders: bounded(folders),
    maxQuotaBytes: bounded(row?.max_quota_scope_size ?? row?.max_vfolder_size, Number.POSITIVE_INFINITY),
    // Unlike the others, none means none: the manager compares it as it is.
    maxCustomizedImages: row?.max_customized_image_count === 0 ? 0 : bounded(row?.max_customized_image_count),
  };
}

function readProject(value: unknown): ProjectPolicy[] {
  const row = ProjectRow.safeParse(value);
  if (!row.success) return [];
  const { id, name, description, allowed_vfolder_hosts, total_resource_slots } = row.data;
  return [{ id: dashed(id), name, description, slots: total_resource_slots, hosts: allowed_vfolder_hosts }];
}

function readDomain(row: z.infer<typeof DomainRow> | null | undefined): DomainPolicy | null {
  if (row === null || row === undefined) return null;
  return {
    name: row.name,
    slots: row.total_resource_slots,
    hosts: row.allowed_vfolder_hosts,
    resourceGroups: row.scaling_groups ?? [],
    registries: row.allowed_docker_registries ?? [],
  };
}

/** `{host: [permissions]}` from 22.09, a list of hosts before. */
function readHostPermissions(value: unknown): HostPermissions {
  if (Array.isArray(value)) {
    return Object.fromEntries(value.flatMap((host) => (typeof host === 'string' ? [[host, null]] : [])));
  }
  return Object.fromEntries(
    Object.entries(asRecord(value)).map(([host, permissions]) => [
      host,
      Array.isArray(permissions) ? permissions.filter((item): item is string => typeof item === 'string') : null,
    ]),
  );
}

/** Zero, less than that, and very large all mean: not limited. */
function bounded(value: number | null | undefined, most = unlimited): number | null {
  return value === null || value === undefined || value <= 0 || value >= most ? null : value;
}
