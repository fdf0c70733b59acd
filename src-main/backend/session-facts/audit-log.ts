/**
 * What was asked of one session, by whom, as the manager keeps it: for superadmins through the v1 schema (25.6 and later),
 * for everybody who may read the session through the v2 schema (26.4.4 and later). Facts as found in the managers' own
 * published schemas; what has no session in its record (an end, before 26.x) is in neither.
 */
import { z } from 'zod';
import type { AuditEntry, AuditPage } from '../../../src-preload/contract/session-facts.ts';
import { BerthError } from '../../base/berth-error.ts';
import { filterText } from '../minilang.ts';
import type { SiteClient } from '../site-client.ts';
import { askV2 } from '../v2-graphql.ts';
import type { Can } from '../version-gates.ts';
import { asInstant, nullableText } from '../wire.ts';

export interface AuditQuery {
  readonly sessionId: string;
  readonly offset: number;
  readonly limit: number;
}

const scopedQuery = `query ($scope: AuditLogScope!, $limit: Int, $offset: Int) {
  scopedAuditLogsV2(scope: $scope, orderBy: [{field: CREATED_AT, direction: DESC}], limit: $limit, offset: $offset) {
    count edges { node { id operation status createdAt triggeredBy duration description
      user { basicInfo { email } } } } } }`;

const nodesQuery = (can: Can) => `query ($filter: String, $order: String, $first: Int, $offset: Int) {
  audit_log_nodes(filter: $filter, order: $order, first: $first, offset: $offset) {
    count edges { node { id operation status created_at duration description
      ${can('auditActors') ? 'triggered_by' : ''} } } } }`;

const Edges = z.array(z.object({ node: z.unknown() }));
const Count = z.number().int().nonnegative();
const ScopedData = z.object({ scopedAuditLogsV2: z.object({ count: Count, edges: Edges }) });
const NodesData = z.object({ audit_log_nodes: z.object({ count: Count.nullish(), edges: Edges }) });

const common = {
  id: z.string(),
  operation: z.string(),
  status: z.string(),
  duration: nullableText,
  description: nullableText,
};
const ScopedNode = z.object({
  ...common,
  createdAt: nullableText,
  triggeredBy: nullableText,
  user: z
    .object({ basicInfo: z.object({ email: nullableText }) })
    .nullish()
    .catch(null),
});
const Node = z.object({ ...common, created_at: nullableText, triggered_by: nullableText });

/** Newest first. Throws BerthError `unsupported`, and `forbidden` or `refused-by-site` for whom the site does not tell. */
export async function readAuditLog(
  client: SiteClient,
  can: Can,
  { sessionId, offset, limit }: AuditQuery,
  signal?: AbortSignal,
): Promise<AuditPage> {
  if (can('auditLogScoped')) {
    const scope = { entity: [{ entityType: 'SESSION', entityId: sessionId }] };
    const data = await askV2(client, scopedQuery, { scope, limit, offset }, ScopedData, signal);
    const { count, edges } = data.scopedAuditLogsV2;
    return { total: count, entries: edges.flatMap(({ node }) => readScoped(node)) };
  }
  if (!can('auditLog')) throw new BerthError('unsupported', { place: 'manager', params: { feature: 'auditLog' } });
  const is = (field: string, value: string) => ({ field, op: '==', value }) as const;
  const filter = filterText({ all: [is('entity_type', 'session'), is('entity_id', sessionId)] });
  const variables = { filter, order: '-created_at', first: limit, offset };
  const data = await client.graphql(nodesQuery(can), variables, NodesData, signal);
  const { count, edges } = data.audit_log_nodes;
  const entries = edges.flatMap(({ node }) => readNode(node));
  return { total: count ?? offset + entries.length, entries };
}

function readScoped(value: unknown): AuditEntry[] {
  const node = ScopedNode.safeParse(value);
  if (!node.success) return [];
  const { createdAt, triggeredBy, user, ...rest } = node.data;
  return [entryOf(rest, createdAt, triggeredBy, user?.basicInfo.email ?? null)];
}

function readNode(value: unknown): AuditEntry[] {
  const node = Node.safeParse(value);
  if (!node.success) return [];
  const { created_at, triggered_by, ...rest } = node.data;
  return [entryOf(rest, created_at, triggered_by, null)];
}

function entryOf(
  { id, operation, status, duration, description }: z.infer<z.ZodObject<typeof common>>,
  createdAt: string | null,
  userId: string | null,
  email: string | null,
): AuditEntry {
  return {
    id,
    at: asInstant(createdAt),
    operation,
    // Upper case in the v2 schema, lower case in v1.
    result: status.toLowerCase(),
    by: userId === null || userId === '' ? null : { id: userId, email },
    durationMs: readDuration(duration),
    description: description ?? '',
  };
}

/** Python's text of a duration: `0:00:01.250000`, `2 days, 3:00:00`. Null for anything else. */
export function readDuration(text: string | null): number | null {
  const match = /^(?:(\d+) days?, )?(\d+):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(text ?? '');
  if (match === null) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1_000);
}
