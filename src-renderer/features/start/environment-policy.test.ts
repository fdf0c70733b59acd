import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../src-preload/contract/launcher.ts';
import { findEnvironments, groupEnvironments, monogram, originOf, readImageName } from './environment-policy.ts';

const version = (image: string, change: Partial<Environment['versions'][number]> = {}) => ({
  image,
  architecture: 'x86_64',
  label: image.split(':')[1]?.replaceAll('-', ' · ') ?? '',
  tag: image.split(':')[1] ?? '',
  aliases: [],
  customName: null,
  installed: true,
  accelerators: ['*'],
  services: [],
  servicePorts: [],
  minimum: {},
  ...change,
});
const environments: Environment[] = [
  {
    id: 'cr.io/stable/python',
    title: 'Python',
    versions: [
      version('cr.io/stable/python:3.12-ubuntu24.04'),
      version('cr.io/stable/python:3.9-ubuntu20.04', { architecture: 'aarch64', aliases: ['py-old'] }),
    ],
  },
  {
    id: 'cr.io/stable/python-pytorch',
    title: 'PyTorch',
    versions: [
      version('cr.io/stable/python-pytorch:2.6-cuda12', { accelerators: ['cuda'], installed: false }),
      version('cr.io/stable/python-pytorch:2.5-rocm6', { accelerators: ['rocm'], customName: 'Our stack' }),
    ],
  },
];
const find = (words: string) =>
  findEnvironments(environments, words).map((it) => [it.environment.title, it.version?.tag ?? null]);

describe('findEnvironments', () => {
  it.each([
    [
      '',
      [
        ['Python', null],
        ['PyTorch', null],
      ],
    ],
    [
      'pyt',
      [
        ['Python', null],
        ['PyTorch', null],
      ],
    ],
    ['jango', []],
    ['TORCH', [['PyTorch', null]]],
    [
      'python',
      [
        ['Python', null],
        ['PyTorch', null],
      ],
    ],
    ['ubuntu20', [['Python', '3.9-ubuntu20.04']]],
    ['python aarch64', [['Python', '3.9-ubuntu20.04']]],
    ['py-old', [['Python', '3.9-ubuntu20.04']]],
    ['cuda', [['PyTorch', '2.6-cuda12']]],
    ['rocm', [['PyTorch', '2.5-rocm6']]],
    ['our stack', [['PyTorch', '2.5-rocm6']]],
    ['torch 2.', [['PyTorch', '2.5-rocm6']]],
    ['cr.io/stable/python:3.9-ubuntu20.04@aarch64', [['Python', '3.9-ubuntu20.04']]],
    ['nothing like it', []],
  ])('%j', (words, found) => expect(find(words)).toEqual(found));
});

it('puts pinned and recent ones first, each once', () => {
  const grouped = groupEnvironments(
    environments,
    ['gone', 'cr.io/stable/python-pytorch'],
    ['cr.io/stable/python-pytorch'],
  );
  expect(grouped.pinned.map(({ title }) => title)).toEqual(['PyTorch']);
  expect(grouped.recent).toEqual([]);
  expect(grouped.others.map(({ title }) => title)).toEqual(['Python']);
});

it('reads a full image name', () => {
  expect(readImageName(' host:5000/a/b:1.0 ')).toEqual({ image: 'host:5000/a/b:1.0', architecture: 'x86_64' });
  expect(readImageName('a/b:1@aarch64')).toEqual({ image: 'a/b:1', architecture: 'aarch64' });
  for (const text of ['', 'a/b', 'b:1', 'a/b:1@x@y', 'a b/c:1', 'a/b:']) expect(readImageName(text), text).toBeNull();
});

it('makes tiles of two letters', () => {
  expect(['PyTorch', 'Python', 'R', 'C/C++ (GCC)', 'NVIDIA PyTorch'].map(monogram)).toEqual([
    'PT',
    'Py',
    'R',
    'CC',
    'NV',
  ]);
});

describe('originOf', () => {
  const [python] = environments as [Environment];
  const named = (id: string, title = 'Shell'): Environment => ({ ...python, id, title });

  it('is said of an unusual namespace and of two alike only', () => {
    const all = [python, named('cr.io/stable/python-gpu', 'Python'), named('cr.io/team-a/shell')];
    expect(all.map((it) => originOf(it, all))).toEqual(['cr.io/stable', 'cr.io/stable', 'team-a']);
    expect(originOf(python, [python])).toBeNull();
    expect(originOf(named('cr.io/shell'), all.slice(0, 2))).toBeNull();
  });
});
