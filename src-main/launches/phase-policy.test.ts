import { describe, expect, it } from 'vitest';
import { addDurations, describeStart, durationsOf, keptDurations, startSteps, usual } from './phase-policy.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const step = (status: string, seconds: number) => ({ status, at: at(seconds) });

describe('the steps of a start', () => {
  const seen = [step('PENDING', 0), step('PULLING', 5)];

  it('are the site’s own where it keeps them, else what was seen', () => {
    expect(startSteps({ history: [] }, seen)).toEqual(seen);
    const history = [step('RUNNING', 9), step('PENDING', 1), step('TERMINATED', 99)];
    expect(startSteps({ history }, seen)).toEqual([step('PENDING', 1), step('RUNNING', 9)]);
  });

  it('count a phase once, though the site tried again', () => {
    const history = [step('PENDING', 0), step('CREATING', 5), step('PENDING', 8), step('RUNNING', 20)];
    expect(startSteps({ history }, []).map(({ status }) => status)).toEqual(['PENDING', 'CREATING', 'RUNNING']);
  });

  it('give durations only when it came to run', () => {
    expect(durationsOf([step('PENDING', 0), step('PULLING', 5), step('RUNNING', 35)])).toEqual({
      PENDING: 5_000,
      PULLING: 30_000,
    });
    expect(durationsOf([step('PENDING', 0), step('CANCELLED', 5)])).toBeNull();
    expect(durationsOf([])).toBeNull();
  });
});

describe('the usual time', () => {
  it('is the middle of the last few', () => {
    expect(usual([])).toBeNull();
    expect(usual([9, 1, 5])).toBe(5);
    expect(usual([1, 2, 4, 100])).toBe(3);
    let past = {};
    for (let one = 1; one <= keptDurations + 5; one += 1) past = addDurations(past, { PULLING: one });
    expect(past).toEqual({ PULLING: Array.from({ length: keptDurations }, (_, index) => index + 6) });
  });
});

describe('how far a start is', () => {
  const past = { PENDING: [1_000], PULLING: [20_000], CREATING: [3_000] };

  it('shows what was, what is, and what usually comes', () => {
    expect(describeStart('PULLING', [step('PENDING', 0), step('PULLING', 5)], past)).toEqual({
      phases: [
        { status: 'PENDING', at: at(0), tookMs: 5_000, usualMs: 1_000 },
        { status: 'PULLING', at: at(5), tookMs: null, usualMs: 20_000 },
        { status: 'CREATING', at: null, tookMs: null, usualMs: 3_000 },
      ],
      failedIn: null,
    });
  });

  it('names the phase in which it failed', () => {
    const failed = describeStart('CANCELLED', [step('PENDING', 0), step('PULLING', 5), step('CANCELLED', 9)], past);
    expect(failed.failedIn).toBe('PULLING');
    expect(failed.phases.map(({ status, tookMs }) => [status, tookMs])).toEqual([
      ['PENDING', 5_000],
      ['PULLING', 4_000],
    ]);
  });

  it('is over when it runs, also if it ended later', () => {
    const steps = [step('PENDING', 0), step('RUNNING', 9)];
    expect(describeStart('TERMINATED', steps, past)).toMatchObject({ failedIn: null });
    expect(describeStart('RUNNING', steps, past).phases).toHaveLength(2);
  });
});
