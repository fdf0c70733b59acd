/**
 * Golden verdicts: from choices and a site's answers to the sentence that a person reads. Each fix that is offered is
 * carried out too, and must make its reason fall away.
 */
import { describe, expect, it } from 'vitest';
import type { LaunchSpec } from '../../../../src-preload/contract/launch-spec.ts';
import { type Answers, formOf } from '../form-policy.ts';
import { answers, bound, bounds, custom, gib, options, spec } from '../testing.ts';
import { applyFix } from './fix-policy.ts';
import type { Fix, Verdict } from './verdict-policy.ts';

interface Situation {
  readonly name: string;
  readonly choose?: Partial<LaunchSpec>;
  readonly site?: Partial<Answers>;
  readonly kind: string;
  /** Reasons, each with the fixes beside it. */
  readonly says: readonly string[];
}

const words = (fix: Fix): string => {
  switch (fix.type) {
    case 'amount':
      return `${fix.field} to ${fix.text} (${fix.to})`;
    case 'preset':
    case 'resource-group':
    case 'environment':
      return `${fix.type} ${fix.title}`;
    case 'cluster-size':
    case 'count':
      return `${fix.type} ${fix.text}`;
    case 'untick':
    case 'default-path':
      return `${fix.type} ${fix.name}`;
    case 'show':
      return `show ${fix.part}`;
    default:
      return fix.type;
  }
};

function reasonsOf(verdict: Verdict): readonly { readonly text: string; readonly fixes: readonly Fix[] }[] {
  if (verdict.kind !== 'cannot' && verdict.kind !== 'wait') return [];
  return verdict.reasons.map((reason) => {
    const what: unknown[] = [reason.type];
    if ('field' in reason) what.push(reason.field);
    if ('why' in reason) what.push(reason.why);
    if ('problem' in reason) what.push(typeof reason.problem === 'string' ? reason.problem : reason.problem.type);
    if ('by' in reason) what.push(`free by ${reason.by}`);
    return { text: what.join(' '), fixes: reason.fixes };
  });
}

function show(verdict: Verdict): { kind: string; says: string[] } {
  const never = verdict.kind === 'cannot' && verdict.never ? 'never' : verdict.kind;
  const kind = 'downloads' in verdict && verdict.downloads ? `${never} after download` : never;
  const says = reasonsOf(verdict).map(({ text, fixes }) => [text, ...fixes.map(words)].join(' | '));
  return { kind, says };
}

const train = answers.living?.[0]?.id ?? '';
const mount = (id: string, name: string, alias = '') => ({ id, name, alias, readOnly: false });
const batch = (change: Partial<LaunchSpec['batch']>): Partial<LaunchSpec> => ({
  type: 'batch',
  batch: { command: 'python train.py', startsAt: null, timeout: null, ...change },
});
const withBounds = (change: Partial<typeof bounds>): Partial<Answers> => ({ bounds: { ...bounds, ...change } });
const presetsOnly = { ...options, rules: { ...options.rules, customAmounts: false } };
const onlyGroup = { ...options, resourceGroups: ['default'] };

const situations: Situation[] = [
  { name: 'the automatic preset is free', kind: 'now', says: [] },
  { name: 'amounts within a preset that starts', choose: custom('2', '4', '0.5'), kind: 'now', says: [] },
  {
    name: 'a version that no agent has',
    choose: { environmentId: 'cr/python', version: 'cr/python:3.9@x86_64' },
    kind: 'now after download',
    says: [],
  },
  {
    name: 'more cores than are free',
    choose: custom('6', '4'),
    kind: 'wait',
    says: ['amount cpu free by resource-group | cpu to 4 (free) | preset b-small | resource-group gpu-farm'],
  },
  {
    name: 'more GPU than is free',
    choose: custom('1', '4', '1.5'),
    kind: 'wait',
    says: [
      'amount gpu free by resource-group | gpu to 1 (free) | no-accelerator | preset b-small | resource-group gpu-farm',
    ],
  },
  {
    name: 'no GPU free at all, and no other group',
    choose: custom('1', '4', '0.5'),
    site: {
      options: onlyGroup,
      ...withBounds({
        presets: [],
        groups: [],
        bounds: bounds.bounds.map((it) =>
          it.slot === 'cuda.shares' ? { ...it, remaining: 0, remainingBy: 'policy' } : it,
        ),
      }),
    },
    kind: 'wait',
    says: ['amount gpu free by policy | no-accelerator'],
  },
  {
    name: 'enough in all, but on no single machine',
    choose: custom('4', '16'),
    site: withBounds({
      presets: [{ name: 'half', slots: { cpu: '4', mem: String(gib(16)) }, shmem: null, startsNow: false }],
      groups: [],
    }),
    kind: 'wait',
    says: ['machine'],
  },
  {
    name: 'no session left by policy',
    site: withBounds({ sessionsLeft: 0 }),
    kind: 'wait',
    says: ['sessions'],
  },
  {
    name: 'more sessions in one go than the policy leaves',
    choose: { ...custom('1', '2'), count: '4' },
    kind: 'wait',
    says: ['sessions | count 3'],
  },
  {
    name: 'a go that asks more than is free in sum',
    choose: { ...custom('2', '2'), count: '3' },
    kind: 'wait',
    says: ['amount cpu free by resource-group | cpu to 1 (free) | preset b-small | resource-group gpu-farm'],
  },
  {
    name: 'a batch job at a later time',
    choose: batch({ startsAt: '2026-05-01T18:00' }),
    kind: 'wait',
    says: ['start-time | no-start-time'],
  },
  {
    name: 'after another session',
    choose: { dependencies: [train] },
    kind: 'wait',
    says: ['dependencies | drop-dependencies'],
  },
  {
    name: 'after a session that is over',
    choose: { dependencies: ['6f1d0a30-0000-4000-8000-0000000000ff'] },
    kind: 'cannot',
    says: ['dependency-gone | drop-dependencies'],
  },
  {
    name: 'more cores than the policy grants',
    choose: custom('12', '4'),
    kind: 'never',
    says: ['amount cpu above | cpu to 8 (most) | preset b-small | resource-group gpu-farm'],
  },
  {
    name: 'more GPU than the policy grants',
    choose: custom('1', '4', '3'),
    kind: 'never',
    says: ['amount gpu above | gpu to 2 (most) | no-accelerator | preset b-small | resource-group gpu-farm'],
  },
  {
    name: 'a GPU that the environment cannot use',
    choose: { ...custom('1', '4', '1'), environmentId: 'cr/r-base' },
    kind: 'never',
    says: ['accelerator image | no-accelerator | environment Python'],
  },
  {
    name: 'a GPU that the group does not have',
    choose: { ...custom('1', '4', '1'), accelerator: 'rocm.device' },
    kind: 'never',
    says: ['accelerator group | no-accelerator'],
  },
  {
    name: 'an environment that needs more than is granted',
    choose: custom('2', '4'),
    site: withBounds({ bounds: [bound('cpu', { min: 16, max: 8, maxBy: 'project' }), ...bounds.bounds.slice(1)] }),
    kind: 'never',
    says: ['amount cpu impossible | resource-group gpu-farm'],
  },
  {
    name: 'a cluster larger than the policy allows',
    choose: { ...custom('1', '1'), clusterSize: '9' },
    kind: 'never',
    says: ['cluster too-many | cluster-size 4'],
  },
  {
    name: 'a share of a GPU in a cluster',
    choose: { ...custom('1', '2', '0.5'), clusterSize: '2', clusterMode: 'multi-node' },
    kind: 'cannot',
    says: ['amount gpu off-step | gpu to 1 (step) | no-accelerator'],
  },
  {
    name: 'a cluster, several times in one go',
    choose: { ...custom('1', '1'), clusterSize: '2', count: '2' },
    kind: 'cannot',
    says: ['count with-cluster | count 1 | cluster-size 1'],
  },
  {
    name: 'an amount off the step',
    choose: custom('1', '2', '0.55'),
    kind: 'cannot',
    says: ['amount gpu off-step | gpu to 0.6 (step) | no-accelerator'],
  },
  {
    name: 'an amount that is not typed yet',
    choose: custom('', '2'),
    kind: 'cannot',
    says: ['amount cpu empty | cpu to 1 (least)'],
  },
  {
    name: 'shared memory larger than memory',
    choose: { ...custom('1', '2'), shmem: '3' },
    kind: 'cannot',
    says: ['shmem above-memory | automatic-shmem'],
  },
  {
    name: 'a name that is taken in this project',
    choose: { name: 'train-1' },
    kind: 'cannot',
    says: ['name taken | another-name'],
  },
  { name: 'a name that is taken in another project only', choose: { name: 'other-lab' }, kind: 'now', says: [] },
  {
    name: 'folders: gone, of another project, not ready, without permission',
    choose: {
      mounts: [
        mount('f-gone', 'lost'),
        mount('f-other', 'theirs'),
        mount('f-trash', 'old'),
        mount('f-cold', 'archive'),
      ],
    },
    kind: 'cannot',
    says: [
      'mount gone | untick lost',
      'mount other-project | untick theirs',
      'mount not-ready | untick old',
      'mount no-permission | untick archive',
    ],
  },
  {
    name: 'folders: the same place, an automatic one, a system directory',
    choose: {
      mounts: [mount('f-data', 'data'), mount('f-ro', 'corpus', 'data'), mount('f-data', 'data', '/etc/data')],
    },
    kind: 'cannot',
    says: ['mount same-path | default-path corpus | untick corpus', 'mount system | default-path data | untick data'],
  },
  {
    name: 'a batch job without a command, in the past, with no time limit to read',
    choose: batch({ command: ' ', startsAt: '2026-05-01T11:59', timeout: { amount: '0', unit: 'h' } }),
    kind: 'cannot',
    says: [
      'batch no-command | show batch',
      'batch past-start | start-later | no-start-time',
      'batch bad-timeout | show batch',
    ],
  },
  {
    name: 'variables that are set twice and one without a value',
    choose: {
      environ: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
        { name: 'B', value: '' },
      ],
    },
    kind: 'cannot',
    says: ['environ duplicate | show environ', 'environ duplicate | show environ', 'environ no-value | show environ'],
  },
  {
    name: 'a port of the image and too many',
    choose: {
      ports: [
        { ports: '8081', name: '' },
        { ports: '9000:9002', name: 'mine' },
        { ports: '9100', name: '' },
      ],
    },
    kind: 'cannot',
    says: ['ports taken-by-image | show ports', 'ports too-many | show ports'],
  },
  {
    name: 'for someone else without their key',
    choose: { owner: { email: 'a@b.c', accessKey: '' } },
    kind: 'cannot',
    says: ['owner | no-owner | show owner'],
  },
  {
    name: 'a half-typed image name',
    choose: { manualImage: 'cr/python' },
    kind: 'cannot',
    says: ['bad-image | show image'],
  },
  {
    name: 'presets only: typed amounts of a draft do not count',
    choose: custom('6', '4'),
    site: { options: presetsOnly },
    kind: 'now',
    says: [],
  },
  {
    name: 'presets only, and none fits',
    choose: custom('1', '1'),
    site: { options: presetsOnly, ...withBounds({ presets: [] }) },
    kind: 'never',
    says: ['no-preset | resource-group gpu-farm'],
  },
  {
    name: 'presets only: a share of a GPU in a cluster cannot be typed right',
    choose: { preset: 'c-gpu', clusterSize: '2' },
    site: { options: presetsOnly },
    kind: 'cannot',
    says: ['amount gpu off-step'],
  },
  {
    name: 'what this site does not take, from a launch of another one',
    choose: {
      ...batch({ timeout: { amount: '0', unit: 'h' } }),
      ports: [{ ports: 'x', name: '' }],
      priority: 'high',
      agents: ['i-1', 'i-2'],
    },
    site: {
      options: { ...options, rules: { ...options.rules, batchTimeout: false, maxPorts: 0, priority: false } },
    },
    kind: 'now',
    says: [],
  },
  { name: 'limits still on their way', site: { limits: 'asked' }, kind: 'checking', says: [] },
  { name: 'limits not to be had', site: { limits: 'failed', bounds: null }, kind: 'unknown', says: [] },
];

describe('verdicts', () => {
  it.each(situations)('$name', ({ choose, site, kind, says }) => {
    const form = formOf({ ...spec, ...choose }, { ...answers, ...site });
    expect(show(form.verdict)).toEqual({ kind, says });
  });

  it('is a long list', () => expect(situations.length).toBeGreaterThanOrEqual(20));

  it.each(situations.filter(({ says }) => says.some((line) => line.includes('|'))))(
    'fixes help: $name',
    (situation) => {
      const before = { ...spec, ...situation.choose };
      const site = { ...answers, ...situation.site };
      const form = formOf(before, site);
      for (const { text, fixes } of reasonsOf(form.verdict)) {
        for (const fix of fixes) {
          // Another group or environment brings limits of its own, which only the site can tell; `show` only shows.
          if (fix.type === 'show' || fix.type === 'resource-group' || fix.type === 'environment') continue;
          const change = applyFix(before, fix, {
            amounts: form.chosen.amounts,
            accelerator: form.chosen.accelerator,
            shmem: form.keptShmem,
            now: site.now,
            newName: () => 'quiet-cove-11',
          });
          const after = reasonsOf(formOf({ ...before, ...change }, site).verdict).map((it) => it.text);
          const count = (texts: readonly string[]) => texts.filter((it) => it === text).length;
          const had = count(reasonsOf(form.verdict).map((it) => it.text));
          // A preset frees the amounts; a go of several may still be one too many.
          expect(count(after), `${words(fix)} against ${text}`).toBeLessThan(had);
        }
      }
    },
  );
});
