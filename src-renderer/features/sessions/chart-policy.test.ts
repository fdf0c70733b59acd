import { describe, expect, it } from 'vitest';
import { linePath, summarize } from './chart-policy.ts';

describe('linePath', () => {
  it('goes from left to right, higher for more, and stays inside', () => {
    expect(linePath([0, 2, 4, 9], 4, 30, 10)).toBe('M0 10h0L10 5L20 0L30 0');
  });
  it('breaks where nothing was told, and draws nothing for nothing', () => {
    expect(linePath([1, null, 1], 1, 20, 10)).toBe('M0 0h0M20 0h0');
    expect(linePath([null], 1, 20, 10)).toBe('');
    expect(linePath([0], 0, 20, 10)).toBe('M0 10h0');
  });
});

describe('summarize', () => {
  it('leaves out what was not told', () => {
    expect(summarize([1, null, 3])).toEqual({ average: 2, most: 3 });
    expect(summarize([null])).toBeNull();
  });
});
