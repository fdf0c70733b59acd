/**
 * What this site has to give: the machine as one agent, its keypair policy and its presets.
 */
import { availableParallelism, totalmem } from 'node:os';
import { type HostPermission, hostPermissions } from '../folders/host-permissions.ts';
import { cpuGroup, deviceGroup, resourceGroup } from '../site-facts.ts';
import { type Amount, units } from './amount.ts';
import { lower, type Slots } from './slots.ts';

/** The agent of each resource group; there is one in each. */
export const agentOf = (group: string): string => (group === 'default' ? 'i-sandbox' : `i-sandbox-${group}`);

const mib = 1024n * 1024n;
const gib = (count: number): Amount => units(BigInt(count) * 1024n * mib);

/**
 * The agent's slots. Cores are counted, not pinned: a machine with two still offers four, so that more than one session
 * can be tried; they then share the real ones. Memory is what the machine has. The GPU exists only on paper.
 */
export function agentCapacity(cores = availableParallelism(), memoryBytes = totalmem()): Slots {
  return {
    cpu: units(Math.max(4, cores)),
    mem: units((BigInt(memoryBytes) / mib) * mib),
    'cuda.shares': units(2),
  };
}

/** Whole GPUs, on paper as well. */
const devices: Slots = { 'cuda.device': units(2), 'rocm.device': units(1) };

/** What each resource group has: all of the machine, or a small part of it without GPU, or with whole ones of two kinds. */
export function groupCapacities(capacity: Slots): Readonly<Record<string, Slots>> {
  const small = { cpu: units(2), mem: gib(2) };
  const rest = lower(small, capacity);
  return { [resourceGroup]: capacity, [cpuGroup]: rest, [deviceGroup]: { ...rest, ...devices } };
}

export interface Policy {
  readonly name: string;
  readonly totalSlots: Slots;
  readonly maxConcurrentSessions: number;
  readonly maxContainersPerSession: number;
  readonly maxPendingSessions: number;
  readonly maxFolders: number;
  /** All that may be in an account's folders; null: no limit. */
  readonly maxFolderBytes: number | null;
  /** What may be done with folders. */
  readonly hostPermissions: readonly HostPermission[];
  readonly maxCustomizedImages: number;
  /** Seconds without use after which a session is reclaimed; 0 for never. */
  readonly idleTimeout: number;
  /** Seconds after which a session is reclaimed in any case; 0 for never. */
  readonly maxLifetime: number;
}

/** The keypair policies: all of the agent but not endless sessions, and one whose limits are soon met. */
export function policyNamed(name: 'default' | 'low-limits', capacity: Slots, idleTimeout = 0): Policy {
  if (name === 'low-limits') {
    return {
      name,
      totalSlots: { cpu: units(2), mem: gib(2), 'cuda.shares': 0n },
      maxConcurrentSessions: 1,
      maxContainersPerSession: 1,
      maxPendingSessions: 1,
      maxFolders: 2,
      maxFolderBytes: 2 ** 30,
      hostPermissions: hostPermissions.filter((one) => one !== 'invite-others' && one !== 'modify-vfolder'),
      maxCustomizedImages: 1,
      idleTimeout: 600,
      maxLifetime: 3600,
    };
  }
  return {
    name,
    totalSlots: { ...capacity, ...devices },
    maxConcurrentSessions: 20,
    maxContainersPerSession: 4,
    maxPendingSessions: 20,
    maxFolders: 100,
    maxFolderBytes: null,
    hostPermissions,
    maxCustomizedImages: 3,
    idleTimeout,
    maxLifetime: 0,
  };
}

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly slots: Slots;
  readonly sharedMemory: Amount | null;
}

export const presets: readonly Preset[] = [
  {
    id: '5a3e1a50-0000-4000-8000-000000000001',
    name: 'small',
    slots: { cpu: units(1), mem: gib(1) },
    sharedMemory: null,
  },
  {
    id: '5a3e1a50-0000-4000-8000-000000000002',
    name: 'medium',
    slots: { cpu: units(2), mem: gib(4) },
    sharedMemory: units(256n * mib),
  },
  {
    id: '5a3e1a50-0000-4000-8000-000000000003',
    name: 'small-gpu',
    slots: { cpu: units(1), mem: gib(2), 'cuda.shares': units(1) / 2n },
    sharedMemory: null,
  },
];

/** How each slot is shown (`/config/resource-slots/details`); `mem` calls itself `ram` there, as managers do. */
export const slotDetails = {
  cpu: {
    slot_name: 'cpu',
    description: 'CPU',
    human_readable_name: 'CPU',
    display_unit: 'Core',
    number_format: { binary: false, round_length: 0 },
    display_icon: 'cpu',
  },
  mem: {
    slot_name: 'ram',
    description: 'Memory',
    human_readable_name: 'RAM',
    display_unit: 'GiB',
    number_format: { binary: true, round_length: 0 },
    display_icon: 'ram',
  },
  'cuda.shares': {
    slot_name: 'cuda.shares',
    description: 'Fractions of a GPU that does not exist: for trying only',
    human_readable_name: 'GPU (simulated)',
    display_unit: 'fGPU',
    number_format: { binary: false, round_length: 1 },
    display_icon: 'gpu1',
  },
  'cuda.device': {
    slot_name: 'cuda.device',
    description: 'A GPU that does not exist: for trying only',
    human_readable_name: 'GPU, whole (simulated)',
    display_unit: 'GPU',
    number_format: { binary: false, round_length: 0 },
    display_icon: 'gpu1',
  },
  'rocm.device': {
    slot_name: 'rocm.device',
    description: 'A GPU of another kind that does not exist: for trying only',
    human_readable_name: 'ROCm GPU (simulated)',
    display_unit: 'GPU',
    number_format: { binary: false, round_length: 0 },
    display_icon: 'rocm',
  },
} as const;
