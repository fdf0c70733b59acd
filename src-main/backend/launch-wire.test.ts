import { describe, expect, it } from 'vitest';
import type { Folder } from '../../src-preload/contract/launcher.ts';
import { type LaunchFacts, launchBody } from './launch-wire.ts';

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
});
const facts: LaunchFacts = {
  apiVersion: 'v8.20240915',
  domain: 'research',
  folders: [folder('id-1', 'data'), folder('id-2', 'models')],
  minimumMemBytes: 0,
};
const input = {
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
    const config = (apiVersion: string) => launchBody(input, { ...facts, apiVersion }).config;
    expect(config('v9.20250722')).toMatchObject({ mount_ids: ['id-2', 'id-1'] });
    expect(config('v9.20250722')).not.toHaveProperty('mounts');
    for (const version of ['v6.20220615', 'v8.20240915']) expect(config(version)).not.toHaveProperty('mount_ids');
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
