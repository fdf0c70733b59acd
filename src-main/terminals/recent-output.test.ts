import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentOutput } from './recent-output.ts';

describe('recent output', () => {
  it('is a true end of all that was printed, whole while that fits, and never grows beyond the limit and a chunk', () => {
    const pieces = fc.array(fc.string({ maxLength: 40, unit: fc.constantFrom('a', '한', '\n', '\u001b[1m') }));
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 120 }), (texts, limit) => {
        const recent = new RecentOutput(limit);
        for (const text of texts) recent.push(Buffer.from(text));
        const all = texts.join('');
        const kept = recent.bytes().toString();
        expect(all.endsWith(kept)).toBe(true);
        const isWholeLines = kept === all || all.at(-kept.length - 1) === '\n';
        if (recent.isCut) expect(isWholeLines || !kept.includes('\n')).toBe(true);
        else expect(kept).toBe(all);
        const longest = Math.max(0, ...texts.map((text) => Buffer.byteLength(text)));
        expect(recent.bytes().length).toBeLessThanOrEqual(limit + longest);
      }),
    );
  });

  it('forgets the shell before', () => {
    const recent = new RecentOutput(4);
    recent.push(Buffer.from('long ago\n'));
    recent.push(Buffer.from('before\n'));
    recent.clear();
    recent.push(Buffer.from('now'));
    expect(recent.bytes().toString()).toBe('now');
  });
});
