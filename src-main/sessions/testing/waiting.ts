/** For tests: what a site says of a waiting session, in the shape of each era. */
import type { SchedulingStep, WaitingFacts } from '../waiting-policy.ts';

export const gib = 2 ** 30;
export const id = '0b2f8a34-5f6c-4f43-9c3a-3f8b5f0f9a11';

export const nothing: WaitingFacts = {
  statusInfo: null,
  statusData: null,
  history: [],
  queuePosition: null,
  asked: { cpu: '4', mem: String(8 * gib), 'cuda.device': '2' },
  architecture: 'x86_64',
  startsAt: null,
  dependencies: [],
  containers: 1,
  onOneMachine: true,
  machines: [],
  limits: null,
  now: Date.parse('2026-01-01T00:00:00Z'),
};

export const predicate = (name: string, msg: string) => ({
  statusInfo: 'predicate-checks-failed',
  statusData: {
    scheduler: {
      retries: 3,
      last_try: '2026-01-01T00:00:00+00:00',
      failed_predicates: [{ name, msg }],
      passed_predicates: [],
    },
  },
});
export const noInstances = (msg: string) => ({
  statusInfo: 'no-available-instances',
  statusData: {
    scheduler: {
      retries: 7,
      last_try: '2026-01-01T00:00:00+00:00',
      failed_predicates: [],
      passed_predicates: [{ name: 'concurrency' }],
      msg,
    },
  },
});
/** 25.13 to 26.3: `status_info` repeats the sentence. */
export const validator = (name: string, msg: string) => ({
  statusInfo: msg,
  statusData: {
    scheduler: { retries: 1, last_try: null, failed_predicates: [{ name, msg }], passed_predicates: [], msg },
  },
});
export const step = (
  message: string,
  subSteps: SchedulingStep['subSteps'] = [],
  change: Partial<SchedulingStep> = {},
) => ({
  statusData: { scheduler: { retries: 9 } },
  history: [
    {
      phase: 'SCHEDULE',
      result: 'NEED_RETRY',
      errorCode: null,
      message,
      attempts: 12,
      updatedAt: '2026-01-01T00:00:05.000Z',
      subSteps,
      ...change,
    },
  ],
});
export const bound = (
  slot: string,
  max: number | null,
  remaining: number | null,
  by: 'policy' | 'project' | 'resource-group',
) => ({
  slot,
  min: 0,
  minBy: 'site' as const,
  max,
  maxBy: max === null ? null : by === 'resource-group' ? ('policy' as const) : by,
  remaining,
  remainingBy: by,
  total: null,
  totalBy: null,
  own: null,
  step: 1,
  unit: '',
});
