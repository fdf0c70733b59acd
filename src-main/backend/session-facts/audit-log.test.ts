/** The audit log in both schemas, asked of a schema as managers publish it: a field that is not there is refused. */
import { buildSchema, graphql } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { AuditPage } from '../../../src-preload/contract/session-facts.ts';
import { sendJson, serve, siteClient, type TestServer } from '../testing.ts';
import { featuresOf } from '../version-gates.ts';
import { readAuditLog, readDuration } from './audit-log.ts';

const sessionId = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
const userId = '11111111-2222-4333-8444-555555555555';

/** 25.6 to 26.4.3, for superadmins. `triggered_by` came with 25.12. */
const v1 = (withActor: boolean) =>
  buildSchema(`
    scalar DateTime
    scalar UUID
    type Query {
      audit_log_nodes(filter: String, order: String, offset: Int, before: String, after: String, first: Int, last: Int): AuditLogConnection
    }
    type AuditLogConnection { edges: [AuditLogEdge]! count: Int }
    type AuditLogEdge { node: AuditLogNode cursor: String! }
    type AuditLogNode {
      id: ID! row_id: UUID! action_id: UUID! entity_type: String! operation: String! entity_id: String
      created_at: DateTime! request_id: String description: String! duration: String status: String!
      ${withActor ? 'triggered_by: String' : ''}
    }`);

/** 26.4.4 and later. */
const v2 = buildSchema(`
  scalar DateTime
  scalar UUID
  type Query {
    scopedAuditLogsV2(scope: AuditLogScope!, filter: AuditLogFilter = null, orderBy: [AuditLogOrderBy!] = null, before: String = null, after: String = null, first: Int = null, last: Int = null, limit: Int = null, offset: Int = null): AuditLogV2Connection
  }
  input AuditLogScope { entity: [EntityTypeScope!] = null triggeredUser: [UUIDScope!] = null }
  input EntityTypeScope { entityType: RBACElementType! entityId: String! }
  input UUIDScope { value: UUID! }
  enum RBACElementType { DOMAIN PROJECT USER SESSION VFOLDER }
  input AuditLogFilter { operation: String }
  input AuditLogOrderBy { field: AuditLogOrderField! direction: OrderDirection! = DESC }
  enum AuditLogOrderField { CREATED_AT ENTITY_TYPE OPERATION STATUS }
  enum OrderDirection { ASC DESC }
  enum AuditLogStatus { SUCCESS ERROR UNKNOWN RUNNING DENIED }
  type AuditLogV2Connection { edges: [AuditLogV2Edge!]! count: Int! }
  type AuditLogV2Edge { node: AuditLogV2! cursor: String! }
  type AuditLogV2 {
    id: ID! actionId: UUID! entityType: String! operation: String! entityId: String createdAt: DateTime!
    requestId: String triggeredBy: String description: String! duration: String status: AuditLogStatus! user: UserV2
  }
  type UserV2 { basicInfo: UserV2BasicInfo! }
  type UserV2BasicInfo { username: String email: String! fullName: String }`);

const rename = {
  id: 'QXVkaXQ6MQ==',
  operation: 'rename',
  created_at: '2026-01-01T00:00:00+00:00',
  createdAt: '2026-01-01T00:00:00+00:00',
  duration: '0:00:01.250000',
  description: 'Renamed',
  triggered_by: userId,
  triggeredBy: userId,
};

let server: TestServer;
afterEach(() => server.close());

/** @param root what the site's resolvers answer; they are told what was asked for */
async function ask(manager: string, path: string, schema: ReturnType<typeof buildSchema>, root: object) {
  server = await serve(async (request, response, body) => {
    const { query, variables } = JSON.parse(body);
    if (request.url !== path) sendJson(response, 404, { type: 'https://api.backend.ai/probs/url-not-found' });
    else sendJson(response, 200, await graphql({ schema, source: query, variableValues: variables, rootValue: root }));
  });
  const client = siteClient(server.endpoint);
  try {
    const can = featuresOf(manager, 'v9.20250722');
    return await readAuditLog(client, can, { sessionId, offset: 10, limit: 5 });
  } finally {
    client.dispose();
  }
}

describe('the audit log of a session', () => {
  it.each(['25.6.0', '25.12.0', '26.4.3'])('is asked of the v1 schema on %s', async (manager) => {
    const asked: unknown[] = [];
    const root = {
      audit_log_nodes: (args: unknown) => {
        asked.push(args);
        return { count: 12, edges: [{ node: { ...rename, status: 'success' } }, { node: null }] };
      },
    };
    const knowsActor = manager !== '25.6.0';
    const page = await ask(manager, '/admin/gql', v1(knowsActor), root);
    expect(asked).toEqual([
      {
        filter: `(entity_type == "session") & (entity_id == "${sessionId}")`,
        order: '-created_at',
        first: 5,
        offset: 10,
      },
    ]);
    expect(AuditPage.parse(page)).toEqual({
      total: 12,
      entries: [
        {
          id: rename.id,
          at: '2026-01-01T00:00:00.000Z',
          operation: 'rename',
          result: 'success',
          by: knowsActor ? { id: userId, email: null } : null,
          durationMs: 1250,
          description: 'Renamed',
        },
      ],
    });
  });

  it('is asked of the v2 schema from 26.4.4 on, also where the user of an entry may not be read', async () => {
    const asked: unknown[] = [];
    const unreadable = () => {
      throw new Error('Not for you');
    };
    const root = {
      scopedAuditLogsV2: (args: unknown) => {
        asked.push(args);
        const user = { basicInfo: { email: 'ada@example.com' } };
        const entries = [
          { ...rename, status: 'DENIED', user },
          { ...rename, status: 'SUCCESS', user: unreadable },
        ];
        return { count: 2, edges: entries.map((node) => ({ node })) };
      },
    };
    const page = await ask('26.4.4', '/admin/gql/strawberry', v2, root);
    expect(asked).toEqual([
      {
        scope: { entity: [{ entityType: 'SESSION', entityId: sessionId }], triggeredUser: null },
        orderBy: [{ field: 'CREATED_AT', direction: 'DESC' }],
        limit: 5,
        offset: 10,
        ...{ filter: null, before: null, after: null, first: null, last: null },
      },
    ]);
    expect(AuditPage.parse(page).entries.map(({ result, by }) => [result, by])).toEqual([
      ['denied', { id: userId, email: 'ada@example.com' }],
      ['success', { id: userId, email: null }],
    ]);
  });

  it('is refused where the site does not tell it, and not asked for where the site has none', async () => {
    const refusing = () => {
      throw new Error('superadmin privilege required');
    };
    await expect(ask('25.15.12', '/admin/gql', v1(true), { audit_log_nodes: refusing })).rejects.toMatchObject({
      code: 'refused-by-site',
    });
    await server.close();
    await expect(ask('26.8.0', '/admin/gql/strawberry', v2, { scopedAuditLogsV2: refusing })).rejects.toMatchObject({
      code: 'refused-by-site',
    });
    await server.close();
    await expect(ask('25.5.9', '/admin/gql', v1(true), {})).rejects.toMatchObject({ code: 'unsupported' });
    expect(server.requests).toEqual([]);
  });

  it('reads how long it took as Python writes it', () => {
    expect(readDuration('0:00:00')).toBe(0);
    expect(readDuration('1 day, 2:03:04.5')).toBe(93_784_500);
    expect(readDuration('12 days, 0:00:01')).toBe(1_036_801_000);
    for (const text of [null, '', 'soon', '-1 day, 23:59:59', '1:2:3']) expect(readDuration(text)).toBeNull();
  });
});
