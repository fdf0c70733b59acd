import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bound, LauncherBounds, LauncherOptions, Preset } from '../../../src-preload/contract/launcher.ts';
import { gibBytes, judgeAmount, ruleOf } from './amount-policy.ts';
import { chosenAmounts, chosenImage, chosenResourceGroup, Draft, emptyDraft, imageCanUse } from './draft-policy.ts';
import { automaticPreset, presetFits } from './preset-policy.ts';

const bound = (slot: string, min: number, max: number | null, remaining = max): Bound => ({
  slot,
  min,
  minBy: 'image',
  max,
  maxBy: 'policy',
  remaining,
  remainingBy: 'resource-group',
  step: slot === 'cuda.shares' ? 0.1 : 1,
  unit: '',
});
const preset = (name: string, cpu: number, gib: number, gpu = 0, startsNow = true): Preset => ({
  name,
  slots: { cpu: String(cpu), mem: String(gib * gibBytes), ...(gpu ? { 'cuda.shares': String(gpu) } : {}) },
  shmem: null,
  startsNow,
});
const answer: LauncherBounds = {
  bounds: [bound('cpu', 1, 8), bound('mem', gibBytes / 4, 16 * gibBytes), bound('cuda.shares', 0, 2)],
  presets: [
    preset('c-large', 64, 8),
    preset('b-small', 1, 2),
    preset('a-busy', 2, 4, 0, false),
    preset('d-gpu', 4, 8, 0.5),
  ],
  sessionsLeft: null,
};
const version = (image: string, installed: boolean) => ({
  image,
  architecture: 'x86_64',
  label: image,
  installed,
  accelerators: ['cuda'],
  services: [],
  minimum: {},
});
const options: LauncherOptions = {
  environments: [
    { id: 'r', title: 'R', versions: [version('r:1', false)] },
    { id: 'python', title: 'Python', versions: [version('python:2', false), version('python:1', true)] },
  ],
  defaultEnvironment: null,
  projects: ['p'],
  resourceGroups: ['big', 'default'],
  slots: [],
};
const draft = emptyDraft('calm-bay-10');

describe('presets', () => {
  it('begins with the first by name that fits and starts now', () => {
    expect(automaticPreset(answer.presets, answer.bounds)?.name).toBe('b-small');
    expect(automaticPreset(answer.presets.slice(0, 1), answer.bounds)).toBeNull();
  });
  it('refuses one whose accelerator is not offered', () => {
    expect(presetFits(preset('x', 1, 1, 1), answer.bounds.slice(0, 2))).toBe(false);
  });
});

describe('chosenAmounts', () => {
  it('keeps a named preset while it fits, else takes the automatic one', () => {
    expect(chosenAmounts({ ...draft, preset: 'd-gpu' }, answer, ['*'])).toMatchObject({
      preset: { name: 'd-gpu' },
      amounts: { cpu: '4', mem: '8', gpu: '0.5' },
      accelerator: 'cuda.shares',
    });
    expect(chosenAmounts({ ...draft, preset: 'd-gpu' }, answer, []).preset?.name).toBe('b-small');
    expect(chosenAmounts({ ...draft, preset: 'c-large' }, answer, ['*']).preset?.name).toBe('b-small');
  });
  it('keeps what was typed, whatever the site answers', () => {
    const custom = { cpu: '3', mem: '0,5', gpu: '' };
    expect(chosenAmounts({ ...draft, custom }, answer, []).amounts).toEqual(custom);
  });
  it('without presets asks for amounts that the bounds allow', () => {
    fc.assert(
      fc.property(fc.nat(16), fc.nat(16), fc.nat(64), fc.nat(64), (minCpu, moreCpu, minMib, moreMib) => {
        const mem = bound('mem', minMib * 2 ** 26, (minMib + moreMib + 1) * 2 ** 26);
        const cpu = bound('cpu', minCpu, minCpu + moreCpu);
        const { amounts } = chosenAmounts(draft, { bounds: [cpu, mem], presets: [], sessionsLeft: null }, []);
        expect(judgeAmount(amounts.cpu, ruleOf(cpu)).problem).toBeNull();
        expect(judgeAmount(amounts.mem, ruleOf(mem)).problem).toBeNull();
      }),
    );
  });
  it('does not offer an accelerator that the image cannot use', () => {
    expect(chosenAmounts(draft, answer, ['rocm'])).toMatchObject({
      accelerator: 'cuda.shares',
      acceleratorUsable: false,
    });
    expect(imageCanUse('cuda.shares', [''])).toBe(true);
    expect(imageCanUse('cuda.shares', [])).toBe(false);
  });
});

describe('defaults', () => {
  it('takes an image that needs no download', () => {
    expect(chosenImage(draft, options)?.version.image).toBe('python:1');
    expect(chosenImage({ ...draft, environmentId: 'r' }, options)?.version.image).toBe('r:1');
    expect(chosenImage({ ...draft, environmentId: 'gone' }, options)?.version.image).toBe('python:1');
  });
  it('takes the default resource group unless another was chosen that still exists', () => {
    expect(chosenResourceGroup(draft, options)).toBe('default');
    expect(chosenResourceGroup({ ...draft, resourceGroup: 'big' }, options)).toBe('big');
    expect(chosenResourceGroup({ ...draft, resourceGroup: 'gone' }, options)).toBe('default');
  });
});

it('a draft holds nothing beside the choices', () => {
  expect(Draft.safeParse(draft).success).toBe(true);
  expect(Draft.safeParse({ ...draft, secretKey: 'x' }).success).toBe(false);
});
