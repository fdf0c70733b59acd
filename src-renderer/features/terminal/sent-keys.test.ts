import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDoubt, type Doubt, SentKeys, sentLimitBytes, shownKeys } from './sent-keys.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (doubt: Doubt | null) => doubt?.bytes && new TextDecoder().decode(doubt.bytes);

describe('keys that were sent', () => {
  it('are in doubt from the first that has not arrived, in order, and never more than the limit', () => {
    const pieces = fc.array(fc.string({ minLength: 1, maxLength: 900, unit: fc.constantFrom('a', 'b', '한') }));
    fc.assert(
      fc.property(pieces, fc.nat(), (typed, cut) => {
        const keys = new SentKeys();
        let total = 0;
        const ends = typed.map((it) => {
          keys.sent(bytes(it));
          total += bytes(it).byteLength;
          return total;
        });
        const proven = cut % (total + 1);
        keys.arrived(proven);
        const left = typed.filter((_, at) => (ends[at] ?? 0) > proven).join('');
        const doubt = keys.lost();
        if (left === '') expect(doubt).toBeNull();
        else if (total <= sentLimitBytes) expect(text(doubt)).toBe(left);
        else expect(doubt?.bytes?.byteLength ?? 0).toBeLessThanOrEqual(sentLimitBytes);
        expect(keys.lost()).toBeNull();
      }),
    );
  });

  it('of too much, only the number is kept, until all of it has arrived', () => {
    const keys = new SentKeys();
    keys.sent(bytes('a'.repeat(sentLimitBytes)));
    keys.sent(bytes('b'));
    keys.sent(bytes('c'));
    keys.arrived(sentLimitBytes + 1);
    expect(keys.lost()).toEqual({ keys: 3, bytes: null });
    keys.sent(bytes('d'.repeat(sentLimitBytes + 1)));
    keys.arrived(2 * sentLimitBytes + 3);
    keys.sent(bytes('e'));
    expect(text(keys.lost())).toBe('e');
  });

  it('leave out what xterm reports by itself, yet count it', () => {
    const keys = new SentKeys();
    for (const it of ['x', '\u001b[I', '\u001b[24;80R', '\u001b[A']) keys.sent(bytes(it));
    keys.arrived(1);
    expect(text(keys.lost())).toBe('\u001b[A');
  });

  it('of a new stream count from its beginning', () => {
    const keys = new SentKeys();
    keys.sent(bytes('abc'));
    expect(text(keys.restart())).toBe('abc');
    keys.sent(bytes('d'));
    keys.arrived(1);
    expect(keys.lost()).toBeNull();
  });

  it('of several losses stand together, as long as they may be kept', () => {
    const one = { keys: 2, bytes: bytes('ls') };
    expect(addDoubt(null, one)).toBe(one);
    expect(addDoubt(one, null)).toBe(one);
    expect(addDoubt(one, { keys: 1, bytes: bytes('\r') })).toEqual({ keys: 3, bytes: bytes('ls\r') });
    expect(addDoubt(one, { keys: 9, bytes: null })).toEqual({ keys: 11, bytes: null });
    expect(addDoubt(one, { keys: 1, bytes: new Uint8Array(sentLimitBytes) })).toEqual({ keys: 3, bytes: null });
  });

  it('are shown with every control character to be seen', () => {
    expect(shownKeys(bytes('ls -l 한\r\u0003\u001b[A\u007f\t'))).toBe('ls -l 한⏎␃␛[A⌫␉');
  });
});
