import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdleCheck, Metric, Scheduling } from '../../../src-preload/contract/session-facts.ts';
import { readIdleChecks } from './idle-checks.ts';
import { readMetrics, sumMetrics } from './live-stat.ts';
import { schedulingOf, withAttempts } from './scheduling.ts';

describe('readMetrics', () => {
  it('reads texts, flat statistics and missing capacities', () => {
    expect(
      readMetrics({
        cpu_util: { current: '1500.123', capacity: '1000', pct: '150', unit_hint: 'percent', 'stats.max': '200' },
        mem: { current: '1048576', capacity: null, pct: '0.00', unit_hint: 'bytes', 'stats.avg': '5' },
        io_read: { current: 4096, 'stats.rate': '128.5' },
        odd: 'text',
        empty: { unit_hint: 'bytes' },
      }),
    ).toEqual([
      {
        name: 'cpu_util',
        unit: 'percent',
        current: 1500.123,
        capacity: 1000,
        percent: 150,
        rate: null,
        max: 200,
        average: null,
      },
      { name: 'mem', unit: 'bytes', current: 1048576, capacity: null, percent: 0, rate: null, max: null, average: 5 },
      {
        name: 'io_read',
        unit: null,
        current: 4096,
        capacity: null,
        percent: null,
        rate: 128.5,
        max: null,
        average: null,
      },
    ]);
  });

  it('adds containers up', () => {
    const main = readMetrics({ cpu_util: { current: '1', pct: '50' }, mem: { current: '10', capacity: '100' } });
    const sub = readMetrics({ cpu_util: { current: '2', pct: '25' }, cuda_mem: { current: '7' } });
    expect(sumMetrics([main, sub])).toMatchObject([
      { name: 'cpu_util', current: 3, percent: 75 },
      { name: 'mem', current: 10, capacity: 100 },
      { name: 'cuda_mem', current: 7 },
    ]);
    expect(sumMetrics([])).toEqual([]);
  });

  it('gives what the contract takes, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 3 }), (stats) => {
        for (const metric of sumMetrics(stats.map(readMetrics))) Metric.parse(metric);
      }),
    );
  });
});

describe('readIdleChecks', () => {
  it('reads the checks of a site', () => {
    expect(
      readIdleChecks(
        {
          network_timeout: { remaining: -2.5, remaining_time_type: 'expire_after', extra: null },
          session_lifetime: { remaining: null, remaining_time_type: 'expire_after', extra: null },
          utilization: {
            remaining: 120,
            remaining_time_type: 'grace_period',
            extra: { resources: { cpu_util: [1.5, 10], mem: ['3.0', null] }, thresholds_check_operator: 'or' },
          },
          broken: 5,
        },
        Date.UTC(2026, 10, 25),
      ),
    ).toEqual([
      { name: 'network_timeout', endsAt: null, checking: true, kind: 'expire', resources: [], operator: null },
      { name: 'session_lifetime', endsAt: null, checking: false, kind: 'expire', resources: [], operator: null },
      {
        name: 'utilization',
        endsAt: '2026-11-25T00:02:00.000Z',
        checking: false,
        kind: 'grace',
        resources: [
          { name: 'cpu_util', average: 1.5, threshold: 10 },
          { name: 'mem', average: 3, threshold: null },
        ],
        operator: 'or',
      },
    ]);
  });

  it('gives what the contract takes, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const check of readIdleChecks(value, 0)) IdleCheck.parse(check);
      }),
    );
  });
});

describe('scheduling', () => {
  const attempt = (result: string, at: string, message: string | null) => ({
    phase: 'validate',
    fromStatus: 'PENDING',
    toStatus: null,
    result,
    errorCode: null,
    message,
    attempts: 2,
    at,
    updatedAt: at,
    steps: [
      {
        name: 'step',
        result,
        errorCode: null,
        message: message === null ? null : `${message} in detail`,
        startedAt: at,
        endedAt: null,
      },
    ],
  });

  it('puts the newest round first, and its reasons before what is left in status_data', () => {
    const known = schedulingOf({ scheduler: { retries: 4, msg: 'older' } });
    const told = withAttempts(known, [
      attempt('FAILURE', '2026-01-01T00:00:00.000Z', 'first'),
      attempt('FAILURE', '2026-01-01T00:09:00.000Z', 'no room'),
    ]);
    expect(told.reasons).toEqual(['no room', 'no room in detail', 'older']);
    expect(told.attempts[0]?.message).toBe('no room');
    expect(told.retries).toBe(4);
  });

  it('does not hold an old refusal against a session that went on', () => {
    const told = withAttempts(schedulingOf({}), [
      attempt('FAILURE', '2026-01-01T00:00:00.000Z', 'no room'),
      attempt('SUCCESS', '2026-01-01T00:09:00.000Z', null),
    ]);
    expect(told.reasons).toEqual([]);
  });

  it('gives what the contract takes, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        Scheduling.parse(schedulingOf(value));
        Scheduling.parse(schedulingOf({ scheduler: value }));
      }),
    );
  });
});
