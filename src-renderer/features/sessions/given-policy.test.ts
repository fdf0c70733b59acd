import { expect, test } from 'vitest';
import { givenSlots } from './given-policy.ts';
import { makeSession } from './testing.ts';

const slots = (...[given, asked, family = 'running']: [object, object?, ('running' | 'waiting')?]) =>
  givenSlots(makeSession('a', { slots: { ...given }, ...(asked ? { asked: { ...asked } } : {}), family }));

test('a share of a GPU that was rounded down is less than was asked; the rest is not', () => {
  const asked = { cpu: '2', mem: '2147483648', 'cuda.shares': '0.35' };
  expect(slots({ cpu: '2', mem: '2147483648', 'cuda.shares': '0.30' }, asked)).toEqual([
    { slot: 'cpu', given: 2, asked: 2, less: false },
    { slot: 'mem', given: 2 ** 31, asked: 2 ** 31, less: false },
    { slot: 'cuda.shares', given: 0.3, asked: 0.35, less: true },
  ]);
});

test('a slot of which nothing was given at all is less, too; one that nobody asked for is not shown', () => {
  const told = slots({ cpu: '1', mem: '1', 'cuda.shares': '0' }, { cpu: '1', mem: '1', 'cuda.device': '1' });
  expect(told.map(({ slot, less }) => [slot, less])).toEqual([
    ['cpu', false],
    ['mem', false],
    ['cuda.device', true],
  ]);
});

test('the same number in another notation, and more than was asked, are not less', () => {
  expect(slots({ cpu: '2', mem: '1073741825' }, { cpu: '2.000', mem: '1073741824' }).some(({ less }) => less)).toBe(
    false,
  );
});

test('nothing is less while it waits, or where the site does not tell what was asked', () => {
  expect(slots({ cpu: '0', mem: '0' }, { cpu: '1', mem: '1' }, 'waiting').some(({ less }) => less)).toBe(false);
  expect(slots({ cpu: '0', mem: '0' }).map(({ asked, less }) => [asked, less])).toEqual([
    [null, false],
    [null, false],
  ]);
});
