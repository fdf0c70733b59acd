import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptySpec, type LaunchSpec } from '../../src-preload/contract/launch-spec.ts';
import { BerthError } from '../base/berth-error.ts';
import { readRecipe, withoutSecrets, writeRecipe } from './recipe-policy.ts';

const text = (max: number) => fc.string({ unit: 'grapheme', maxLength: max });
const typed = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 999 }).map(String), fc.constant('0.5'));

const specs: fc.Arbitrary<LaunchSpec> = fc.record({
  name: text(20),
  type: fc.constantFrom('interactive', 'batch'),
  environmentId: fc.option(text(20)),
  version: fc.option(text(20)),
  manualImage: text(20),
  project: fc.option(text(10)),
  resourceGroup: fc.option(text(10)),
  preset: fc.option(text(10)),
  custom: fc.option(fc.record({ cpu: typed, mem: typed, gpu: typed })),
  accelerator: fc.option(fc.constantFrom('cuda.shares', 'cuda.device')),
  shmem: fc.option(typed),
  clusterMode: fc.constantFrom('single-node', 'multi-node'),
  clusterSize: typed,
  count: typed,
  mounts: fc.array(fc.record({ id: text(10), name: text(10), alias: text(20), readOnly: fc.boolean() }), {
    maxLength: 4,
  }),
  batch: fc.record({
    command: text(60),
    startsAt: fc.option(fc.constant('2026-05-01T09:30')),
    timeout: fc.option(fc.record({ amount: typed, unit: fc.constantFrom('s', 'm', 'h', 'd', 'w') })),
  }),
  environ: fc.array(fc.record({ name: text(10), value: text(20) }), { maxLength: 4 }),
  threads: fc.option(fc.record({ openmp: typed, openblas: typed })),
  ports: fc.array(fc.record({ ports: typed, name: text(8) }), { maxLength: 3 }),
  bootstrap: text(60),
  priority: typed,
  dependencies: fc.array(text(8), { maxLength: 2 }),
  owner: fc.option(fc.record({ email: text(8), accessKey: text(8) })),
  agents: fc.array(text(8), { maxLength: 2 }),
});

/** What a recipe may keep of a launch. */
const kept = (spec: LaunchSpec): LaunchSpec => ({ ...withoutSecrets(spec).spec, owner: null, dependencies: [] });

const linkOf = (text: string): string => `berth://launch?recipe=${Buffer.from(text).toString('base64url')}`;
const textOf = (link: string): string => Buffer.from(link.split('=')[1] ?? '', 'base64url').toString();

function refusal(input: string): unknown {
  try {
    return readRecipe(input);
  } catch (error) {
    if (error instanceof BerthError) return { code: error.code, ...error.params };
    throw error;
  }
}

describe('recipes', () => {
  it('come back as they were written, as file and as link', () => {
    fc.assert(
      fc.property(specs, fc.string({ maxLength: 30 }), (spec, title) => {
        const written = writeRecipe(title.trim(), 'lab-a.example', spec);
        const back = readRecipe(written.text);
        expect(back.spec).toEqual(kept(spec));
        expect(back).toMatchObject({ title: title.trim(), madeFor: 'lab-a.example' });
        if (written.link !== null) expect(readRecipe(written.link)).toEqual(back);
        expect(written.fileName).toMatch(/^[\p{L}\p{N}_][^/\\\s]*\.berth\.json$|^launch\.berth\.json$/u);
      }),
      { numRuns: 200 },
    );
  });

  it('are small and readable: only what a person chose', () => {
    const spec = { ...emptySpec, name: 'train-vit', preset: 'gpu-small' };
    expect(JSON.parse(writeRecipe('ViT', 'lab-a', spec).text)).toEqual({
      berthRecipe: 1,
      title: 'ViT',
      madeFor: 'lab-a',
      launch: { name: 'train-vit', preset: 'gpu-small' },
    });
  });

  it('name the place of what is wrong', () => {
    expect(refusal('{"berthRecipe": 1,\n  "launch": {"name": }}')).toMatchObject({
      code: 'recipe-invalid',
      reason: 'not-json',
      where: '2:22',
    });
    expect(refusal('{"name": "x"}')).toMatchObject({ reason: 'not-a-recipe' });
    expect(refusal('{"berthRecipe": 2, "launch": {}}')).toMatchObject({ reason: 'not-a-recipe' });
    expect(refusal('{"berthRecipe": 1, "launch": {"nam": "x"}}')).toMatchObject({
      reason: 'unknown-key',
      where: 'launch.nam',
    });
    expect(refusal('{"berthRecipe": 1, "launch": {"custom": {"cpu": 4}}}')).toMatchObject({
      reason: 'wrong-value',
      where: 'launch.custom.cpu',
    });
  });

  it('links: only a launch, only by the strict form, never anything else', () => {
    const good = writeRecipe('', 'lab-a', { ...emptySpec, name: 'a' }).link ?? '';
    expect(readRecipe(` ${good}\n`).spec.name).toBe('a');
    expect(readRecipe(linkOf(`${textOf(good)} `)).spec.name).toBe('a');
    for (const bad of [
      'berth://open?recipe=e30',
      'berth://launch/../x?recipe=e30',
      'berth://launch?recipe=',
      'berth://launch',
      'berth:launch?recipe=e30',
      `${good}#x`,
      `${good}%20`,
      good.replace('launch?', 'launch@evil?'),
      // A good one, but for its length.
      linkOf(`${textOf(good)}${' '.repeat(6_000)}`),
    ]) {
      expect(refusal(bad), bad).toMatchObject({ code: 'recipe-invalid' });
    }
  });

  it('never throw anything but their own refusal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((it) => `berth://launch?recipe=${it}`),
        ),
        (input) => {
          refusal(input);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('withoutSecrets', () => {
  it('leaves secrets out, of variables, commands and scripts, and names them', () => {
    const spec: LaunchSpec = {
      ...emptySpec,
      environ: [
        { name: 'WANDB_API_KEY', value: 'canary-1' },
        { name: 'EPOCHS', value: '3' },
      ],
      batch: { command: 'HF_TOKEN=canary-2 python train.py --epochs 3', startsAt: null, timeout: null },
      bootstrap: '#!/bin/sh\nexport DB_PASSWORD="canary-3"\nexport KEPT=$DB_PASSWORD\nexport TOKEN=$OTHER\n',
      owner: { email: 'kim@example.org', accessKey: 'canary-4' },
    };
    const { spec: clean, leftOut } = withoutSecrets(spec);
    expect(JSON.stringify(clean)).not.toContain('canary');
    expect(leftOut).toEqual(['WANDB_API_KEY', 'HF_TOKEN', 'DB_PASSWORD']);
    expect(clean.batch.command).toBe('HF_TOKEN= python train.py --epochs 3');
    expect(clean.bootstrap).toContain('export TOKEN=$OTHER');
    expect(writeRecipe('t', 's', spec).text).not.toContain('canary');
  });
});
