import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMatches, searchExpression } from './match-policy.ts';

const plain = { caseSensitive: false, regex: false, wholeWord: false };
const lines = [
  { row: 0, text: 'error: an Error' },
  { row: 1, text: 'no errors' },
  { row: 4, text: 'ERROR' },
];

describe('matches', () => {
  it('are counted by what the person asked for, with the place of the shown one', () => {
    expect(countMatches(lines, 'error', plain, { line: 1, column: 3 })).toEqual({ count: 4, at: 3 });
    expect(countMatches(lines, 'error', { ...plain, caseSensitive: true }, null)).toEqual({ count: 2, at: 0 });
    expect(countMatches(lines, 'error', { ...plain, wholeWord: true }, { line: 4, column: 0 })).toEqual({
      count: 3,
      at: 3,
    });
    expect(countMatches(lines, '^error', { ...plain, regex: true }, null).count).toBe(2);
    expect(countMatches(lines, '(', { ...plain, regex: true }, null).count).toBe(0);
    expect(countMatches(lines, 'x*', { ...plain, regex: true }, null).count).toBe(0);
  });

  it('of plain text never read it as an expression', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(searchExpression(text, { ...plain, caseSensitive: true })?.test(text)).toBe(true);
      }),
    );
  });
});
