import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mark, parseLine, plainStyle } from './ansi-policy.ts';

const pieces = (raw: string) =>
  parseLine(raw, plainStyle).pieces.map(({ text, style }) => [
    text,
    Object.fromEntries(Object.entries(style).filter(([, value]) => value !== null && value !== false)),
  ]);

test('colours, 256 colours, true colours, bold and back', () => {
  expect(pieces('a\u001b[1;31mb\u001b[22;39mc\u001b[38;5;208md\u001b[48;2;1;2;300me\u001b[0mf')).toEqual([
    ['a', {}],
    ['b', { bold: true, fg: 1 }],
    ['c', {}],
    ['d', { fg: 'rgb(255 135 0)' }],
    ['e', { fg: 'rgb(255 135 0)', bg: 'rgb(1 2 255)' }],
    ['f', {}],
  ]);
  expect(pieces('\u001b[94mx\u001b[7my\u001b[mz')).toEqual([
    ['x', { fg: 12 }],
    ['y', { fg: 12, inverse: true }],
    ['z', {}],
  ]);
});

test('carries its style to the next line, and shows the last state of a progress bar', () => {
  expect(parseLine('\u001b[32mgreen', plainStyle).after).toMatchObject({ fg: 2 });
  expect(pieces('\u001b[31m 10%\r 50%\u001b[0m\r100%\r')).toEqual([['100%', {}]]);
});

test('everything else disappears: titles, links, cursor moves, cut sequences, control characters', () => {
  const link = '\u001b]8;;javascript:alert(1)\u0007link\u001b]8;;\u0007';
  expect(pieces(`\u001b]0;title\u0007${link}\u001b[2K\u001b[10;4H\u0008\u0000 <b>x</b>\u001b[3`)).toEqual([
    ['link', {}],
    [' <b>x</b>', {}],
  ]);
});

test('never throws, never gives an escape character, and styles are of the closed set', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom('\u001b[', '\u001b]', '\u001b', '38;5;', '38;2;1', 'm', ';', '\r', '\u0007'),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      for (const { text, style } of parseLine(parts.join(''), plainStyle).pieces) {
        expect(text).not.toContain('\u001b');
        for (const colour of [style.fg, style.bg]) {
          if (typeof colour === 'string') expect(colour).toMatch(/^rgb\(\d+ \d+ \d+\)$/);
          else if (colour !== null) expect(colour).toBeLessThan(16);
        }
      }
    }),
  );
});

test('marks what is looked for across pieces, and loses no letter', () => {
  const line = parseLine('lo\u001b[31mss los\u001b[0ms', plainStyle).pieces;
  expect(mark(line, 'LOSS', false).map(({ text, marked }) => [text, marked])).toEqual([
    ['lo', true],
    ['ss', true],
    [' ', false],
    ['los', true],
    ['s', true],
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'ab', 'ba', '\u001b[31m')),
      fc.constantFrom('a', 'ab', 'aba', ''),
      (parts, wanted) => {
        const { pieces: all } = parseLine(parts.join(''), plainStyle);
        const whole = all.map(({ text }) => text).join('');
        const marked = mark(all, wanted, true);
        expect(marked.map(({ text }) => text).join('')).toBe(whole);
        const expected = wanted === '' ? 0 : whole.split(wanted).length - 1;
        expect(marked.filter((it) => it.marked).reduce((sum, it) => sum + it.text.length, 0)).toBe(
          expected * wanted.length,
        );
      },
    ),
  );
});
