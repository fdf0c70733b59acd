/** A listed session as a launch, from what the site tells of it. Pure. */
import { emptySpec, type LaunchSpec } from '../../src-preload/contract/launch-spec.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';

const gibBytes = 2 ** 30;

/** Amounts are per container, and a session's slots are the sum of its containers. */
function share(text: string | undefined, containers: number): number {
  const amount = Number(text ?? 0);
  return Number.isFinite(amount) ? amount / containers : 0;
}

/** At most five decimals: amounts are compared after rounding to that (parity reference, P-LIMIT-32). */
function typed(amount: number): string {
  return String(Number(amount.toFixed(5)));
}

/**
 * What can be known of how a session was started. Its environment variables, scripts and ports are not told by sites, so they
 * are empty; mounts are names, which the form looks up among the folders.
 */
export function specOfSession(session: Session): LaunchSpec {
  const containers = Math.max(1, session.clusterSize);
  const accelerator =
    Object.keys(session.slots).find((slot) => slot !== 'cpu' && slot !== 'mem' && Number(session.slots[slot]) > 0) ??
    null;
  return {
    ...emptySpec,
    name: session.name,
    type: session.type === 'batch' ? 'batch' : 'interactive',
    version: session.image === '' ? null : `${session.image}@${session.architecture}`,
    project: session.project,
    resourceGroup: session.resourceGroup,
    custom: {
      cpu: typed(share(session.slots.cpu, containers)),
      mem: typed(share(session.slots.mem, containers) / gibBytes),
      gpu: accelerator === null ? '0' : typed(share(session.slots[accelerator], containers)),
    },
    accelerator,
    shmem: session.shmemBytes === null ? null : typed(session.shmemBytes / gibBytes),
    clusterSize: String(containers),
    mounts: session.mounts.map((name) => ({ id: '', name, alias: '', readOnly: false })),
  };
}
