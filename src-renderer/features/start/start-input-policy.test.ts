import { describe, expect, it } from 'vitest';
import type { LaunchSpec } from '../../../src-preload/contract/launch-spec.ts';
import { LaunchSpec as LaunchSpecSchema } from '../../../src-preload/contract/launch-spec.ts';
import { StartInput } from '../../../src-preload/contract/sessions.ts';
import { formOf } from './form-policy.ts';
import { newSpec } from './spec-policy.ts';
import { startInputs } from './start-input-policy.ts';
import { answers, bound, bounds, custom, gib, options, spec } from './testing.ts';

const accountId = 'account-1';
function inputs(choose: Partial<LaunchSpec> = {}, rules = options.rules) {
  const chosen = { ...spec, ...choose };
  return startInputs(accountId, chosen, formOf(chosen, answers), rules, () => 0);
}

describe('startInputs', () => {
  it('says no more than what was chosen', () => {
    expect(inputs()).toEqual([
      {
        accountId,
        name: 'calm-bay-10',
        image: 'cr/python:3.12',
        architecture: 'x86_64',
        project: 'lab',
        resourceGroup: 'default',
        slots: { cpu: '1', mem: String(gib(2)) },
        shmemBytes: 64 * 2 ** 20,
        mounts: ['f-data'],
        clusterMode: 'single-node',
        clusterSize: 1,
      },
    ]);
  });
  it('takes everything along, as the contract wants it', () => {
    const dependency = '6f1d0a30-0000-4000-8000-000000000001';
    const [input] =
      inputs({
        ...custom('2', '4', '1'),
        type: 'batch',
        batch: { command: 'make', startsAt: '2026-05-01T18:00', timeout: { amount: '2', unit: 'h' } },
        clusterMode: 'multi-node',
        clusterSize: '2',
        mounts: [
          { id: 'f-data', name: 'data', alias: 'in', readOnly: true },
          { id: 'f-ro', name: 'corpus', alias: '', readOnly: true },
        ],
        environ: [{ name: 'A', value: ' 1 ' }],
        threads: { openmp: '4', openblas: '1' },
        ports: [{ ports: '9000:9001', name: 'mine' }],
        bootstrap: 'echo hi',
        priority: '20',
        dependencies: [dependency],
        owner: { email: 'a@b.c', accessKey: ' KEY ' },
      }) ?? [];
    expect(StartInput.parse(input)).toEqual(input);
    expect(input).toMatchObject({
      type: 'batch',
      startupCommand: 'make',
      batchTimeout: '7200',
      clusterMode: 'multi-node',
      clusterSize: 2,
      mounts: ['f-data', 'f-ro'],
      mountOptions: { 'f-data': { target: 'in', readOnly: true } },
      environ: { A: ' 1 ', OMP_NUM_THREADS: '4', OPENBLAS_NUM_THREADS: '1' },
      preopenPorts: [9000, 9001],
      bootstrapScript: 'echo hi',
      priority: 20,
      dependencies: [dependency],
      ownerAccessKey: 'KEY',
      slots: { cpu: '2', mem: String(gib(4)), 'cuda.shares': '1' },
    });
    expect(new Date(input?.startsAt ?? '').getTime()).toBe(new Date(2026, 4, 1, 18).getTime());
  });
  it('leaves out what the site or the account cannot do, and batch fields of an interactive one', () => {
    const none = { ...options.rules, priority: false, owner: false, readOnlyMounts: false };
    const [input] =
      inputs({ priority: '20', owner: { email: 'a', accessKey: 'k' }, batch: { ...spec.batch, command: 'x' } }, none) ??
      [];
    for (const key of ['priority', 'ownerAccessKey', 'startupCommand', 'type', 'mountOptions']) {
      expect(input).not.toHaveProperty(key);
    }
  });
  it('names several sessions, and sends nothing that a verdict forbids', () => {
    expect(inputs({ count: '3' })?.map(({ name }) => name)).toEqual([
      'calm-bay-10-aaaa-1',
      'calm-bay-10-aaaa-2',
      'calm-bay-10-aaaa-3',
    ]);
    expect(inputs({ name: 'x' })).toBeNull();
    expect(inputs(custom('99', '1'))).toBeNull();
  });
});

it('is a plain value that reads back', () => {
  expect(LaunchSpecSchema.parse(JSON.parse(JSON.stringify(newSpec('a'))))).toEqual(newSpec('a'));
});

it('keeps the shared memory of a preset that ends because another amount is typed', () => {
  const presets = bounds.presets.map((it) => (it.name === 'c-gpu' ? { ...it, shmem: String(gib(2)) } : it));
  const site = { ...answers, bounds: { ...bounds, presets } };
  const before = formOf({ ...spec, preset: 'c-gpu' }, site);
  expect(before.keptShmem).toBe('2');
  const typed = { ...spec, ...custom('3', '8'), shmem: before.keptShmem };
  expect(formOf(typed, site).shmem.mib).toBe(2048);
  expect(formOf(spec, site).keptShmem).toBeNull();
});

it('asks for every kind of accelerator that the preset has, until an amount is chosen by hand', () => {
  const both = { 'cuda.shares': '0.5', 'rocm.device': '1' };
  const [pair, ...others] = bounds.presets.map((it) => ({ ...it, slots: { ...it.slots, ...both } }));
  if (!pair) throw new Error('No presets');
  const offered = [...bounds.bounds, bound('rocm.device', { max: 2, remaining: 1 })];
  const anyImage = { environments: options.environments.map(withAccelerators) };
  const site = {
    ...answers,
    options: { ...options, ...anyImage },
    bounds: { ...bounds, bounds: offered, presets: [pair, ...others] },
  };
  const slotsOf = (choose: Partial<LaunchSpec>) => {
    const chosen = { ...spec, preset: pair.name, ...choose };
    return startInputs(accountId, chosen, formOf(chosen, site), options.rules, () => 0)?.[0]?.slots;
  };
  expect(slotsOf({})).toEqual({ cpu: '1', mem: String(gib(2)), ...both });
  // Whichever the field shows, the other one comes along.
  expect(slotsOf({ accelerator: 'rocm.device' })).toEqual({ cpu: '1', mem: String(gib(2)), ...both });
  expect(slotsOf(custom('1', '2', '0.5'))).toEqual({ cpu: '1', mem: String(gib(2)), 'cuda.shares': '0.5' });
});

function withAccelerators(it: (typeof options.environments)[number]): typeof it {
  return { ...it, versions: it.versions.map((version) => ({ ...version, accelerators: ['*'] })) };
}
