/** Walks the table of everything that may go wrong: each has what happened and what to do next, in both languages. */
import { describe, expect, it } from 'vitest';
import { errorCodes, errorReasons, situationOf, situations } from '../../../src-preload/contract/errors.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

describe('words for what may go wrong', () => {
  it.each(situations)('%s', (situation) => {
    for (const words of [en, ko]) {
      expect(words[situation].length).toBeGreaterThan(4);
      expect(words[`${situation}.do`].length).toBeGreaterThan(8);
    }
    expect(ko[situation]).toMatch(/\p{Script=Hangul}/u);
    expect(ko[`${situation}.do`]).toMatch(/\p{Script=Hangul}/u);
  });

  it('say something of their own for each reason', () => {
    for (const words of [en, ko]) {
      const sentences = Object.entries(errorReasons).flatMap(([code, reasons]) => [
        words[code as keyof typeof errorReasons],
        ...reasons.map(
          (reason) => words[situationOf({ code: code as (typeof errorCodes)[number], params: { reason } })],
        ),
      ]);
      expect(new Set(sentences).size).toBe(sentences.length);
    }
  });

  it('are there for nothing else', () => {
    expect(Object.keys(en).length).toBe(situations.length * 2);
    expect(situationOf({ code: 'tls', params: { reason: 'a-reason-of-next-year' } })).toBe('tls');
    expect(situations.length).toBe(new Set(situations).size);
    expect(errorCodes.length).toBeGreaterThan(45);
  });
});
