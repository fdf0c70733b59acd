import { describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { projectLines, shareOf } from './overview-policy.ts';

const slots = [
  { name: 'cpu', unit: 'Core' },
  { name: 'mem', unit: 'GiB' },
  { name: 'cuda.shares', unit: 'fGPU' },
];

describe('what a project holds', () => {
  it('is told with the limits that it has', () => {
    const limits = { cpu: '8', mem: 'Infinity' };
    expect(projectLines(slots, { using: { cpu: '2', mem: '0', 'cuda.shares': '0.5' }, limits })).toEqual([
      { slot: 'cpu', unit: 'Core', used: 2, limit: 8, by: 'project' },
      { slot: 'mem', unit: 'GiB', used: 0, limit: null, by: null },
      { slot: 'cuda.shares', unit: 'fGPU', used: 0.5, limit: null, by: null },
    ]);
  });

  it('is no zeros where the site keeps it to itself, in part or whole', () => {
    const hidden = { cpu: 'NaN', mem: 'NaN', 'cuda.shares': 'NaN' };
    expect(projectLines(slots, { using: hidden, limits: hidden })).toBeNull();
    expect(projectLines(slots, { using: {}, limits: {} })).toBeNull();
    expect(projectLines(slots, { using: { ...hidden, cpu: '1' }, limits: hidden })).toEqual([
      { slot: 'cpu', unit: 'Core', used: 1, limit: null, by: null },
    ]);
  });
});

describe('what a volume counts for somebody', () => {
  const failed = (reason: unknown) => shareOf({ status: 'rejected', reason });

  it('is told, or why it is not', () => {
    expect(shareOf({ status: 'fulfilled', value: { usedBytes: 1, limitBytes: null } })).toEqual({
      state: 'told',
      usedBytes: 1,
      limitBytes: null,
    });
    expect(failed(new BerthError('unsupported', { place: 'manager' }))).toEqual({ state: 'unsupported' });
    expect(failed(new BerthError('refused-by-site', { place: 'manager' }))).toEqual({ state: 'refused' });
    expect(failed(new BerthError('timeout', { place: 'site' }))).toEqual({ state: 'refused' });
  });

  it('is no word of the site when it is a defect', () => {
    expect(() => failed(new TypeError('defect'))).toThrow('defect');
  });
});
