/** The rounds of the scheduler, asked of a schema as managers from 26.2 on publish it. */
import { buildSchema, graphql } from 'graphql';
import { expect, it } from 'vitest';
import { SchedulingRounds } from '../../../src-preload/contract/session-facts.ts';
import { sendJson, sendProblem, serve, siteClient } from '../testing.ts';
import { readRounds } from './scheduling.ts';

const sessionId = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
const schema = buildSchema(`
  scalar DateTime
  scalar UUID
  type Query {
    sessionScopedSchedulingHistories(scope: SessionScope!, filter: SessionSchedulingHistoryFilter = null, orderBy: [SessionSchedulingHistoryOrderBy!] = null, before: String = null, after: String = null, first: Int = null, last: Int = null, limit: Int = null, offset: Int = null): SessionSchedulingHistoryConnection
  }
  input SessionScope { sessionId: UUID! }
  input SessionSchedulingHistoryFilter { fromStatus: [String!] = null }
  input SessionSchedulingHistoryOrderBy { field: SessionSchedulingHistoryOrderField! direction: OrderDirection! = DESC }
  enum SessionSchedulingHistoryOrderField { CREATED_AT UPDATED_AT }
  enum OrderDirection { ASC DESC }
  enum SchedulingResult { SUCCESS FAILURE STALE NEED_RETRY EXPIRED GIVE_UP SKIPPED }
  type SessionSchedulingHistoryConnection { edges: [SessionSchedulingHistoryEdge!]! count: Int! }
  type SessionSchedulingHistoryEdge { node: SessionSchedulingHistory! cursor: String! }
  type SessionSchedulingHistory {
    id: ID! sessionId: ID! phase: String! fromStatus: String toStatus: String result: SchedulingResult!
    errorCode: String message: String subSteps: [SubStepResultGQL!]! attempts: Int! createdAt: DateTime! updatedAt: DateTime!
  }
  type SubStepResultGQL {
    step: String! result: SchedulingResult! errorCode: String message: String startedAt: DateTime endedAt: DateTime
  }`);

const time = (minute: number) => `2026-01-01T00:0${minute}:00+00:00`;
const round = (phase: string, minute: number, subSteps: unknown[] = []) => ({
  node: {
    ...{ phase, fromStatus: 'PENDING', toStatus: null, result: 'NEED_RETRY', errorCode: null, message: null },
    ...{ attempts: 3, createdAt: time(0), updatedAt: time(minute), subSteps },
  },
});

it('come newest first, with their steps and how many there are in all', async () => {
  const asked: unknown[] = [];
  const rootValue = {
    sessionScopedSchedulingHistories: (args: unknown) => {
      asked.push(args);
      const step = {
        step: 'quota',
        result: 'FAILURE',
        errorCode: 'e',
        message: 'm',
        startedAt: time(4),
        endedAt: null,
      };
      return { count: 240, edges: [round('older', 1), round('newer', 5, [step])] };
    },
  };
  // A federated gateway in front answers both schemas at the one address.
  const server = await serve(async ({ url }, response, body) => {
    if (url !== '/admin/gql') return sendProblem(response, 404, 'url-not-found');
    const { query, variables } = JSON.parse(body);
    sendJson(response, 200, await graphql({ schema, source: query, variableValues: variables, rootValue }));
  });
  const client = siteClient(server.endpoint);
  try {
    const { rounds, total } = SchedulingRounds.parse(await readRounds(client, sessionId));
    expect(total).toBe(240);
    expect(rounds.map(({ phase }) => phase)).toEqual(['newer', 'older']);
    expect(rounds[0]).toMatchObject({
      fromStatus: 'PENDING',
      result: 'NEED_RETRY',
      attempts: 3,
      updatedAt: '2026-01-01T00:05:00.000Z',
      steps: [{ name: 'quota', startedAt: '2026-01-01T00:04:00.000Z', endedAt: null }],
    });
    expect(asked).toMatchObject([
      { scope: { sessionId }, orderBy: [{ field: 'UPDATED_AT', direction: 'DESC' }], limit: 100 },
    ]);
  } finally {
    client.dispose();
    await server.close();
  }
});
