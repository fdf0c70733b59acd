/** Shared memory is a part of the memory amount. This is how much of it, and what may be wrong with it. In MiB. */
import { mibBytes } from './amount-policy.ts';

export const smallestShmemMib = 64;
const gibMib = 1024;

/** The automatic amount: 64 MiB, or 1 GiB where memory has room for it beyond what the image needs (P-LIMIT-20). */
export function automaticShmemMib(memoryMib: number, imageMinimumMib: number): number {
  const roomy = memoryMib >= 4 * gibMib && memoryMib >= imageMinimumMib + gibMib;
  return roomy ? gibMib : smallestShmemMib;
}

export type ShmemProblem = 'not-a-number' | 'too-small' | 'above-memory' | 'above-site' | 'starves-image';

export interface ShmemVerdict {
  readonly mib: number | null;
  readonly problem: ShmemProblem | null;
  /** Less than twice the shared memory is left for programs (P-LIMIT-21): a warning. */
  readonly generous: boolean;
}

export interface ShmemQuestion {
  readonly mib: number | null;
  readonly memoryMib: number | null;
  readonly imageMinimumMib: number;
  /** The site's own limit on shared memory a container. */
  readonly siteMaximumMib: number | null;
}

/**
 * The manager adds shared memory to the image's minimum, so an amount that leaves less than that minimum is refused
 * there (API reference, 4.4).
 */
export function judgeShmem({ mib, memoryMib, imageMinimumMib, siteMaximumMib }: ShmemQuestion): ShmemVerdict {
  const with_ = (problem: ShmemProblem | null, generous = false): ShmemVerdict => ({ mib, problem, generous });
  if (mib === null) return with_('not-a-number');
  if (mib < smallestShmemMib) return with_('too-small');
  if (siteMaximumMib !== null && mib > siteMaximumMib) return with_('above-site');
  if (memoryMib === null) return with_(null);
  if (mib > memoryMib) return with_('above-memory');
  const left = memoryMib - mib;
  return with_(left < imageMinimumMib ? 'starves-image' : null, left < 2 * mib);
}

/** Whole MiB of an amount in bytes, at least that much. */
export function toMib(bytes: number): number {
  return Math.ceil(bytes / mibBytes);
}
