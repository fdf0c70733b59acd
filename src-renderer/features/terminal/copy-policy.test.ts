import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxCopyLength, readCopy } from './copy-policy.ts';

const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');

describe('OSC 52', () => {
  it('copies in every form that programs and tmux write', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.constantFrom('c', '', 'p', 's', 'cp', 'c0', 's0'),
        (text, target) => {
          const readable = new TextDecoder().decode(Buffer.from(text));
          fc.pre(readable !== '');
          expect(readCopy(`${target};${encode(text)}`)).toEqual({ kind: 'copy', text: readable });
        },
      ),
    );
  });

  it('answers no question and empties nothing', () => {
    for (const data of [
      'c;?',
      ';?',
      'p;?',
      'c;',
      ';',
      'c',
      '',
      '0;YQ==',
      'q;YQ==',
      'x;YQ==',
      `${'c'.repeat(17)};YQ==`,
    ]) {
      expect(readCopy(data)).toEqual({ kind: 'ignored' });
    }
  });

  it('takes no more than its bound', () => {
    expect(readCopy(`c;${'A'.repeat(maxCopyLength + 4)}`)).toEqual({ kind: 'too-large', length: maxCopyLength + 4 });
    expect(readCopy(`c;${'QUFB'.repeat(maxCopyLength / 4)}`).kind).toBe('copy');
  });

  it('holds against anything', () => {
    const parts = fc.constantFrom(';', '?', 'c', 'p', '=', 'YQ==', '\u0000', '한', 'A', '\n', '-', '_');
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string()), { maxLength: 12 }), (list) => {
        const data = list.join('');
        const { kind } = readCopy(data);
        if (kind === 'copy') expect(data.slice(data.indexOf(';') + 1)).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
      }),
    );
  });
});
