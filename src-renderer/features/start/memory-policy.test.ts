import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gibBytes, mibBytes } from './amount-policy.ts';
import { automaticShmemBytes, judgeShmem, smallestShmemBytes } from './memory-policy.ts';

describe('automatic shared memory', () => {
  it.each([
    [2, 0, 64 * mibBytes],
    [3.99, 0, 64 * mibBytes],
    [4, 0, gibBytes],
    [4, 3, gibBytes],
    [4, 3.5, 64 * mibBytes],
    [32, 8, gibBytes],
  ])('%d GiB with an image that needs %d', (memory, minimum, bytes) =>
    expect(automaticShmemBytes(memory * gibBytes, minimum * gibBytes)).toBe(bytes),
  );
  it('always passes its own judgement where the image has room', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 64 * 1024 }),
        fc.integer({ min: 64, max: 64 * 1024 }),
        (minimumMib, roomMib) => {
          const minimum = minimumMib * mibBytes;
          const memory = minimum + roomMib * mibBytes;
          const shmem = automaticShmemBytes(memory, minimum);
          expect(judgeShmem(shmem / gibBytes, memory, minimum).problem).toBeNull();
        },
      ),
    );
  });
});

describe('judgeShmem', () => {
  it('names what is wrong', () => {
    expect(judgeShmem(null, gibBytes, 0).problem).toBe('not-a-number');
    expect(judgeShmem(0.01, gibBytes, 0).problem).toBe('too-small');
    expect(judgeShmem(2, gibBytes, 0).problem).toBe('above-memory');
    expect(judgeShmem(1, 1.5 * gibBytes, gibBytes).problem).toBe('starves-image');
    expect(judgeShmem(smallestShmemBytes / gibBytes, gibBytes, 0).problem).toBeNull();
  });
  it('warns when less than twice the amount is left', () => {
    expect(judgeShmem(1, 3 * gibBytes, 0).generous).toBe(false);
    expect(judgeShmem(1, 2.5 * gibBytes, 0).generous).toBe(true);
  });
});
