/**
 * What a session will occupy: the request, raised to the image's minimum where nothing was asked, refused below it.
 */

import type { Fields } from '../http/call.ts';
import { badParameters } from '../http/problem.ts';
import type { Image } from '../images/catalog.ts';
import { type Amount, readBinarySize, showAmount } from '../slots/amount.ts';
import { readSlots, type Slots } from '../slots/slots.ts';

export interface ResourcePlan {
  readonly requested: Slots;
  readonly shmem: Amount;
}

function readShmem(text: string | null, image: Image): Amount {
  if (text === null) return image.preferredShmem;
  const amount = readBinarySize(text);
  if (amount === null)
    throw badParameters(`value is not a valid binary size: ${text}`, { shmem: 'value is not a valid binary size' });
  return amount;
}

/**
 * Shared memory is a part of `mem` and must be smaller; the image's minimum memory grows by it.
 * Throws a Problem (400 invalid-api-params).
 */
export function planResources(resources: Fields, shmemText: string | null, image: Image): ResourcePlan {
  const shmem = readShmem(shmemText, image);
  const minimum: Record<string, Amount> = { ...image.minimum, mem: (image.minimum.mem ?? 0n) + shmem };
  const asked = readSlots(resources);
  const requested: Record<string, Amount> = { ...asked };
  for (const name of ['cpu', 'mem']) {
    if ((requested[name] ?? 0n) === 0n) requested[name] = minimum[name] ?? 0n;
  }
  if (shmem >= (requested.mem ?? 0n)) {
    throw badParameters(
      `Shared memory should be less than the main memory. (s:${showAmount(shmem)}, m:${showAmount(requested.mem ?? 0n)})`,
    );
  }
  for (const [name, least] of Object.entries(minimum)) {
    if ((requested[name] ?? 0n) < least) {
      const wanted = Object.entries(minimum).map(([slot, amount]) => `${slot}=${showAmount(amount)}`);
      throw badParameters(
        `Your resource request is smaller than the minimum required by the image. (${wanted.join(' ')})`,
      );
    }
  }
  return { requested, shmem };
}
