/**
 * Why a session waits (API reference, sections 5.4 and 5.5). Up to 26.3 the scheduler leaves its verdict in `status_data`;
 * from 26.4 on it is only in the history of the v2 schema, which is there from 26.2 on.
 */
import { z } from 'zod';
import type { Scheduling, SchedulingAttempt, SchedulingRounds } from '../../../src-preload/contract/session-facts.ts';
import { reasonsOf } from '../../sessions/status-policy.ts';
import type { SiteClient } from '../site-client.ts';
import { askV2 } from '../v2-graphql.ts';
import { asInstant, asRecord, nullableText } from '../wire.ts';

/** Rounds of one kind are one row with a count, so that few sessions have more. */
const historyLimit = 100;

/** What `status_data` alone tells. */
export function schedulingOf(statusData: unknown): Scheduling {
  const scheduler = asRecord(asRecord(statusData).scheduler);
  const named = (value: unknown) =>
    (Array.isArray(value) ? value : []).flatMap((item) => {
      const { name, msg } = asRecord(item);
      return typeof name === 'string' ? [{ name, message: typeof msg === 'string' ? msg : '' }] : [];
    });
  return {
    reasons: reasonsOf(statusData),
    message: typeof scheduler.msg === 'string' ? scheduler.msg : null,
    retries: typeof scheduler.retries === 'number' ? Math.trunc(scheduler.retries) : null,
    lastTryAt: asInstant(scheduler.last_try),
    failed: named(scheduler.failed_predicates),
    passed: named(scheduler.passed_predicates).map(({ name }) => name),
    attempts: [],
    queuePosition: null,
  };
}

/** Adds the rounds of 26.2 and later; their newest message comes before what `status_data` says. */
export function withAttempts(known: Scheduling, attempts: readonly SchedulingAttempt[]): Scheduling {
  const newest = newestFirst(attempts);
  const trouble = newest.find(({ result }) => result !== 'SUCCESS' && result !== 'SKIPPED');
  // An old refusal behind a success is history, not the reason for waiting now.
  const current = trouble !== undefined && trouble === newest[0] ? trouble : undefined;
  const lines = [
    ...(current?.message ? [current.message] : []),
    ...(current?.steps ?? []).flatMap((step) => (step.result === 'FAILURE' && step.message ? [step.message] : [])),
  ];
  return {
    ...known,
    reasons: [...new Set([...lines, ...known.reasons])],
    retries: known.retries ?? (current === undefined ? null : current.attempts),
    lastTryAt: known.lastTryAt ?? current?.updatedAt ?? null,
    attempts: newest,
  };
}

const historyQuery = `query ($scope: SessionScope!, $limit: Int) {
  sessionScopedSchedulingHistories(
    scope: $scope, orderBy: [{field: UPDATED_AT, direction: DESC}], limit: $limit) {
    count edges { node { phase fromStatus toStatus result errorCode message attempts createdAt updatedAt
      subSteps { step result errorCode message startedAt endedAt } } } } }`;

const Step = z.object({
  step: nullableText,
  result: nullableText,
  errorCode: nullableText,
  message: nullableText,
  startedAt: nullableText,
  endedAt: nullableText,
});
const Attempt = z.object({
  phase: nullableText,
  fromStatus: nullableText,
  toStatus: nullableText,
  result: z.string(),
  errorCode: nullableText,
  message: nullableText,
  attempts: z.number().int().catch(1),
  createdAt: nullableText,
  updatedAt: nullableText,
  subSteps: z.array(z.unknown()).nullish().catch(null),
});
const HistoryData = z.object({
  sessionScopedSchedulingHistories: z.object({
    count: z.number().int().nullish().catch(null),
    edges: z.array(z.object({ node: z.unknown() })),
  }),
});

/** Throws BerthError `refused-by-site` when the v2 schema refuses the query. */
export async function readRounds(
  client: SiteClient,
  sessionId: string,
  signal?: AbortSignal,
): Promise<SchedulingRounds> {
  const variables = { scope: { sessionId }, limit: historyLimit };
  const data = await askV2(client, historyQuery, variables, HistoryData, signal);
  const { count, edges } = data.sessionScopedSchedulingHistories;
  const rounds = edges.flatMap(({ node }) => readAttempt(node));
  return { rounds: newestFirst(rounds), total: Math.max(count ?? 0, rounds.length) };
}

function newestFirst(rounds: readonly SchedulingAttempt[]): SchedulingAttempt[] {
  return [...rounds].sort((a, b) => (b.updatedAt ?? b.at ?? '').localeCompare(a.updatedAt ?? a.at ?? ''));
}

function readAttempt(value: unknown): SchedulingAttempt[] {
  const parsed = Attempt.safeParse(value);
  if (!parsed.success) return [];
  const { phase, createdAt, updatedAt, subSteps, ...rest } = parsed.data;
  const steps = (subSteps ?? []).flatMap((item) => {
    const step = Step.safeParse(item);
    if (!step.success || step.data.step === null) return [];
    const { step: name, result, startedAt, endedAt, ...told } = step.data;
    return [{ ...told, name, result: result ?? '', startedAt: asInstant(startedAt), endedAt: asInstant(endedAt) }];
  });
  return [{ ...rest, phase: phase ?? '', at: asInstant(createdAt), updatedAt: asInstant(updatedAt), steps }];
}
