import { describe, expect, it } from 'vitest';
import { automaticShmemMib, judgeShmem, smallestShmemMib } from './memory-policy.ts';

const gib = 1024;

it('gives 64 MiB, and 1 GiB once there is room beyond what the image needs', () => {
  expect(automaticShmemMib(4 * gib - 1, 0)).toBe(smallestShmemMib);
  expect(automaticShmemMib(4 * gib, 0)).toBe(gib);
  expect(automaticShmemMib(4 * gib, 3 * gib)).toBe(gib);
  expect(automaticShmemMib(4 * gib, 3 * gib + 1)).toBe(smallestShmemMib);
});

describe('judgeShmem', () => {
  const judge = (
    mib: number | null,
    memoryMib: number | null = 8 * gib,
    imageMinimumMib = gib,
    site: number | null = null,
  ) => judgeShmem({ mib, memoryMib, imageMinimumMib, siteMaximumMib: site });
  it('is a part of the memory', () => {
    expect(judge(null).problem).toBe('not-a-number');
    expect(judge(63).problem).toBe('too-small');
    expect(judge(8 * gib + 1).problem).toBe('above-memory');
    expect(judge(4 * gib, 8 * gib, 5 * gib).problem).toBe('starves-image');
    expect(judge(3 * gib, 8 * gib, gib, 2 * gib).problem).toBe('above-site');
    expect(judge(64, null).problem).toBeNull();
  });
  it('warns when programs get less than twice of it', () => {
    expect(judge(2 * gib, 6 * gib)).toMatchObject({ problem: null, generous: false });
    expect(judge(2 * gib, 6 * gib - 1)).toMatchObject({ problem: null, generous: true });
  });
});
