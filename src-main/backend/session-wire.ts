/** Sessions as lists and nodes give them (API reference, sections 6.2 and 6.3) -> the contract's Session. */
import { z } from 'zod';
import type { Slots } from '../../src-preload/contract/common.ts';
import { type LiveUse, type Session, Session as SessionSchema } from '../../src-preload/contract/sessions.ts';
import { parseBytes } from '../launcher/amount-policy.ts';
import { describeImage } from '../launcher/environments-policy.ts';
import { failuresOf, familyOf, reasonsOf, tabOf } from '../sessions/status-policy.ts';
import { readIdleChecks } from './session-facts/idle-checks.ts';
import { readMetrics, sumMetrics } from './session-facts/live-stat.ts';
import { readHistory } from './session-facts/status-history.ts';
import { readSessionMounts } from './session-mounts.ts';
import { asInstant, asRecord, asSlots, dashed, jsonText, nullableText } from './wire.ts';

export const liveFilter = 'status != "TERMINATED" & status != "CANCELLED"';
export const finishedFilter = 'status == "TERMINATED" | status == "CANCELLED"';

const wholeNumber = z.number().int().nullish().catch(null);

const Container = z.object({
  id: nullableText,
  kernel_id: nullableText,
  container_id: nullableText,
  cluster_role: nullableText,
  cluster_idx: wholeNumber,
  cluster_hostname: nullableText,
  agent: nullableText,
  status: nullableText,
  status_info: nullableText,
  occupied_slots: jsonText,
  live_stat: jsonText,
  last_stat: jsonText,
});

const SessionRow = z.object({
  session_id: z.string(),
  name: nullableText,
  type: nullableText,
  image: nullableText,
  architecture: nullableText,
  tag: nullableText,
  priority: wholeNumber,
  cluster_mode: nullableText,
  cluster_size: wholeNumber,
  domain_name: nullableText,
  group_id: nullableText,
  group_name: nullableText,
  user_email: nullableText,
  access_key: nullableText,
  scaling_group: nullableText,
  status: z.string(),
  status_info: nullableText,
  status_data: jsonText,
  status_history: jsonText,
  created_at: nullableText,
  terminated_at: nullableText,
  starts_at: nullableText,
  startup_command: nullableText,
  result: nullableText,
  queue_position: wholeNumber,
  idle_checks: jsonText,
  commit_status: nullableText,
  agent_ids: z.array(z.unknown()).nullish().catch(null),
  vfolder_mounts: z.array(z.unknown()).nullish().catch(null),
  resource_opts: jsonText,
  service_ports: jsonText,
  mounts: z.array(z.unknown()).nullish().catch(null),
  occupied_slots: jsonText,
  requested_slots: jsonText,
  dependencies: z.array(z.unknown()).nullish().catch(null),
  containers: z.array(Container).nullish().catch(null),
});
type SessionRow = z.infer<typeof SessionRow>;

export const SessionListData = z.object({
  compute_session_list: z.object({
    total_count: z.number().int().nonnegative(),
    items: z.array(z.unknown()),
  }),
});

export const SessionData = z.object({ compute_session: z.unknown().optional() });

/** Null when the row cannot be read: the caller counts such rows, the others stay usable. */
export function readSession(value: unknown): Session | null {
  const row = SessionRow.safeParse(value);
  if (!row.success) return null;
  // A session without a proper id cannot be asked for again, so the contract refuses it.
  const session = SessionSchema.safeParse(toSession(row.data));
  return session.success ? session.data : null;
}

function toSession(row: SessionRow): Session {
  const status = row.status.toUpperCase();
  const history = readHistory(row.status_history);
  const given = asSlots(row.occupied_slots);
  const containers = row.containers ?? [];
  const measured = containers.map((container) => readMetrics(container.live_stat ?? container.last_stat));
  const agents = (row.agent_ids ?? []).filter((agent): agent is string => typeof agent === 'string' && agent !== '');
  const mounted = readSessionMounts(row.vfolder_mounts);
  return {
    id: row.session_id.toLowerCase(),
    name: row.name ?? row.session_id,
    status,
    family: familyOf(status),
    tab: tabOf(status),
    statusInfo: row.status_info,
    reasons: reasonsOf(row.status_data),
    ...failuresOf(row.status_data),
    queuePosition: row.queue_position ?? null,
    type: (row.type ?? 'interactive').toLowerCase(),
    image: row.image ?? '',
    environment: describeImage(row.image ?? ''),
    architecture: row.architecture ?? 'x86_64',
    resourceGroup: row.scaling_group,
    project: row.group_name,
    clusterSize: row.cluster_size ?? 1,
    slots: hasAmount(given) ? given : asSlots(row.requested_slots),
    shmemBytes: readShmem(row.resource_opts),
    live: readLive(containers.map((container) => container.live_stat)),
    mounts: (row.mounts ?? []).flatMap(readMount),
    createdAt: asInstant(row.created_at) ?? history[0]?.at ?? new Date(0).toISOString(),
    startedAt: history.find((step) => step.status === 'RUNNING')?.at ?? null,
    terminatedAt: asInstant(row.terminated_at),
    history,
    services: readServices(row.service_ports),
    kernels: containers.map((container, index) => ({
      id: container.kernel_id ?? container.id ?? container.container_id ?? '',
      hostname: container.cluster_hostname ?? `${container.cluster_role ?? 'main'}${container.cluster_idx ?? 1}`,
      role: container.cluster_role ?? 'main',
      status: (container.status ?? '').toUpperCase(),
      statusInfo: container.status_info,
      index: container.cluster_idx ?? null,
      containerId: container.container_id,
      agent: container.agent,
      slots: asSlots(container.occupied_slots),
      metrics: measured[index] ?? [],
    })),
    accessKey: row.access_key,
    asked: asSlots(row.requested_slots),
    tag: row.tag,
    priority: row.priority ?? null,
    clusterMode: row.cluster_mode?.toLowerCase().replaceAll('_', '-') ?? null,
    domain: row.domain_name,
    projectId: row.group_id === null ? null : dashed(row.group_id),
    owner: row.user_email,
    startupCommand: row.startup_command,
    startsAt: asInstant(row.starts_at),
    result: row.result === null || row.result.toUpperCase() === 'UNDEFINED' ? null : row.result.toUpperCase(),
    idleChecks: readIdleChecks(row.idle_checks, Date.now()),
    commitStatus: row.commit_status,
    agents: [...new Set(agents)],
    dependsOn: (row.dependencies ?? []).flatMap(readDependency),
    mountIds: mounted.flatMap(({ id }) => id ?? []),
    mounted,
    metrics: sumMetrics(measured.filter((metrics) => metrics.length > 0)),
  };
}

function hasAmount(slots: Slots): boolean {
  return Object.values(slots).some((text) => Number(text) > 0);
}

/** Flat in 22.x, from 23.03 keyed by the cluster's host names. */
function readShmem(value: unknown): number | null {
  const options = asRecord(value);
  const flat = options.shmem ?? asRecord(options.main1 ?? Object.values(options)[0]).shmem;
  return typeof flat === 'string' || typeof flat === 'number' ? parseBytes(String(flat)) : null;
}

/** A name, or in older versions a text that holds a list whose first item is the name. */
function readMount(value: unknown): string[] {
  if (typeof value !== 'string' || value === '') return [];
  const listed = /^\[\s*['"]([^'"]+)['"]/.exec(value);
  return [listed?.[1] ?? value];
}

function readDependency(value: unknown): { id: string; name: string }[] {
  const { session_id: id, name } = asRecord(value);
  return typeof id === 'string' ? [{ id: dashed(id), name: typeof name === 'string' ? name : id }] : [];
}

function readServices(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const { name, protocol } = asRecord(item);
    return typeof name === 'string' && protocol !== 'internal' ? [name] : [];
  });
}

/** Sums over containers; `cpu_util.pct` of 100 is one core. */
function readLive(stats: readonly unknown[]): LiveUse | null {
  const told = stats.map(asRecord).filter((stat) => Object.keys(stat).length > 0);
  if (told.length === 0) return null;
  const sum = (metric: string, field: string) => {
    const values = told.map((stat) => Number(asRecord(stat[metric])[field] ?? Number.NaN)).filter(Number.isFinite);
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  const percent = sum('cpu_util', 'pct');
  return { cpuCores: percent === null ? null : percent / 100, memBytes: sum('mem', 'current') };
}
