import { describe, expect, it } from 'vitest';
import type { LaunchSpec } from '../../../../src-preload/contract/launch-spec.ts';
import { formOf } from '../form-policy.ts';
import { allowedSpec, newSpec } from '../spec-policy.ts';
import { startInputs } from '../start-input-policy.ts';
import { answers, bounds, custom, gib, options } from '../testing.ts';
import { changesOf, fitRecipe, freeName, type Here } from './fit-policy.ts';

const here: Here = {
  options,
  folders: answers.folders ?? [],
  taken: new Set(['train-1', 'train-1-2']),
  siteName: 'lab-a',
};
const now = answers.now;

function changes(change: Partial<LaunchSpec>, rest: { madeFor?: string; leftOut?: string[] } = {}, known = bounds) {
  const recipe = {
    title: '',
    madeFor: rest.madeFor ?? 'lab-a',
    leftOut: rest.leftOut ?? [],
    spec: { ...newSpec('fresh'), ...change },
  };
  return changesOf(recipe, here, known, now).map(({ kind, what, instead }) => [kind, what, instead]);
}

describe('a launch that fits', () => {
  it('has nothing to tell', () => {
    expect(
      changes({
        environmentId: 'cr/python',
        version: 'cr/python:3.12@x86_64',
        project: 'lab',
        resourceGroup: 'gpu-farm',
        preset: 'c-gpu',
        mounts: [{ id: 'f-data', name: 'data', alias: '', readOnly: false }],
      }),
    ).toEqual([]);
  });

  it('finds folders of another site by name, and the environment of a bare image', () => {
    const fitted = fitRecipe(
      {
        ...newSpec('fresh'),
        version: 'cr/r-base:4@x86_64',
        mounts: [{ id: 'of-lab-b', name: 'data', alias: 'in', readOnly: true }],
      },
      here,
    );
    expect(fitted.environmentId).toBe('cr/r-base');
    expect(fitted.mounts).toEqual([{ id: 'f-data', name: 'data', alias: 'in', readOnly: true }]);
  });
});

describe('a launch that does not', () => {
  it('names everything that differs, and what stands in for it', () => {
    expect(
      changes(
        {
          name: 'train-1',
          environmentId: 'cr/gone',
          version: 'cr/gone:1@x86_64',
          project: 'elsewhere',
          resourceGroup: 'old-farm',
          preset: 'a-none',
          mounts: [
            { id: 'x', name: 'lost', alias: '', readOnly: false },
            { id: 'f-ro', name: 'corpus', alias: '', readOnly: false },
          ],
        },
        { madeFor: 'lab-b', leftOut: ['API_KEY'] },
      ),
    ).toEqual([
      ['other-site', 'lab-b', 'lab-a'],
      ['name-taken', 'train-1', 'train-2'],
      ['environment-gone', 'cr/gone:1@x86_64', 'Python cr/python:3.12'],
      ['project-gone', 'elsewhere', 'lab'],
      ['group-gone', 'old-farm', 'default'],
      ['preset-gone', 'a-none', null],
      ['folder-gone', 'lost', null],
      ['folder-read-only', 'corpus', null],
      ['value-left-out', 'API_KEY', null],
    ]);
  });

  it('tells a version, an accelerator, a time and a name of an image that hold no more', () => {
    expect(changes({ environmentId: 'cr/python', version: 'cr/python:2.7@x86_64' })).toEqual([
      ['version-gone', 'cr/python:2.7@x86_64', 'Python cr/python:3.12'],
    ]);
    expect(changes({ ...custom('1', '1', '1'), accelerator: 'rocm.device' })).toEqual([
      ['accelerator-gone', 'rocm.device', null],
    ]);
    expect(changes({ type: 'batch', batch: { command: 'x', startsAt: '2026-01-01T00:00', timeout: null } })).toEqual([
      ['time-passed', '2026-01-01T00:00', null],
    ]);
    const strict = { ...here, options: { ...options, rules: { ...options.rules, manualImage: false } } };
    const recipe = { title: '', madeFor: null, leftOut: [], spec: { ...newSpec('a'), manualImage: 'r/p/i:1' } };
    expect(changesOf(recipe, strict, null, now)).toMatchObject([{ kind: 'manual-refused', what: 'r/p/i:1' }]);
  });
});

describe('a launch that asks for what this site does not take', () => {
  const poor = {
    ...options,
    rules: {
      ...options.rules,
      ...{ customAmounts: false, batchTimeout: false, maxPorts: 0, priority: false, readOnlyMounts: false },
    },
  };
  const launch: LaunchSpec = {
    ...newSpec('fresh'),
    ...custom('2', '4'),
    type: 'batch',
    batch: { command: 'make', startsAt: null, timeout: { amount: '2', unit: 'h' } },
    ports: [{ ports: '8080', name: 'mine' }],
    priority: '20',
    agents: ['i-1'],
    mounts: [
      { id: 'f-data', name: 'data', alias: '', readOnly: true },
      { id: 'f-ro', name: 'corpus', alias: '', readOnly: true },
    ],
  };

  it('says each', () => {
    const recipe = { title: '', madeFor: null, leftOut: [], spec: launch };
    expect(changesOf(recipe, { ...here, options: poor }, bounds, now).map(({ kind, what }) => [kind, what])).toEqual([
      ['read-only-refused', 'data'],
      ['amounts-refused', '2 CPU, 4 GiB'],
      ['timeout-refused', '2 h'],
      ['ports-refused', '8080'],
      ['priority-refused', '20'],
      ['machines-refused', 'i-1'],
    ]);
  });

  it('leaves it out of what is sent, and shows no read-only mark that would not hold', () => {
    const spec = allowedSpec(launch, poor.rules);
    const form = formOf(spec, { ...answers, options: poor });
    const [input] = startInputs('account-1', spec, form, poor.rules, () => 0) ?? [];
    expect(spec.mounts.map(({ readOnly }) => readOnly)).toEqual([false, false]);
    expect(input).toMatchObject({ type: 'batch', startupCommand: 'make', slots: { cpu: '1', mem: String(gib(2)) } });
    for (const key of ['batchTimeout', 'preopenPorts', 'priority', 'agents', 'mountOptions']) {
      expect(input).not.toHaveProperty(key);
    }
  });
});

describe('freeName', () => {
  it('counts on, and stays within what a site takes', () => {
    expect(freeName('a-name', new Set())).toBe('a-name');
    expect(freeName('run-7', new Set(['run-7', 'run-2']))).toBe('run-3');
    const long = 'x'.repeat(64);
    expect(freeName(long, new Set([long]))).toHaveLength(64);
  });
});
