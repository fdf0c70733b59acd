import { describe, expect, it } from 'vitest';
import type { SchedulingAttempt } from '../../../../src-preload/contract/session-facts.ts';
import { choicesOf, levelOf, pageOf } from './rounds-policy.ts';

const round = (phase: string, result: string): SchedulingAttempt => ({
  ...{ phase, result, fromStatus: null, toStatus: null, errorCode: null, message: null },
  ...{ attempts: 1, at: null, updatedAt: null, steps: [] },
});
const rounds = [
  ...Array.from({ length: 12 }, () => round('schedule', 'NEED_RETRY')),
  round('validate', 'SUCCESS'),
  round('schedule', 'SUCCESS'),
];
const all = { phase: null, result: null };

describe('rounds of the scheduler', () => {
  it('are good, bad or neither', () => {
    const told = ['SUCCESS', 'FAILURE', 'EXPIRED', 'GIVE_UP', 'NEED_RETRY', 'STALE', 'SKIPPED', 'HIBERNATED'];
    expect(told.map(levelOf)).toEqual(['good', 'bad', 'bad', 'bad', 'again', 'quiet', 'quiet', 'unknown']);
  });

  it('come in pages of ten, of those that fit both filters', () => {
    expect(choicesOf(rounds)).toEqual({ phases: ['schedule', 'validate'], results: ['NEED_RETRY', 'SUCCESS'] });
    expect(pageOf(rounds, all, 0)).toMatchObject({ rows: { length: 10 }, page: 0, total: 14 });
    expect(pageOf(rounds, all, 1)).toMatchObject({ rows: { length: 4 }, page: 1 });
    expect(pageOf(rounds, { phase: 'schedule', result: 'SUCCESS' }, 0)).toMatchObject({
      rows: { length: 1 },
      total: 1,
    });
    expect(pageOf(rounds, { phase: 'validate', result: 'NEED_RETRY' }, 0).total).toBe(0);
  });

  it('show the last page where fewer are left than were asked for', () => {
    expect(pageOf(rounds, { phase: null, result: 'SUCCESS' }, 1)).toMatchObject({ rows: { length: 2 }, page: 0 });
    expect(pageOf([], all, 3)).toEqual({ rows: [], page: 0, total: 0 });
  });
});
