import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeFrame, FrameBoundary } from './frame-boundary.ts';

function frame(opcode: number, length: number, isMasked = false): Buffer {
  const head =
    length < 126
      ? Buffer.from([opcode, length])
      : length < 65_536
        ? Buffer.from([opcode, 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([opcode, 127, 0, 0, 0, 0]), Buffer.from(Uint32Array.of(length).buffer).reverse()]);
  if (isMasked) head[1] = (head[1] ?? 0) | 0x80;
  return Buffer.concat([head, Buffer.alloc(length + (isMasked ? 4 : 0), 0x88)]);
}

describe('frame boundary', () => {
  it('is found however the bytes are cut', () => {
    const lengths = fc.array(fc.tuple(fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000), fc.boolean()), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(lengths, fc.array(fc.nat(70_000), { maxLength: 8 }), (frames, cuts) => {
        const ends = new Set([0]);
        const all = Buffer.concat(frames.map(([length, isMasked]) => frame(0x82, length, isMasked)));
        let end = 0;
        for (const [length, isMasked] of frames) {
          end += frame(0x82, length, isMasked).length;
          ends.add(end);
        }
        const places = [...new Set([...cuts.map((cut) => cut % (all.length + 1)), all.length])].sort((a, b) => a - b);
        const boundary = new FrameBoundary();
        let from = 0;
        for (const at of places) {
          boundary.push(all.subarray(from, at));
          from = at;
          expect(boundary.canClose).toBe(ends.has(at));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is none after a close frame', () => {
    const boundary = new FrameBoundary();
    boundary.push(closeFrame('over'));
    expect(boundary.canClose).toBe(false);
  });
});
