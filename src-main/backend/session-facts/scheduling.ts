/**
 * Why a session waits (API reference, sections 5.4 and 5.5). Up to 26.3 the scheduler leaves its verdict in `status_data`;
 * from 26.4 on it is in the history of the v2 schema, which has an address of its own.
 */
import { z } from 'zod';
import type { Scheduling, SchedulingAttempt } from '../../../src-preload/contract/session-facts.ts';
import { BerthError } from '../../base/berth-error.ts';
import { reasonsOf } from '../../sessions/status-policy.ts';
import type { SiteClient } from '../site-client.ts';
import { asInstant, asRecord, nullableText } from '../wire.ts';

const historyLimit = 20;

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

/** Adds the rounds of 26.4 and later; their newest message comes before what `status_data` says. */
export function withAttempts(known: Scheduling, attempts: readonly SchedulingAttempt[]): Scheduling {
  const newest = [...attempts].sort((a, b) => (b.updatedAt ?? b.at ?? '').localeCompare(a.updatedAt ?? a.at ?? ''));
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
  sessionScopedSchedulingHistories(scope: $scope, limit: $limit) {
    count edges { node { phase fromStatus toStatus result errorCode message attempts createdAt updatedAt
      subSteps { step result errorCode message startedAt endedAt } } } } }`;

const Step = z.object({ step: nullableText, result: nullableText, errorCode: nullableText, message: nullableText });
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
const HistoryAnswer = z.object({
  data: z
    .object({
      sessionScopedSchedulingHistories: z.object({ edges: z.array(z.object({ node: z.unknown() })) }).nullish(),
    })
    .nullish(),
  errors: z.array(z.object({ message: z.string().catch('') })).nullish(),
});

/** Throws BerthError `refused-by-site` when the v2 schema refuses the query. */
export async function readAttempts(
  client: SiteClient,
  sessionId: string,
  signal?: AbortSignal,
): Promise<SchedulingAttempt[]> {
  const json = {
    query: historyQuery,
    variables: { scope: { sessionId }, limit: historyLimit },
    operationName: null,
  };
  const ask = (path: string) => client.json(path, HistoryAnswer, { method: 'POST', json, idempotent: true, signal });
  const answer = await ask('/admin/gql/strawberry').catch((error: unknown) => {
    // A site with a federated gateway in front answers both schemas at the one address.
    if (error instanceof BerthError && (error.code === 'unsupported' || error.code === 'not-found')) {
      return ask('/admin/gql');
    }
    throw error;
  });
  const histories = answer.data?.sessionScopedSchedulingHistories;
  if (histories === null || histories === undefined) {
    const detail = (answer.errors ?? []).map(({ message }) => message).join('\n');
    throw new BerthError('refused-by-site', { place: 'manager', params: { path: '/admin/gql/strawberry' }, detail });
  }
  return histories.edges.flatMap(({ node }) => readAttempt(node));
}

function readAttempt(value: unknown): SchedulingAttempt[] {
  const parsed = Attempt.safeParse(value);
  if (!parsed.success) return [];
  const { phase, createdAt, updatedAt, subSteps, ...rest } = parsed.data;
  const steps = (subSteps ?? []).flatMap((item) => {
    const step = Step.safeParse(item);
    if (!step.success || step.data.step === null) return [];
    const { step: name, result, errorCode, message } = step.data;
    return [{ name, result: result ?? '', errorCode, message }];
  });
  return [{ ...rest, phase: phase ?? '', at: asInstant(createdAt), updatedAt: asInstant(updatedAt), steps }];
}
