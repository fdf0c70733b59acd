import { expect, test } from 'vitest';
import { groupOf, inGroupOf, mineOf } from './usage-policy.ts';

const slots = [
  { name: 'cpu', unit: 'Core' },
  { name: 'mem', unit: 'GiB' },
  { name: 'cuda.shares', unit: 'fGPU' },
];
const using = { cpu: '3', mem: '1024', 'cuda.shares': '0.3' };

test('the lowest limit binds and says whose it is; infinite, hidden and missing ones do not', () => {
  const lines = mineOf(slots, using, [
    { by: 'policy', slots: { cpu: '8', mem: 'Infinity' } },
    { by: 'project', slots: { cpu: '8', mem: 'NaN', 'cuda.shares': '2' } },
    { by: 'domain', slots: { cpu: '6', mem: '4096' } },
  ]);
  expect(lines.map(({ used, limit, by }) => [used, limit, by])).toEqual([
    [3, 6, 'domain'],
    [1024, 4096, 'domain'],
    [0.3, 2, 'project'],
  ]);
});

test('in a group: used and left there; the group binds where it has less than the limits leave', () => {
  const mine = mineOf(slots, using, [{ by: 'policy', slots: { cpu: '8', mem: '4096', 'cuda.shares': '2' } }]);
  const lines = inGroupOf(
    slots,
    { using: { cpu: '1', 'cuda.shares': '0.1' }, remaining: { cpu: '5', mem: '512', 'cuda.shares': '0.2' } },
    mine,
  );
  expect(lines.map(({ used, limit, by }) => [used, limit, by])).toEqual([
    [1, 6, 'policy'],
    [0, 512, 'resource-group'],
    [0.1, 0.3, 'resource-group'],
  ]);
  expect(inGroupOf(slots, undefined, mine)).toEqual([]);
});

test('of everybody: machines that are shown, summed, without slots that none has', () => {
  const machine = (id: string, free: string, whole: string) => ({
    id,
    architecture: null,
    free: { cpu: free, 'cuda.shares': '0.7' },
    whole: { cpu: whole, 'cuda.shares': '1' },
  });
  expect(groupOf(slots, [machine('a', '1', '4'), machine('b', '8', '8')])).toEqual([
    { slot: 'cpu', unit: 'Core', used: 3, limit: 12, by: 'machines' },
    { slot: 'cuda.shares', unit: 'fGPU', used: 0.6, limit: 2, by: 'machines' },
  ]);
  expect(groupOf(slots, [])).toBeNull();
});
