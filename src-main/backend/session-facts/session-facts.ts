/** Facts of one session, each asked where the manager's version keeps it. */
import { z } from 'zod';
import type { Relative, Scheduling } from '../../../src-preload/contract/session-facts.ts';
import { BerthError } from '../../base/berth-error.ts';
import type { SessionFactsApi } from '../api/session-facts-api.ts';
import type { Identity } from '../api/user-api.ts';
import { openLog } from '../log-answer.ts';
import { ofSession } from '../of-session.ts';
import { nodeQuery, scopeValue } from '../session-queries.ts';
import type { SiteClient } from '../site-client.ts';
import type { Can } from '../version-gates.ts';
import { dashed, jsonText, nullableText } from '../wire.ts';
import { readAuditLog } from './audit-log.ts';
import { readRounds, schedulingOf, withAttempts } from './scheduling.ts';
import { readHistory } from './status-history.ts';

const maxLogBytes = 64 * 1024 * 1024;

const History = z.object({ result: z.unknown() });
const HistoryData = z.object({ compute_session: z.object({ status_history: jsonText }).nullish() });
const ReasonData = z.object({
  compute_session: z
    .object({ status: nullableText, status_data: jsonText, group_id: nullableText, name: nullableText })
    .nullish(),
});
const NodePlace = z.object({
  compute_session_node: z.object({ queue_position: z.number().int().nullish().catch(null) }).nullish(),
});
const RelativeRow = z.object({
  session_id: z.string(),
  name: nullableText,
  status: nullableText,
  result: nullableText,
});
const DependsOnData = z.object({
  compute_session: z.object({ group_id: nullableText, dependencies: z.array(z.unknown()).nullish() }).nullish(),
});
const NeededByData = z.object({
  compute_session_node: z
    .object({ dependents: z.object({ edges: z.array(z.object({ node: z.unknown() })) }).nullish() })
    .nullish(),
});
const DirectAccessBody = z.object({
  public_host: nullableText,
  sshd_ports: z.array(z.coerce.number().int()).nullish().catch(null),
});

export interface SessionFactsOptions {
  readonly client: SiteClient;
  readonly can: Can;
  readonly identity: (signal?: AbortSignal) => Promise<Identity>;
}

export function sessionFacts({ client, can, identity }: SessionFactsOptions): SessionFactsApi {
  /** A node of 24.09 is only found together with its project. */
  const node = async <T>(
    sessionId: string,
    projectId: string | null,
    fields: string,
    schema: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const project = projectId ?? (await identity(signal)).projects[0]?.id ?? '';
    const variables = can('nodeScope') ? { id: sessionId } : { id: sessionId, scope: scopeValue(can, project) };
    return await client.graphql(nodeQuery(can, fields), variables, schema, signal);
  };
  const queuePosition = async (sessionId: string, projectId: string | null, signal?: AbortSignal) => {
    if (!can('queuePosition')) return null;
    const data = await orNull(node(sessionId, projectId, 'queue_position', NodePlace, signal));
    return data?.compute_session_node?.queue_position ?? null;
  };

  return {
    openLog: (sessionId, kernelId, signal) =>
      ofSession(sessionId, openLog(client, sessionId, can('kernelLogs') ? kernelId : null, signal)),

    async taskLog(kernelId, signal) {
      // The older name of the parameter: `kernel_id` is only known from 26.3 on.
      const query = { taskId: kernelId };
      try {
        const answer = await client.raw('/session/_/logs', { query, maxBytes: maxLogBytes, signal });
        return answer.body.toString('utf8');
      } catch (error) {
        if (error instanceof BerthError && error.code === 'not-found') return null;
        throw error;
      }
    },

    async statusHistory(sessionId, signal) {
      if (can('statusHistoryByRest')) {
        const request = client.json(`/session/${sessionId}/status-history`, History, { signal });
        return readHistory((await ofSession(sessionId, request)).result);
      }
      if (!can('statusHistory')) return [];
      const query = 'query ($id: UUID!) { compute_session(id: $id) { status_history } }';
      const data = await client.graphql(query, { id: sessionId }, HistoryData, signal);
      return readHistory(data.compute_session?.status_history);
    },

    async scheduling(sessionId, signal): Promise<Scheduling> {
      const query = 'query ($id: UUID!) { compute_session(id: $id) { name status status_data group_id } }';
      const [data, told] = await Promise.all([
        client.graphql(query, { id: sessionId }, ReasonData, signal),
        can('schedulingHistory') ? orNull(readRounds(client, sessionId, signal)) : null,
      ]);
      const row = data.compute_session;
      if (row === null || row === undefined) throw gone(sessionId);
      const known = withAttempts(schedulingOf(row.status_data), told?.rounds ?? []);
      const waiting = (row.status ?? '').toUpperCase() === 'PENDING';
      return waiting ? { ...known, queuePosition: await queuePosition(sessionId, row.group_id, signal) } : known;
    },

    async schedulingRounds(sessionId, signal) {
      if (can('schedulingHistory')) return await readRounds(client, sessionId, signal);
      throw new BerthError('unsupported', { place: 'manager', params: { feature: 'schedulingHistory' } });
    },

    auditLog: (query, signal) => readAuditLog(client, can, query, signal),

    async relatives(sessionId, signal) {
      const query =
        'query ($id: UUID!) { compute_session(id: $id) { group_id dependencies { session_id name status result } } }';
      const data = await client.graphql(query, { id: sessionId }, DependsOnData, signal);
      const row = data.compute_session;
      if (row === null || row === undefined) throw gone(sessionId);
      const dependsOn = (row.dependencies ?? []).flatMap(readRelative);
      if (!can('sessionNodes')) return { dependsOn, neededBy: null };
      const fields = 'dependents { edges { node { session_id: row_id name status result } } }';
      const answer = await orNull(node(sessionId, row.group_id, fields, NeededByData, signal));
      if (answer === null) return { dependsOn, neededBy: null };
      const edges = answer.compute_session_node?.dependents?.edges ?? [];
      return { dependsOn, neededBy: edges.flatMap((edge) => readRelative(edge.node)) };
    },

    async directAccess(sessionId, signal) {
      if (!can('directAccess')) return null;
      const path = `/session/${sessionId}/direct-access-info`;
      const answer = await ofSession(sessionId, client.json(path, DirectAccessBody, { signal }));
      if (answer.public_host === null) return null;
      return { host: answer.public_host, sshdPorts: answer.sshd_ports ?? [] };
    },
  };
}

/**
 * For what is told beside the essential: a site whose roles or deployment keep it from the caller tells less, and what is
 * known is still worth showing. Trouble on the way stays trouble.
 */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const refused = ['refused-by-site', 'forbidden', 'unsupported', 'not-found'];
    if (error instanceof BerthError && refused.includes(error.code)) return null;
    throw error;
  }
}

function readRelative(value: unknown): Relative[] {
  const row = RelativeRow.safeParse(value);
  if (!row.success) return [];
  const { session_id, name, status, result } = row.data;
  const judged = result === null || result.toUpperCase() === 'UNDEFINED' ? null : result.toUpperCase();
  return [{ id: dashed(session_id), name: name ?? session_id, status: (status ?? '').toUpperCase(), result: judged }];
}

function gone(sessionId: string): BerthError {
  return new BerthError('session-gone', { place: 'manager', params: { session: sessionId } });
}
