/** Sessions as `compute_session_list` and `compute_session` give them (API reference, section 6.2) -> the contract's Session. */
import { z } from 'zod';
import type { Slots } from '../../src-preload/contract/common.ts';
import { type LiveUse, type Session, Session as SessionSchema } from '../../src-preload/contract/sessions.ts';
import { parseBytes } from '../launcher/amount-policy.ts';
import { describeImage } from '../launcher/environments-policy.ts';
import { familyOf, reasonsOf, tabOf } from '../sessions/status-policy.ts';
import type { Can } from './version-gates.ts';
import { asInstant, asRecord, asSlots, jsonText, nullableText } from './wire.ts';

/** Fields to ask for; one that the manager does not know would fail the whole query. */
export function sessionFields(can: Can): string {
  const optional = [
    can('requestedSlots') ? 'requested_slots' : '',
    can('statusHistory') ? 'status_history' : '',
  ].filter((field) => field !== '');
  const kernelId = can('kernelIds') ? 'kernel_id ' : '';
  return `session_id name type image architecture cluster_size group_name access_key scaling_group
    status status_info status_data created_at terminated_at resource_opts service_ports mounts occupied_slots
    ${optional.join(' ')}
    containers { ${kernelId}container_id cluster_role cluster_idx cluster_hostname status live_stat }`;
}

export function sessionListQuery(can: Can): string {
  return `query ($limit: Int!, $offset: Int!, $access_key: String, $filter: String, $order: String) {
  compute_session_list(limit: $limit, offset: $offset, access_key: $access_key, filter: $filter, order: $order) {
    total_count
    items { ${sessionFields(can)} }
  }
}`;
}

export function sessionQuery(can: Can): string {
  return `query ($id: UUID!) { compute_session(id: $id) { ${sessionFields(can)} } }`;
}

export const liveFilter = 'status != "TERMINATED" & status != "CANCELLED"';
export const finishedFilter = 'status == "TERMINATED" | status == "CANCELLED"';

const Container = z.object({
  kernel_id: nullableText,
  container_id: nullableText,
  cluster_role: nullableText,
  cluster_idx: z.number().nullish().catch(null),
  cluster_hostname: nullableText,
  status: nullableText,
  live_stat: jsonText,
});

const SessionRow = z.object({
  session_id: z.string(),
  name: nullableText,
  type: nullableText,
  image: nullableText,
  architecture: nullableText,
  cluster_size: z.number().nullish().catch(null),
  group_name: nullableText,
  access_key: nullableText,
  scaling_group: nullableText,
  status: z.string(),
  status_info: nullableText,
  status_data: jsonText,
  status_history: jsonText,
  created_at: nullableText,
  terminated_at: nullableText,
  resource_opts: jsonText,
  service_ports: jsonText,
  mounts: z.array(z.unknown()).nullish().catch(null),
  occupied_slots: jsonText,
  requested_slots: jsonText,
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
  return {
    id: row.session_id.toLowerCase(),
    name: row.name ?? row.session_id,
    status,
    family: familyOf(status),
    tab: tabOf(status),
    statusInfo: row.status_info,
    reasons: reasonsOf(row.status_data),
    queuePosition: null,
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
    kernels: containers.map((container) => ({
      id: container.kernel_id ?? container.container_id ?? '',
      hostname: container.cluster_hostname ?? `${container.cluster_role ?? 'main'}${container.cluster_idx ?? 1}`,
      role: container.cluster_role ?? 'main',
      status: (container.status ?? '').toUpperCase(),
    })),
    accessKey: row.access_key,
  };
}

function hasAmount(slots: Slots): boolean {
  return Object.values(slots).some((text) => Number(text) > 0);
}

/** `{STATUS: time}`, or from some versions a list of `{status, timestamp}`. */
function readHistory(value: unknown): Session['history'] {
  const steps = Array.isArray(value)
    ? value.map((item) => [asRecord(item).status, asRecord(item).timestamp])
    : Object.entries(asRecord(value));
  return steps
    .flatMap(([status, time]) => {
      const at = asInstant(time);
      return typeof status === 'string' && at !== null ? [{ status: status.toUpperCase(), at }] : [];
    })
    .sort((a, b) => a.at.localeCompare(b.at));
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
