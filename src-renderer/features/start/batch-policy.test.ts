import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchProblems, readLocal, showLocal, suggestedStart, timeoutSeconds, withOffset } from './batch-policy.ts';

const now = new Date(2026, 4, 1, 12, 0, 30);
const batch = { command: 'run', startsAt: null, timeout: null };

it('reads and shows local times, and names the moment with its offset', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(2020, 0, 1), max: new Date(2040, 0, 1), noInvalidDate: true }), (date) => {
      const local = readLocal(showLocal(date));
      expect(local).not.toBeNull();
      if (local === null) return;
      expect(showLocal(local)).toBe(showLocal(date));
      // The text with its offset is the same moment anywhere.
      expect(new Date(withOffset(local)).getTime()).toBe(local.getTime());
    }),
  );
  for (const text of ['', 'soon', '2026-02-30T10:00', '2026-13-01T10:00', '2026-05-01']) {
    expect(readLocal(text), text).toBeNull();
  }
});

it('suggests a start that is still ahead when the minute has turned', () => {
  const suggested = readLocal(suggestedStart(now))?.getTime() ?? 0;
  expect(suggested - now.getTime()).toBeGreaterThan(2 * 60_000 - 1);
  expect(suggested - now.getTime()).toBeLessThan(3 * 60_000);
});

it('says what is missing', () => {
  expect(batchProblems(batch, now)).toEqual([]);
  expect(batchProblems({ ...batch, command: '\n ' }, now)).toEqual(['no-command']);
  expect(batchProblems({ ...batch, startsAt: '2026-05-01T12:00' }, now)).toEqual(['past-start']);
  expect(batchProblems({ ...batch, startsAt: '2026-05-01T12:01' }, now)).toEqual([]);
  expect(batchProblems({ ...batch, startsAt: 'x' }, now)).toEqual(['bad-start']);
  expect(batchProblems({ ...batch, timeout: { amount: '1.5', unit: 'h' } }, now)).toEqual(['bad-timeout']);
});

it('counts a time limit in seconds', () => {
  expect((['s', 'm', 'h', 'd', 'w'] as const).map((unit) => timeoutSeconds({ amount: '2', unit }))).toEqual([
    2, 120, 7200, 172_800, 1_209_600,
  ]);
  expect(timeoutSeconds({ amount: '0', unit: 's' })).toBeNull();
});
