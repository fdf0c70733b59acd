/** What an image says of itself in its labels (API reference, section 6.5). */

import { parseBytes } from '../../launcher/amount-policy.ts';
import type { SiteImage } from '../../launcher/environments-policy.ts';

type Facts = Required<
  Pick<SiteImage, 'role' | 'features' | 'shmemBytes' | 'customized' | 'blockedServices' | 'coreCountEnvs'>
>;

export function labelFacts(
  labels: readonly { readonly key: string; readonly value?: string | null | undefined }[],
): Facts {
  const found = new Map(labels.map(({ key, value }) => [key.replace(/^ai\.backend\./, ''), (value ?? '').trim()]));
  const text = (key: string) => found.get(key) ?? '';
  const role = text('role').toUpperCase();
  const owner = /^user:(.+)$/.exec(text('customized-image.owner'))?.[1];
  const name = text('customized-image.name');
  const id = text('customized-image.id');
  return {
    role: role === 'INFERENCE' || role === 'SYSTEM' ? role : 'COMPUTE',
    features: text('features').split(/\s+/).filter(Boolean),
    shmemBytes: text('resource.preferred.shmem') === '' ? null : parseBytes(text('resource.preferred.shmem')),
    customized: owner === undefined && name === '' && id === '' ? null : { owner: owner ?? null, name, id },
    blockedServices: text('internal.block-service-ports') !== '' && text('internal.block-service-ports') !== '0',
    coreCountEnvs: text('envs.corecount')
      .split(',')
      .map((env) => env.trim())
      .filter(Boolean),
  };
}
