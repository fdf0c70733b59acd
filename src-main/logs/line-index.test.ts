import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutSequences } from './ansi-policy.ts';
import { colourAfter, LineIndex } from './line-index.ts';

test('knows where lines begin and which colours hold there, whatever pieces the text comes in', () => {
  const line = fc.constantFrom(
    '',
    'plain',
    '\u001b[31mred',
    'rest\u001b[0m',
    '\u001b[1;38;5;0mx',
    'a\u001b[',
    'b'.repeat(90),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 300 }),
      fc.integer({ min: 1, max: 200 }),
      fc.boolean(),
      (lines, size, open) => {
        const text = Buffer.from(lines.map((it) => `${it}\n`).join('') + (open ? 'end' : ''));
        const index = new LineIndex();
        for (let at = 0; at < text.byteLength; at += size) index.append(text.subarray(at, at + size));
        expect(index.lines).toBe(lines.length + (open ? 1 : 0));
        expect(index.bytes).toBe(text.byteLength);
        for (const wanted of [0, 63, 64, 130, 299]) {
          const mark = index.before(wanted);
          const front = lines
            .slice(0, mark.line)
            .map((it) => `${it}\n`)
            .join('');
          expect(mark.line).toBeLessThanOrEqual(wanted);
          expect(mark.offset).toBe(Buffer.byteLength(front));
          expect(mark.sgr).toBe(colourAfter('', front));
        }
      },
    ),
  );
});

test('colours: resets, lists, colours of 256 whose number is 0', () => {
  expect(colourAfter('', '\u001b[31mx')).toBe('31');
  expect(colourAfter('31', '\u001b[1m')).toBe('31;1');
  expect(colourAfter('31', '\u001b[0;32m')).toBe('32');
  expect(colourAfter('31', '\u001b[32;0m')).toBe('');
  expect(colourAfter('31', '\u001b[m')).toBe('');
  expect(colourAfter('', '\u001b[38;5;0m')).toBe('38;5;0');
  expect(colourAfter('', '\u001b[48;2;0;0;7;1m')).toBe('48;2;0;0;7;1');
  expect(colourAfter('', '\u001b[2J\u001b]0;title\u0007')).toBe('');
});

test('text without sequences', () => {
  expect(withoutSequences('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007 \u001b(Bend')).toBe(
    'red link end',
  );
});
