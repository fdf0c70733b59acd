import { describe, expect, it } from 'vitest';
import type { Listening } from '../../src-preload/contract/forwards.ts';
import { againMs, KernelPace } from './kernel-pace-policy.ts';

const seen: Listening = { ports: [{ port: 8080, program: 'python3' }], asOf: '2026-01-01T00:00:00.000Z' };
const unseen: Listening = { ports: [], unseen: 'not-reached', asOf: '2026-01-01T00:00:00.000Z' };
const minute = 60_000;

describe('the pace of looking into other kernels', () => {
  it('is slow, and slower each time for one that is not reached, until it is', () => {
    const pace = new KernelPace();
    const kernels = ['sub1', 'sub2'];
    expect(pace.due(kernels, 0)).toEqual(kernels);
    pace.note('sub1', seen, 0);
    pace.note('sub2', unseen, 0);
    expect(pace.due(kernels, againMs - 1)).toEqual([]);
    expect(pace.due(kernels, againMs)).toEqual(['sub1']);
    pace.note('sub1', seen, minute);
    const waits: number[] = [];
    for (let now = minute; waits.length < 6; now += minute) {
      if (pace.due(['sub2'], now).length === 0) continue;
      waits.push(now / minute);
      pace.note('sub2', unseen, now);
    }
    expect(waits).toEqual([1, 3, 7, 15, 25, 35]);
    expect(pace.list(['sub1', 'sub2', 'sub3'])).toEqual([
      { kernel: 'sub1', ...seen },
      { kernel: 'sub2', ...unseen },
      { kernel: 'sub3', ports: [], asOf: null },
    ]);
    pace.note('sub2', seen, 40 * minute);
    expect(pace.due(['sub2'], 40 * minute + againMs)).toEqual(['sub2']);
  });

  it('asks a few of many at a time, each in its turn', () => {
    const pace = new KernelPace();
    const kernels = Array.from({ length: 20 }, (_, index) => `sub${index + 1}`);
    const asked = [0, 1, 2].flatMap((now) => {
      const due = pace.due(kernels, now);
      expect(due.length).toBeLessThanOrEqual(8);
      for (const kernel of due) pace.note(kernel, seen, now);
      return due;
    });
    expect(asked).toEqual(kernels);
    expect(pace.due(kernels, 3)).toEqual([]);
    expect(pace.due(kernels, againMs + 1)).toEqual([...kernels.slice(0, 8)]);
  });

  it('keeps what is known where nobody could be asked, and asks not at once again', () => {
    const pace = new KernelPace();
    pace.note('sub1', seen, 0);
    pace.putOff(['sub1', 'sub2'], againMs);
    expect(pace.due(['sub1', 'sub2'], againMs + minute - 1)).toEqual([]);
    expect(pace.due(['sub1', 'sub2'], againMs + minute)).toEqual(['sub1', 'sub2']);
    expect(pace.list(['sub1'])).toEqual([{ kernel: 'sub1', ...seen }]);
  });
});
