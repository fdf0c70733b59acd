import { expect, it } from 'vitest';
import { KeptLooks } from './kept-looks.ts';

const look = (sessionId: string, entries: number) => ({
  ref: { accountId: 'a', sessionId },
  loss: { found: Array.from({ length: entries }, (_, at) => at) },
});
const limits = { looks: 5, ofSession: 2, entries: 100 };

it('keeps the newest of each session', () => {
  const kept = new KeptLooks(limits);
  for (const [id, session] of [
    ['1', 's'],
    ['2', 't'],
    ['3', 's'],
    ['4', 's'],
  ] as const)
    kept.add(id, look(session, 1));
  expect(['1', '2', '3', '4'].map((id) => kept.get(id) !== undefined)).toEqual([false, true, true, true]);
});

it('keeps so many looks and no more', () => {
  const kept = new KeptLooks(limits);
  for (let at = 0; at < 9; at++) kept.add(String(at), look(`s${at}`, 1));
  expect(kept.size).toBe(5);
  expect(kept.get('3')).toBeUndefined();
  expect(kept.get('4')).toBeDefined();
});

it('keeps so many entries and no more, but always the last look', () => {
  const kept = new KeptLooks(limits);
  kept.add('1', look('a', 60));
  kept.add('2', look('b', 40));
  expect(kept.size).toBe(2);
  kept.add('3', look('c', 50));
  expect([kept.get('1'), kept.size]).toEqual([undefined, 2]);
  kept.add('4', look('d', 500));
  expect([kept.get('4') !== undefined, kept.size]).toEqual([true, 1]);
  kept.add('5', look('e', 10));
  expect([kept.get('4'), kept.size]).toEqual([undefined, 1]);
});
