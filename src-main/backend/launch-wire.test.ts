import { describe, expect, it } from 'vitest';
import type { Folder } from '../../src-preload/contract/launcher.ts';
import type { StartInput } from '../../src-preload/contract/sessions.ts';
import { type LaunchFacts, launchBody } from './launch-wire.ts';
import { featuresOf } from './version-gates.ts';

const folder = (id: string, name: string): Folder => ({
  id,
  name,
  host: 'local',
  permission: 'rw',
  usageMode: 'general',
  ownership: 'user',
  automatic: false,
  status: 'ready',
  createdAt: null,
  projectId: null,
});
const facts: LaunchFacts = {
  can: featuresOf('24.09.5', 'v8.20240915'),
  domain: 'research',
  folders: [folder('id-1', 'data'), folder('id-2', 'models')],
  minimumMemBytes: 0,
};
const input: StartInput = {
  accountId: 'account-1',
  name: 'train',
  image: 'r/python:3.11',
  architecture: 'x86_64',
  project: 'default',
  resourceGroup: 'gpu',
  slots: { cpu: '2', mem: String(4 * 2 ** 30), 'cuda.shares': '0.5', 'rocm.device': '0' },
  shmemBytes: null,
  mounts: ['id-2', 'id-1'],
};

describe('launchBody', () => {
  it('states every default that a manager would guess', () => {
    expect(launchBody(input, facts)).toEqual({
      name: 'train',
      image: 'r/python:3.11',
      architecture: 'x86_64',
      type: 'interactive',
      group: 'default',
      domain: 'research',
      cluster_size: 1,
      cluster_mode: 'single-node',
      enqueueOnly: true,
      reuseIfExists: false,
      config: {
        mounts: ['models', 'data'],
        environ: {},
        scaling_group: 'gpu',
        resources: { cpu: '2', mem: '4294967296', 'cuda.shares': '0.5' },
        resource_opts: { shmem: String(2 ** 30) },
      },
    });
  });

  it('mounts by id where the API can, by name elsewhere', () => {
    const config = (manager: string, api: string) =>
      launchBody(input, { ...facts, can: featuresOf(manager, api) }).config;
    expect(config('25.12.0', 'v9.20250722')).toMatchObject({ mount_ids: ['id-2', 'id-1'] });
    expect(config('25.12.0', 'v9.20250722')).not.toHaveProperty('mounts');
    expect(config('25.12.0', 'v8.20240915')).not.toHaveProperty('mount_ids');
    expect(config('22.03.14', 'v6.20220615')).not.toHaveProperty('mount_ids');
  });

  const mountOptions = { 'id-2': { target: 'm', readOnly: true }, 'id-1': { target: '/mnt/data', subpath: '/raw/' } };

  it('mounts read-only and in part by name, also where ids could be used', () => {
    expect(launchBody({ ...input, mountOptions }, facts).config).toMatchObject({
      mounts: ['models', 'data/raw'],
      mount_map: { models: '/home/work/m', 'data/raw': '/mnt/data' },
      mount_options: { models: { type: 'bind', permission: 'ro' } },
    });
    const newest = { ...facts, can: featuresOf('26.8.1') };
    const { config } = launchBody(
      { ...input, mountOptions: { 'id-2': { readOnly: true }, 'id-1': { target: 'd' } } },
      newest,
    );
    expect(config).toMatchObject({
      mount_ids: ['id-1'],
      mount_id_map: { 'id-1': '/home/work/d' },
      mounts: ['models'],
      mount_options: { models: { permission: 'ro' } },
    });
    const twice = { ...newest, folders: [...facts.folders, folder('id-3', 'models')] };
    expect(() => launchBody({ ...input, mountOptions }, twice)).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });

  it('asks for no read-only mount where the folder is read-only already', () => {
    const old = {
      ...facts,
      can: featuresOf('23.09.11'),
      folders: [{ ...folder('id-2', 'models'), permission: 'ro' as const }],
    };
    const { config } = launchBody({ ...input, mounts: ['id-2'], mountOptions: { 'id-2': { readOnly: true } } }, old);
    expect(config).toMatchObject({ mounts: ['models'] });
    expect(config).not.toHaveProperty('mount_options');
  });

  const everything: StartInput = {
    ...input,
    type: 'batch',
    startupCommand: 'python train.py',
    startsAt: '2h',
    batchTimeout: '1d',
    environ: { EPOCHS: '3' },
    preopenPorts: [8080, 8080, 9000],
    bootstrapScript: 'echo hi',
    clusterMode: 'multi-node',
    clusterSize: 2,
    priority: 20,
    dependencies: ['3f0c2d6e-1b2a-4c3d-9e8f-001122334455'],
    agents: ['i-1', 'i-2'],
    tag: 'night',
    allowFractionalFragmentation: true,
    ownerAccessKey: 'AKOTHER',
    ownerDomain: 'other',
  };

  it('sends everything that was asked for', () => {
    expect(launchBody(everything, { ...facts, can: featuresOf('24.12.0', 'v8.20240915') })).toMatchObject({
      type: 'batch',
      startupCommand: 'python train.py',
      starts_at: '2h',
      batch_timeout: '1d',
      bootstrap_script: 'echo hi',
      cluster_mode: 'multi-node',
      cluster_size: 2,
      priority: 20,
      dependencies: ['3f0c2d6e-1b2a-4c3d-9e8f-001122334455'],
      tag: 'night',
      domain: 'other',
      owner_access_key: 'AKOTHER',
      config: {
        environ: { EPOCHS: '3' },
        preopen_ports: [8080, 9000],
        agent_list: ['i-1', 'i-2'],
        resource_opts: { shmem: String(2 ** 30), allow_fractional_resource_fragmentation: true },
      },
    });
  });

  it.each([
    ['22.09.23', { type: 'inference' }, 'inferenceSessions'],
    ['23.09.11', { mountOptions: { 'id-2': { readOnly: true } } }, 'mountOptions'],
    ['24.03.11', { priority: 20 }, 'priority'],
    ['24.09.14', { type: 'batch', startupCommand: 'x', batchTimeout: '1h' }, 'batchTimeout'],
    ['24.09.14', { network: '3f0c2d6e-1b2a-4c3d-9e8f-001122334455' }, 'attachNetwork'],
    ['26.4.10', { jobPriority: 1 }, 'jobPriority'],
    ['26.4.10', { preemptible: true }, 'preemptible'],
  ] as const)('%s cannot %j', (manager, change, feature) => {
    expect(() => launchBody({ ...input, ...change } as StartInput, { ...facts, can: featuresOf(manager) })).toThrow(
      expect.objectContaining({ code: 'unsupported', params: expect.objectContaining({ feature }) }),
    );
  });

  it('leaves the usual priority out where it is not known', () => {
    const body = launchBody({ ...input, priority: 10 }, { ...facts, can: featuresOf('24.03.11') });
    expect(body).not.toHaveProperty('priority');
  });

  it.each([
    [{ type: 'batch' }, 'startupCommand'],
    [{ startupCommand: 'x' }, 'startupCommand'],
    [{ batchTimeout: '1h' }, 'batchTimeout'],
  ] as const)('refuses %j', (change, field) => {
    expect(() => launchBody({ ...input, ...change } as StartInput, facts)).toThrow(
      expect.objectContaining({ code: 'invalid-input', params: expect.objectContaining({ field }) }),
    );
  });

  it('sends the shared memory that was asked for', () => {
    expect(launchBody({ ...input, shmemBytes: 123 }, facts).config).toMatchObject({ resource_opts: { shmem: '123' } });
  });

  it('refuses a folder that is not there', () => {
    expect(() => launchBody({ ...input, mounts: ['id-9'] }, facts)).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});
