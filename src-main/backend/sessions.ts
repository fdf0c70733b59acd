/** Lists of sessions, one session, and what is done to it (API reference, sections 4 and 6.2 to 6.4). */
import { z } from 'zod';
import type { StartInput } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { FoldersApi } from './api/folders-api.ts';
import type { SessionPage, SessionsApi } from './api/sessions-api.ts';
import type { Identity } from './api/user-api.ts';
import { launchBody } from './launch-wire.ts';
import { type Condition, filterText, orderText, simplified } from './minilang.ts';
import { ofSession } from './of-session.ts';
import { everywhere } from './placement.ts';
import { openSessionEvents } from './session-events.ts';
import { rowOfNode, SessionNodeData, SessionNodesData } from './session-node-wire.ts';
import { nodeFields, nodeListQuery, nodeQuery, scopeValue, sessionListQuery, sessionQuery } from './session-queries.ts';
import { finishedFilter, liveFilter, readSession, SessionData, SessionListData } from './session-wire.ts';
import type { SiteClient } from './site-client.ts';
import { verdictOf } from './status-names.ts';
import { startedAnyway } from './uncertain-start.ts';
import type { Can } from './version-gates.ts';

/** Ending or starting may wait for machines. */
const slowMs = 60_000;
const newestFirst = [{ field: 'created_at', descending: true }];
/** Fields of joined tables, which node lists of 24.09 and 24.12 cannot filter by (section 6.4). */
const joinedFields = new Set(['image', 'full_name', 'group_name', 'user_email']);

const Created = z.object({
  sessionId: z.string(),
  sessionName: z.string().nullish(),
  created: z.boolean().nullish(),
});

export interface SessionsOptions {
  readonly client: SiteClient;
  readonly can: Can;
  readonly clock: Clock;
  readonly identity: (signal?: AbortSignal) => Promise<Identity>;
  readonly folders: FoldersApi['folders'];
  readonly minimumMemBytes: (image: string, architecture: string) => Promise<number>;
}

export function sessions(options: SessionsOptions): SessionsApi {
  const { client, can, clock, identity, minimumMemBytes } = options;
  const legacyPage = async (variables: Readonly<Record<string, unknown>>, finished: boolean, signal?: AbortSignal) => {
    const data = await client.graphql(sessionListQuery(can, finished), variables, SessionListData, signal);
    const { items, total_count } = data.compute_session_list;
    return pageOf(items, total_count);
  };

  const sessionPage: SessionsApi['sessionPage'] = ({ finished, offset, limit }, signal) =>
    legacyPage(
      {
        limit,
        offset,
        // Admins would get everybody's otherwise.
        access_key: client.accessKey,
        filter: finished ? finishedFilter : liveFilter,
        order: '-created_at',
      },
      finished,
      signal,
    );

  /** The other question tells one's own sessions alone; nodes also those of others in one's projects, where they may be seen. */
  const sharedSession = async (sessionId: string, signal?: AbortSignal) => {
    if (!can('nodeScope')) return null;
    try {
      const query = nodeQuery(can, nodeFields(can));
      const { compute_session_node: node } = await client.graphql(query, { id: sessionId }, SessionNodeData, signal);
      return node === null || node === undefined ? null : (readSession(rowOfNode({ node })) ?? unreadable());
    } catch (error) {
      // One that may not be seen is refused by some versions and not there in others: the same to whoever asks.
      if (error instanceof BerthError && error.code === 'refused-by-site') return null;
      throw error;
    }
  };

  return {
    sessionPage,

    async searchSessions(search, signal) {
      const condition = search.filter === undefined ? true : simplified(search.filter, verdictOf(can));
      if (condition === false) return { sessions: [], total: 0 };
      const { offset, limit, scope } = search;
      const filter = condition === true ? null : filterText(condition);
      const order = orderText(search.order ?? newestFirst);
      if (scope !== 'mine' && can('sessionNodes') && canFilterNodes(can, condition)) {
        const variables = { scope: scopeValue(can, scope.projectId), filter, order, first: limit, offset };
        const data = await client.graphql(nodeListQuery(can), variables, SessionNodesData, signal);
        const { edges, count } = data.compute_session_nodes;
        return pageOf(edges.map(rowOfNode), count);
      }
      const whose = scope === 'mine' ? { access_key: client.accessKey } : { group: scope.projectId };
      return await legacyPage({ limit, offset, filter, order, ...whose }, false, signal);
    },

    async session(sessionId, signal) {
      const data = await client.graphql(sessionQuery(can), { id: sessionId }, SessionData, signal);
      if (data.compute_session === null || data.compute_session === undefined)
        return await sharedSession(sessionId, signal);
      return readSession(data.compute_session) ?? unreadable();
    },

    async start(input: StartInput, signal) {
      const [{ domain }, known, minimum] = await Promise.all([
        identity(signal),
        input.mounts.length === 0 ? [] : options.folders(signal),
        minimumMemBytes(input.image, input.architecture),
      ]);
      const json = launchBody(input, { can, domain, folders: known, minimumMemBytes: minimum });
      const sinceMs = client.siteNow();
      const request = { method: 'POST', json, timeoutMs: slowMs, signal } as const;
      const answer = await client.json('/session', Created, request).catch(async (error: unknown) => {
        const page = (query: { finished: boolean; offset: number; limit: number }) => sessionPage(query, signal);
        const { id, name } = await startedAnyway(error, { name: input.name, sinceMs }, page);
        return { sessionId: id, sessionName: name, created: true };
      });
      if (answer.created === false) {
        throw new BerthError('name-taken', { place: 'manager', params: { name: input.name } });
      }
      return { sessionId: answer.sessionId.toLowerCase(), name: answer.sessionName ?? input.name };
    },

    async terminate(sessionId, forced, signal) {
      // No body: managers up to 26.2 read the query only when there is none.
      const query: Record<string, string> = forced ? { forced: 'true' } : {};
      const request = { method: 'DELETE', query, timeoutMs: slowMs, signal } as const;
      await ofSession(sessionId, client.raw(`/session/${sessionId}`, request));
    },

    async restart(sessionId, signal) {
      if (!can('restart')) throw new BerthError('unsupported', { place: 'manager', params: { feature: 'restart' } });
      const request = { method: 'PATCH', timeoutMs: slowMs, signal } as const;
      await ofSession(sessionId, client.raw(`/session/${sessionId}`, request));
    },

    async rename(sessionId, name, signal) {
      await ofSession(sessionId, client.raw(`/session/${sessionId}/rename`, { ...everywhere({ name }), signal }));
    },

    events: (handlers) => openSessionEvents(client, clock, handlers),
  };
}

/** Rows that cannot be read are left out; when none can, it is the answer that is broken. */
function pageOf(rows: readonly unknown[], total: number): SessionPage {
  const read = rows.flatMap((row) => readSession(row) ?? []);
  if (rows.length > 0 && read.length === 0) unreadable();
  return { sessions: read, total };
}

function unreadable(): never {
  throw new BerthError('bad-answer', { place: 'manager', params: { path: '/admin/gql', reason: 'shape' } });
}

function canFilterNodes(can: Can, condition: Condition | true): boolean {
  return (
    can('nodeJoinedFilters') || condition === true || !fieldsOf(condition).some((field) => joinedFields.has(field))
  );
}

function fieldsOf(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(fieldsOf);
  if ('any' in condition) return condition.any.flatMap(fieldsOf);
  if ('not' in condition) return fieldsOf(condition.not);
  return [condition.field];
}
