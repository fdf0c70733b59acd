import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputWindowBytes } from '../../../src-preload/contract/terminals.ts';
import { Upstream } from './upstream.ts';

function upstream() {
  const sent: Uint8Array[] = [];
  const it = new Upstream(
    (bytes) => sent.push(bytes.slice()),
    () => {},
  );
  return { it, all: () => Buffer.concat(sent), length: () => sent.reduce((sum, part) => sum + part.length, 0) };
}

describe('Upstream', () => {
  it('sends everything in order and never more ahead than there is room for', () => {
    const step = fc.oneof(
      fc.nat(200_000).map((size) => ({ paste: size })),
      fc.nat(20).map((size) => ({ keys: size })),
      fc.nat(100_000).map((bytes) => ({ taken: bytes })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const { it, all, length } = upstream();
        const wanted: Buffer[] = [];
        let taken = 0;
        let fill = 0;
        const take = (bytes: number) => {
          const real = Math.min(bytes, length() - taken);
          taken += real;
          if (real > 0) it.taken(real);
        };
        for (const now of steps) {
          fill = (fill + 1) % 250;
          if ('taken' in now) take(now.taken);
          else {
            const bytes = Buffer.alloc('paste' in now ? now.paste : now.keys, fill);
            wanted.push(bytes);
            if ('paste' in now) it.paste(bytes, null);
            else it.push(bytes);
          }
          expect(length() - taken).toBeLessThanOrEqual(inputWindowBytes);
        }
        while (length() > taken) take(10_000);
        expect(all().equals(Buffer.concat(wanted))).toBe(true);
        expect(it.pasting).toBeNull();
      }),
    );
  });

  it('ends a bracket when a paste is given up, and sends what was typed since', () => {
    const { it, all, length } = upstream();
    it.paste(Buffer.alloc(inputWindowBytes * 3, 'p'), Buffer.from('END'));
    it.push(Buffer.from('keys'));
    expect(it.pasting).toEqual({ sentBytes: inputWindowBytes, totalBytes: inputWindowBytes * 3 });
    it.cancelPaste();
    expect(it.pasting).toBeNull();
    it.taken(inputWindowBytes);
    expect(length()).toBe(inputWindowBytes + 7);
    expect(all().subarray(-7).toString()).toBe('ENDkeys');
  });

  it('tells what of a paste was cut off with the shell', () => {
    const { it, length } = upstream();
    const tail = Buffer.from('END');
    it.paste(Buffer.alloc(inputWindowBytes * 2), tail);
    expect(it.reset()).toEqual({ sentBytes: inputWindowBytes, totalBytes: inputWindowBytes * 2, tail });
    expect(it.reset()).toBeNull();
    it.push(Buffer.from('a'));
    expect(length()).toBe(inputWindowBytes + 1);
  });
});
