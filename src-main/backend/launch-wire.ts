/** The body of `POST /session` (API reference, section 4.3): every default that a manager would guess is stated. Pure. */
import type { Folder } from '../../src-preload/contract/launcher.ts';
import type { StartInput } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import { automaticShmemBytes, parseAmount } from '../launcher/amount-policy.ts';
import type { Can, Feature } from './version-gates.ts';

export interface LaunchFacts {
  readonly can: Can;
  readonly domain: string;
  /** All folders of the account; needed where mounting goes by name. */
  readonly folders: readonly Folder[];
  /** The image's own minimum of memory, for the automatic amount of shared memory. */
  readonly minimumMemBytes: number;
}

const defaultPriority = 10;

/**
 * Throws BerthError `not-found` for a folder that is not (any more) among the account's, `invalid-input` for what
 * contradicts itself, and `unsupported` with `feature` for what the site's manager would refuse as an unknown key.
 */
export function launchBody(input: StartInput, facts: LaunchFacts): Record<string, unknown> {
  checkBatch(input);
  const memBytes = parseAmount('mem', input.slots.mem) ?? 0;
  const shmemBytes = input.shmemBytes ?? automaticShmemBytes(memBytes, facts.minimumMemBytes);
  const need = (feature: Feature) => {
    if (!facts.can(feature)) throw new BerthError('unsupported', { place: 'manager', params: { feature } });
  };
  if (input.type === 'inference') need('inferenceSessions');

  const body: Record<string, unknown> = {
    name: input.name,
    image: input.image,
    architecture: input.architecture,
    type: input.type ?? 'interactive',
    group: input.project,
    domain: input.ownerDomain ?? facts.domain,
    cluster_size: input.clusterSize ?? 1,
    cluster_mode: input.clusterMode ?? 'single-node',
    enqueueOnly: true,
    reuseIfExists: false,
    config: {
      ...mountConfig(input, facts),
      environ: input.environ ?? {},
      scaling_group: input.resourceGroup,
      resources: Object.fromEntries(Object.entries(input.slots).filter(([, amount]) => Number(amount) !== 0)),
      resource_opts: {
        shmem: String(shmemBytes),
        ...(input.allowFractionalFragmentation === true ? { allow_fractional_resource_fragmentation: true } : {}),
      },
      ...configOf(input, need),
    },
  };
  if (input.startupCommand !== undefined) body.startupCommand = input.startupCommand;
  if (input.bootstrapScript !== undefined && input.bootstrapScript !== '') {
    body.bootstrap_script = input.bootstrapScript;
  }
  if (input.startsAt !== undefined) body.starts_at = input.startsAt;
  if (input.batchTimeout !== undefined) {
    need('batchTimeout');
    body.batch_timeout = input.batchTimeout;
  }
  if (input.priority !== undefined && (input.priority !== defaultPriority || facts.can('priority'))) {
    need('priority');
    body.priority = input.priority;
  }
  if (input.jobPriority !== undefined) {
    need('jobPriority');
    body.job_priority = input.jobPriority;
  }
  if (input.preemptible !== undefined) {
    need('preemptible');
    body.is_preemptible = input.preemptible;
  }
  if (input.tag !== undefined && input.tag !== '') body.tag = input.tag;
  if (input.dependencies !== undefined && input.dependencies.length > 0) body.dependencies = input.dependencies;
  if (input.ownerAccessKey !== undefined) body.owner_access_key = input.ownerAccessKey;
  return body;
}

/** Keys that are left out unless wanted: an unknown one inside `config` makes managers up to 26.2 fail with 500. */
function configOf(input: StartInput, need: (feature: Feature) => void): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  const { preopenPorts = [], agents = [] } = input;
  if (preopenPorts.length > 0) config.preopen_ports = [...new Set(preopenPorts)];
  if (agents.length > 0) config.agent_list = agents;
  if (input.network !== undefined) {
    need('attachNetwork');
    config.attach_network = input.network;
  }
  return config;
}

function checkBatch(input: StartInput): void {
  const refuse = (field: string, reason: string) =>
    new BerthError('invalid-input', { place: 'computer', params: { field, reason } });
  if (input.type === 'batch') {
    if (input.startupCommand === undefined) throw refuse('startupCommand', 'missing');
    return;
  }
  // A manager would ignore these without a word.
  for (const field of ['startupCommand', 'startsAt', 'batchTimeout'] as const) {
    if (input[field] !== undefined) throw refuse(field, 'batch-only');
  }
}

/**
 * By id from 25.12 on, by name before. A read-only mount, or one of a part of a folder, goes by name in every version:
 * from 25.12 to 26.3 the manager looks options up by UUID objects, and JSON keys are text, so that options by id would be
 * dropped in silence and the folder mounted writable (`prepare_vfolder_mounts`).
 */
function mountConfig(input: StartInput, facts: LaunchFacts): Record<string, unknown> {
  const byId: string[] = [];
  const byName: string[] = [];
  const idTargets: Record<string, string> = {};
  const nameTargets: Record<string, string> = {};
  const options: Record<string, unknown> = {};
  for (const id of new Set(input.mounts)) {
    const folder = facts.folders.find((candidate) => candidate.id === id);
    if (folder === undefined) throw new BerthError('not-found', { place: 'manager', params: { what: 'folder', id } });
    const { target, readOnly, subpath } = input.mountOptions?.[id] ?? {};
    const path = target === undefined || target.startsWith('/') ? target : `/home/work/${target}`;
    if (facts.can('mountById') && readOnly !== true && subpath === undefined) {
      byId.push(id);
      if (path !== undefined) idTargets[id] = path;
      continue;
    }
    const key = subpath === undefined ? folder.name : `${folder.name}/${subpath.replace(/^\/+|\/+$/g, '')}`;
    if (facts.can('mountById') && facts.folders.some(({ id: other, name }) => other !== id && name === folder.name)) {
      // By name the manager would take either of them.
      throw new BerthError('unsupported', {
        place: 'manager',
        params: { feature: 'mountOptions', folder: folder.name, reason: 'ambiguous-name' },
      });
    }
    byName.push(key);
    if (path !== undefined) nameTargets[key] = path;
    if (readOnly === true && folder.permission !== 'ro') {
      if (!facts.can('mountOptions')) {
        throw new BerthError('unsupported', { place: 'manager', params: { feature: 'mountOptions' } });
      }
      options[key] = { type: 'bind', permission: 'ro' };
    }
  }
  return {
    ...(facts.can('mountById') ? { mount_ids: byId } : {}),
    ...(filled(idTargets) ? { mount_id_map: idTargets } : {}),
    ...(facts.can('mountById') && byName.length === 0 ? {} : { mounts: byName }),
    ...(filled(nameTargets) ? { mount_map: nameTargets } : {}),
    ...(filled(options) ? { mount_options: options } : {}),
  };
}

function filled(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length > 0;
}
