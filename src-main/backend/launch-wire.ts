/** The body of `POST /session` (API reference, section 4.3): every default that a manager would guess is stated. Pure. */
import type { Folder } from '../../src-preload/contract/launcher.ts';
import type { StartInput } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import { automaticShmemBytes, parseAmount } from '../launcher/amount-policy.ts';

export interface LaunchFacts {
  readonly apiVersion: string;
  readonly domain: string;
  /** All folders of the account; needed where mounting goes by name. */
  readonly folders: readonly Folder[];
  /** The image's own minimum of memory, for the automatic amount of shared memory. */
  readonly minimumMemBytes: number;
}

/** Mounting by id came with API v9; before, names are the only way that every version takes. */
export function mountsById(apiVersion: string): boolean {
  return apiVersion.startsWith('v9.');
}

/** Throws BerthError `not-found` for a folder that is not (any more) among the account's. */
export function launchBody(input: StartInput, facts: LaunchFacts): Record<string, unknown> {
  const memBytes = parseAmount('mem', input.slots.mem) ?? 0;
  const shmemBytes = input.shmemBytes ?? automaticShmemBytes(memBytes, facts.minimumMemBytes);
  return {
    name: input.name,
    image: input.image,
    architecture: input.architecture,
    type: 'interactive',
    group: input.project,
    domain: facts.domain,
    cluster_size: 1,
    cluster_mode: 'single-node',
    enqueueOnly: true,
    reuseIfExists: false,
    config: {
      ...mountConfig(input.mounts, facts),
      environ: {},
      scaling_group: input.resourceGroup,
      resources: Object.fromEntries(Object.entries(input.slots).filter(([, amount]) => Number(amount) !== 0)),
      resource_opts: { shmem: String(shmemBytes) },
    },
  };
}

function mountConfig(ids: readonly string[], facts: LaunchFacts): Record<string, unknown> {
  const chosen = ids.map((id) => {
    const folder = facts.folders.find((candidate) => candidate.id === id);
    if (folder === undefined) throw new BerthError('not-found', { place: 'manager', params: { what: 'folder', id } });
    return folder;
  });
  // Targets are left to the site: `/home/work/<name>` in every version, and a map would have to avoid its own keys.
  return mountsById(facts.apiVersion)
    ? { mount_ids: chosen.map((folder) => folder.id) }
    : { mounts: chosen.map((folder) => folder.name) };
}
