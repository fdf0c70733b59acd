import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledgement, FrameReader, frame, KeptBytes } from './resume-frames.ts';

describe('frames of the relay', () => {
  it('are read however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }),
        fc.array(fc.nat(2_000), { maxLength: 10 }),
        (datas, cuts) => {
          const all = Buffer.concat([
            Buffer.from('ok 12\n'),
            ...datas.map((data) => frame('D', Buffer.from(data))),
            acknowledgement(2 ** 40 + 1),
            frame('E'),
          ]);
          const heard: string[] = [];
          const bytes: Buffer[] = [];
          const reader = new FrameReader({
            line: (text) => heard.push(text),
            data: (data) => bytes.push(Buffer.from(data)),
            acknowledged: (offset) => heard.push(String(offset)),
            end: () => heard.push('end'),
          });
          const places = [...cuts.map((cut) => cut % all.length), all.length].sort((a, b) => a - b);
          let from = 0;
          for (const at of places) {
            reader.push(all.subarray(from, at));
            from = at;
          }
          expect(heard).toEqual(['ok 12', String(2 ** 40 + 1), 'end']);
          expect(Buffer.concat(bytes)).toEqual(Buffer.concat(datas.map((data) => Buffer.from(data))));
        },
      ),
    );
  });

  it('that are too large are none', () => {
    const reader = new FrameReader({
      line: () => undefined,
      data: () => undefined,
      acknowledged: () => undefined,
      end: () => undefined,
    });
    expect(() => reader.push(Buffer.from('ok 0\nD\xff\xff\xff\xff', 'latin1'))).toThrow(RangeError);
  });
});

describe('kept bytes', () => {
  it('are forgotten up to what was acknowledged, and no further', () => {
    const kept = new KeptBytes();
    const rest = () => Buffer.concat(kept.pieces()).toString();
    kept.add(Buffer.from('abc'));
    kept.add(Buffer.from('defg'));
    expect([kept.forget(2), rest(), kept.length]).toEqual([true, 'cdefg', 5]);
    expect([kept.forget(1), kept.forget(8), rest()]).toEqual([false, false, 'cdefg']);
    expect([kept.forget(2), kept.forget(4), rest()]).toEqual([true, true, 'efg']);
    expect([kept.forget(7), rest(), kept.length]).toEqual([true, '', 0]);
    kept.add(Buffer.from('h'));
    expect(rest()).toBe('h');
  });
});
