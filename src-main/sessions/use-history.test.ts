import { describe, expect, it } from 'vitest';
import type { Metric } from '../../src-preload/contract/session-facts.ts';
import { budgetBytes, type Reading, readingOf, UseHistory } from './use-history.ts';

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const reading = (cpuCores: number | null, memBytes: number | null = 2 ** 30): Reading => ({
  cpuCores,
  memBytes,
  gpus: null,
  gpuMemBytes: null,
});

function recorded(times: number, stepMs: number, value = (index: number): number | null => index): UseHistory {
  const history = new UseHistory();
  for (let index = 0; index < times; index++) history.add(start + index * stepMs, [['a', reading(value(index))]]);
  return history;
}

describe('readingOf', () => {
  const metric = (name: string, current: number | null): Metric => ({
    ...{ name, current, unit: null, capacity: null, percent: null, rate: null, max: null, average: null },
  });
  it('takes accelerators of any kind in whole devices and bytes', () => {
    const metrics = [metric('cpu_util', 900), metric('cuda_util', 150), metric('rocm_util', 50), metric('cuda_mem', 7)];
    expect(readingOf({ live: { cpuCores: 0.9, memBytes: 5 }, metrics })).toEqual({
      cpuCores: 0.9,
      memBytes: 5,
      gpus: 2,
      gpuMemBytes: 7,
    });
    expect(readingOf({ live: null, metrics: [metric('cuda_util', null)] })).toEqual(reading(null, null));
    expect(readingOf({ live: null })).toEqual(reading(null, null));
  });
});

describe('UseHistory', () => {
  it('answers what was told, with gaps where nothing was', () => {
    const history = recorded(3, minute, (index) => (index === 1 ? null : index));
    expect(history.read('a', start, 10)).toEqual({
      sessionId: 'a',
      at: [start, start + minute, start + 2 * minute],
      cpuCores: [0, null, 2],
      memBytes: [2 ** 30, 2 ** 30, 2 ** 30],
      gpus: [null, null, null],
      gpuMemBytes: [null, null, null],
    });
    expect(history.read('a', start + minute, 10).cpuCores).toEqual([null, 2]);
    expect(history.read('a', start + minute * 9, 10).at).toEqual([]);
    expect(history.read('b', start, 10).at).toEqual([]);
  });

  it('thins to the asked number of points by means, ending with the newest', () => {
    const { at, cpuCores } = recorded(100, minute).read('a', start, 10);
    expect(cpuCores).toHaveLength(10);
    expect(cpuCores.at(-1)).toBe(94.5);
    expect(at.at(-1)).toBe(start + 99 * minute);
  });

  it('keeps the last minutes fine and the hours before in few points', () => {
    const everyMs = 20_000;
    const { at, cpuCores } = recorded(12 * 180, everyMs).read('a', 0, 1000);
    expect(at.length).toBeLessThanOrEqual(400);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at.slice(-60)).toEqual(Array.from({ length: 60 }, (_, index) => start + (12 * 180 - 60 + index) * everyMs));
    // Hours, none of whose points stands for more than a few minutes.
    const last = start + (12 * 180 - 1) * everyMs;
    expect(last - (at[0] ?? last)).toBeGreaterThan(5 * 60 * minute);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? time));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(150_000);
    expect(cpuCores).toEqual([...cpuCores].sort((a, b) => (a ?? 0) - (b ?? 0)));
  });

  it('forgets after twelve hours, and what is no longer wanted', () => {
    const history = recorded(3, minute);
    history.add(start + 13 * 60 * minute, [['b', reading(1)]]);
    expect(history.read('a', 0, 10).at).toEqual([]);
    history.forget((id) => id !== 'b');
    expect(history.bytes).toBe(0);
  });

  it('stays inside its budget with thousands of sessions, ended ones among them', () => {
    const history = new UseHistory();
    const ids = Array.from({ length: 6000 }, (_, index) => `s${index}`);
    for (let look = 0; look < 60; look++) {
      const told = ids.slice(0, look < 30 ? 100 : 6000).map((id) => [id, reading(look)] as const);
      history.add(start + look * minute, told);
      expect(history.bytes).toBeLessThanOrEqual(budgetBytes);
    }
    expect(history.read('s5999', 0, 1000).cpuCores.at(-1)).toBe(59);
    expect(history.read('s0', 0, 1000).cpuCores.length).toBeGreaterThan(8);
  });

  it('stays inside it with more sessions than it was made for', () => {
    const history = new UseHistory(10_000);
    for (let index = 0; index < 500; index++) history.add(start + index, [[`s${index}`, reading(1)]]);
    expect(history.bytes).toBeLessThanOrEqual(10_000);
    expect(history.read('s499', 0, 10).at).toHaveLength(1);
  });
});
