import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mustAsk, pasteFacts, pasteText, shownPaste, withoutMarks } from './paste-policy.ts';

const esc = '\u001b';
const hostile = fc
  .array(fc.constantFrom(esc, '\u009b', '[', '2', '0', '1', '~', '200~', `${esc}[201~`, 'x', '\r', '\n', '한'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

describe('a pasted text', () => {
  it('never ends its own bracket, however it is put together', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const sent = pasteText(text, true);
        expect(sent.startsWith(`${esc}[200~`)).toBe(true);
        expect(sent.endsWith(`${esc}[201~`)).toBe(true);
        const inside = sent.slice(6, -6);
        for (const mark of [`${esc}[200~`, `${esc}[201~`, '\u009b200~', '\u009b201~'])
          expect(inside).not.toContain(mark);
        expect(inside).not.toContain('\n');
      }),
    );
    expect(withoutMarks(`a${esc}[20${esc}[201~1~b`)).toBe('ab');
  });

  it('is otherwise sent as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text)),
        (text) => {
          expect(pasteText(text, false)).toBe(text);
        },
      ),
    );
    expect(pasteText('a\r\nb\nc', false)).toBe('a\rb\rc');
  });

  it.each([
    ['one word', true, false, false],
    ['a\tb', false, false, false],
    ['ls\n', false, true, false],
    ['a\nb', false, true, false],
    ['a\nb', true, false, false],
    [`a${esc}[31m`, true, true, false],
    ['a\u0003', false, true, false],
  ])('%j, bracketed %s: asks %s', (text, bracketed, asked, askedWhenOff) => {
    expect(mustAsk(text, { bracketed, asks: true })).toBe(asked);
    expect(mustAsk(text, { bracketed, asks: false })).toBe(askedWhenOff);
  });

  it('is counted and shown with all that it holds', () => {
    expect(pasteFacts('a\r\nb\rc\n')).toEqual({ lines: 3, endsInLine: true, hasControls: false });
    expect(pasteFacts('a')).toEqual({ lines: 1, endsInLine: false, hasControls: false });
    expect(shownPaste(`a\r\nb${esc}[0m\u007f\u0085\tc`)).toBe('a\nb␛[0m␡\ufffd\tc');
  });
});
