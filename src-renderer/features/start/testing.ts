/** A site's answers for unit tests of the launcher: one project, two groups, three presets, a GPU in shares. */
import type { LaunchSpec } from '../../../src-preload/contract/launch-spec.ts';
import type { Bound, Folder, LauncherBounds, LauncherOptions, Preset } from '../../../src-preload/contract/launcher.ts';
import { gibBytes } from './amount-policy.ts';
import type { Answers } from './form-policy.ts';
import { newSpec } from './spec-policy.ts';

export function bound(slot: string, change: Partial<Bound> = {}): Bound {
  return {
    slot,
    min: 0,
    minBy: 'image',
    max: null,
    maxBy: null,
    remaining: null,
    remainingBy: null,
    total: null,
    totalBy: null,
    own: 0,
    step: slot === 'cuda.shares' ? 0.1 : 1,
    unit: slot === 'cuda.shares' ? 'fGPU' : slot,
    ...change,
  };
}

export const gib = (count: number) => count * gibBytes;

function preset(name: string, cpu: number, memGib: number, gpu = 0, startsNow = true): Preset {
  return {
    name,
    slots: { cpu: String(cpu), mem: String(gib(memGib)), ...(gpu > 0 ? { 'cuda.shares': String(gpu) } : {}) },
    shmem: null,
    startsNow,
  };
}

const limited = { maxBy: 'policy', totalBy: 'policy', remainingBy: 'resource-group' } as const;

export const bounds: LauncherBounds = {
  bounds: [
    bound('cpu', { ...limited, min: 1, max: 8, total: 8, remaining: 4 }),
    bound('mem', { ...limited, min: gib(0.25), max: gib(32), total: gib(32), remaining: gib(16) }),
    bound('cuda.shares', { ...limited, max: 2, total: 2, remaining: 1 }),
  ],
  presets: [
    preset('b-small', 1, 2),
    preset('c-gpu', 2, 8, 0.5),
    preset('d-large', 8, 32, 2, false),
    preset('e-huge', 64, 512),
  ],
  sessionsLeft: 3,
  maxContainers: 4,
  groups: [
    { name: 'default', remaining: { cpu: '4', mem: String(gib(16)), 'cuda.shares': '1' } },
    { name: 'gpu-farm', remaining: { cpu: '64', mem: String(gib(256)), 'cuda.shares': '8' } },
  ],
};

const version = (image: string, change: Partial<LauncherOptions['environments'][number]['versions'][number]> = {}) => ({
  image,
  architecture: 'x86_64',
  label: image,
  tag: image.split(':')[1] ?? '',
  aliases: [],
  customName: null,
  installed: true,
  accelerators: ['cuda'],
  services: ['jupyter'],
  servicePorts: [8081],
  minimum: { cpu: '1', mem: String(gib(0.25)) },
  ...change,
});

export const options: LauncherOptions = {
  environments: [
    {
      id: 'cr/python',
      title: 'Python',
      versions: [version('cr/python:3.12'), version('cr/python:3.9', { installed: false })],
    },
    { id: 'cr/r-base', title: 'R', versions: [version('cr/r-base:4', { accelerators: [] })] },
  ],
  defaultEnvironment: 'cr/python',
  pinned: [],
  recent: [],
  projects: ['lab'],
  projectId: 'p-1',
  resourceGroups: ['default', 'gpu-farm'],
  slots: [
    { name: 'cpu', unit: 'Core', title: 'CPU', description: '', step: 1 },
    { name: 'mem', unit: 'GiB', title: 'Memory', description: '', step: null },
    { name: 'cuda.shares', unit: 'fGPU', title: 'GPU', description: '', step: 0.1 },
  ],
  rules: {
    customAmounts: true,
    manualImage: true,
    maxPorts: 3,
    maxShmemBytes: null,
    batchTimeout: true,
    priority: true,
    readOnlyMounts: true,
    agents: false,
    owner: true,
  },
};

export function folder(id: string, name: string, change: Partial<Folder> = {}): Folder {
  return {
    id,
    name,
    host: 'local:a',
    permission: 'rw',
    usageMode: 'general',
    ownership: 'user',
    automatic: name.startsWith('.'),
    status: 'ready',
    createdAt: null,
    projectId: null,
    ...change,
  };
}

export const answers: Answers = {
  options,
  bounds,
  limits: 'known',
  folders: [
    folder('f-data', 'data'),
    folder('f-ro', 'corpus', { permission: 'ro' }),
    folder('f-dot', '.config'),
    folder('f-other', 'theirs', { ownership: 'group', projectId: 'p-2' }),
    folder('f-trash', 'old', { status: 'error' }),
    folder('f-cold', 'archive', { host: 'local:cold' }),
  ],
  mountHosts: ['local:a'],
  living: [
    { id: '6f1d0a30-0000-4000-8000-000000000001', name: 'train-1', project: 'lab' },
    { id: '6f1d0a30-0000-4000-8000-000000000002', name: 'other-lab', project: 'elsewhere' },
  ],
  refusedNames: [],
  now: new Date(2026, 4, 1, 12, 0, 0),
};

export const spec: LaunchSpec = {
  ...newSpec('calm-bay-10'),
  mounts: [{ id: 'f-data', name: 'data', alias: '', readOnly: false }],
};

/** Amounts by hand: the preset no longer counts. */
export function custom(cpu: string, mem: string, gpu = '0'): Partial<LaunchSpec> {
  return { custom: { cpu, mem, gpu }, accelerator: 'cuda.shares' };
}
