/** Shared memory is a part of the memory amount. This is how much of it, and what may be wrong with it. */
import { gibBytes, mibBytes, toBytes } from './amount-policy.ts';

export const smallestShmemBytes = 64 * mibBytes;

/** The automatic amount: 64 MiB, or 1 GiB where memory has room for it beyond what the image needs (P-LIMIT-20). */
export function automaticShmemBytes(memoryBytes: number, imageMinimumBytes: number): number {
  const roomy = memoryBytes >= 4 * gibBytes && memoryBytes >= imageMinimumBytes + gibBytes;
  return roomy ? gibBytes : smallestShmemBytes;
}

export type ShmemProblem = 'not-a-number' | 'too-small' | 'above-memory' | 'starves-image';

export interface ShmemVerdict {
  readonly bytes: number | null;
  readonly problem: ShmemProblem | null;
  /** Less than twice the shared memory is left for programs (P-LIMIT-21): a warning. */
  readonly generous: boolean;
}

/**
 * Judges a shared-memory amount in GiB. The manager adds shared memory to the image's minimum, so an amount that leaves
 * less than that minimum is refused there (API reference, 4.4).
 */
export function judgeShmem(gib: number | null, memoryBytes: number | null, imageMinimumBytes: number): ShmemVerdict {
  if (gib === null) {
    return { bytes: null, problem: 'not-a-number', generous: false };
  }
  const bytes = toBytes(gib);
  if (bytes < smallestShmemBytes) {
    return { bytes, problem: 'too-small', generous: false };
  }
  if (memoryBytes === null) {
    return { bytes, problem: null, generous: false };
  }
  if (bytes > memoryBytes) {
    return { bytes, problem: 'above-memory', generous: false };
  }
  const left = memoryBytes - bytes;
  return { bytes, problem: left < imageMinimumBytes ? 'starves-image' : null, generous: left < 2 * bytes };
}
