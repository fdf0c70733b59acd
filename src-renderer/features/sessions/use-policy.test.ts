import { expect, test } from 'vitest';
import type { Metric } from '../../../src-preload/contract/session-facts.ts';
import { makeSession } from './testing.ts';
import { figuresOf, flowOf } from './use-policy.ts';

const metric = (name: string, over: Partial<Metric> = {}): Metric => ({
  name,
  unit: null,
  current: null,
  capacity: null,
  percent: null,
  rate: null,
  max: null,
  average: null,
  ...over,
});
const history = {
  sessionId: '',
  at: [1, 2, 3],
  cpuCores: [1, null, 3],
  memBytes: [10, 20, 60],
  gpus: [null, 0.5, 0.5],
  gpuMemBytes: [null, null, null],
};

test('average and most are the site’s where it tells both, else those of the last hour', () => {
  const session = makeSession('a', {
    slots: { cpu: '4', mem: '100', 'cuda.shares': '0.5' },
    live: { cpuCores: 2, memBytes: 50 },
    metrics: [metric('cpu_util', { current: 2000, average: 1500, max: 3900 }), metric('mem', { current: 50, max: 90 })],
  });
  expect(figuresOf(session, history)).toMatchObject([
    { name: 'cpu', now: 2, average: 1.5, most: 3.9, source: 'site', given: 4 },
    { name: 'mem', now: 50, average: 30, most: 90, source: 'here', given: 100 },
    { name: 'gpu', now: 0.5, average: 0.5, most: 0.5, source: 'here', given: 0.5 },
  ]);
  expect(figuresOf(makeSession('b'), null)).toEqual([]);
});

test('what grows has a total, what is a speed has none', () => {
  const session = makeSession('a', {
    metrics: [
      metric('io_read', { unit: 'bytes', current: 4096, rate: 12 }),
      metric('net_rx', { unit: 'bps', current: 7 }),
      metric('net_tx', { unit: 'bytes', current: 9 }),
    ],
  });
  expect((['io_read', 'io_write', 'net_rx', 'net_tx'] as const).map((name) => flowOf(session, name))).toEqual([
    { total: 4096, rate: 12 },
    null,
    { total: null, rate: 7 },
    { total: 9, rate: null },
  ]);
});
