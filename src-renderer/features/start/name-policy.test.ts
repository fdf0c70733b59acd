import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionName } from '../../../src-preload/contract/sessions.ts';
import { inventName, nameProblem } from './name-policy.ts';

describe('nameProblem', () => {
  it.each([
    ['', 'empty'],
    ['abc', 'too-short'],
    ['a'.repeat(65), 'too-long'],
    ['-abc', 'bad-first'],
    [' abc', 'bad-first'],
    ['abc-', 'bad-last'],
    ['abc한', 'bad-last'],
    ['a b c', 'space'],
    ['한 글', 'space'],
    ['a한b', 'bad-middle'],
    ['a/b-', 'bad-middle'],
    ['used', 'taken'],
    ['a-b.c_d', null],
  ])('%j: %s', (name, problem) => expect(nameProblem(name, new Set(['used']))).toBe(problem));

  it('agrees with the contract on every text', () => {
    const letters = fc.constantFrom('a', 'Z', '9', '_', '-', '.', ' ', '한', '/');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 70 }), (parts) => {
        const name = parts.join('');
        expect(nameProblem(name) === null).toBe(SessionName.safeParse(name).success);
      }),
    );
  });
});

describe('inventName', () => {
  it('makes names that the rule allows and nobody has', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (numbers) => {
        const next = () => Number(numbers.next().value);
        const first = inventName(new Set(), next);
        expect(nameProblem(first)).toBeNull();
      }),
    );
  });
  it('counts on when chance always gives the same', () => {
    const taken = new Set<string>();
    for (let count = 0; count < 5; count += 1) {
      const name = inventName(taken, () => 0.5);
      expect(nameProblem(name, taken)).toBeNull();
      taken.add(name);
    }
  });
});
