/** Carries out a fix of the verdict: the choices as they are after it. Pure; the clock and a new name come in. */
import type { LaunchSpec, TypedAmounts } from '../../../../src-preload/contract/launch-spec.ts';
import { suggestedStart } from '../batch-policy.ts';
import type { Fix } from './verdict-policy.ts';

export interface FixFacts {
  /** The amounts on screen: a fix of one of them keeps the others. */
  readonly amounts: TypedAmounts;
  readonly accelerator: string | null;
  /** Shared memory as typed or as the preset has it; null: automatic. */
  readonly shmem: string | null;
  readonly now: Date;
  readonly newName: () => string;
}

export function applyFix(spec: LaunchSpec, fix: Fix, facts: FixFacts): Partial<LaunchSpec> {
  const amounts = (change: Partial<TypedAmounts>): Partial<LaunchSpec> => ({
    custom: { ...facts.amounts, ...change },
    accelerator: facts.accelerator,
    shmem: facts.shmem,
  });
  switch (fix.type) {
    case 'amount':
      return amounts({ [fix.field]: fix.text });
    case 'no-accelerator':
      return amounts({ gpu: '0' });
    case 'preset':
      return { preset: fix.name, custom: null, shmem: null };
    case 'resource-group':
      return { resourceGroup: fix.name };
    case 'environment':
      return { environmentId: fix.name, version: null, manualImage: '' };
    case 'automatic-shmem':
      return { shmem: null };
    case 'another-name':
      return { name: facts.newName() };
    case 'cluster-size':
      return { clusterSize: fix.text };
    case 'count':
      return { count: fix.text };
    case 'start-later':
      return { batch: { ...spec.batch, startsAt: suggestedStart(facts.now) } };
    case 'no-start-time':
      return { batch: { ...spec.batch, startsAt: null } };
    case 'no-owner':
      return { owner: null };
    case 'untick':
      return { mounts: spec.mounts.filter((_, index) => index !== fix.index) };
    case 'default-path':
      return { mounts: spec.mounts.map((mount, index) => (index === fix.index ? { ...mount, alias: '' } : mount)) };
    case 'drop-dependencies':
      return { dependencies: [] };
    case 'show':
      return {};
  }
}
