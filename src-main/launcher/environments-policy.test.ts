import { describe, expect, it } from 'vitest';
import {
  allowedEnvironments,
  compareTags,
  defaultEnvironment,
  describeImage,
  environmentsOf,
  environmentTitle,
  type SiteImage,
  servicesOf,
} from './environments-policy.ts';

function image(name: string, tag: string, change: Partial<SiteImage> = {}): SiteImage {
  return {
    registry: 'cr.backend.ai',
    name,
    tag,
    architecture: 'x86_64',
    installed: true,
    labels: {},
    minimum: {},
    maximum: {},
    accelerators: ['*'],
    ...change,
  };
}
const jupyter = { 'ai.backend.service-ports': 'ipython:pty:3000,jupyter:http:8081,multi:http:[8082,8083]' };

describe('environmentsOf', () => {
  it('groups by registry and name, newest version first, without private and system images', () => {
    const environments = environmentsOf([
      image('stable/python', '3.9-ubuntu20.04'),
      image('stable/python', '3.10-ubuntu22.04'),
      image('stable/python', '3.10-ubuntu22.04', { architecture: 'aarch64' }),
      image('stable/filebrowser', '1.0', { labels: { 'ai.backend.role': 'SYSTEM' } }),
      image('stable/secret', '1.0', { labels: { 'ai.backend.features': 'batch private' } }),
      image('stable/python-pytorch', '2.5-py312-cuda12.4', { registry: 'other:5000' }),
    ]);
    expect(environments.map(({ id, title }) => [id, title])).toEqual([
      ['cr.backend.ai/stable/python', 'Python'],
      ['other:5000/stable/python-pytorch', 'PyTorch'],
    ]);
    expect(environments[0]?.versions.map(({ label, architecture }) => [label, architecture])).toEqual([
      ['3.10 · ubuntu22.04', 'aarch64'],
      ['3.10 · ubuntu22.04', 'x86_64'],
      ['3.9 · ubuntu20.04', 'x86_64'],
    ]);
    expect(environments[1]?.versions[0]?.image).toBe('other:5000/stable/python-pytorch:2.5-py312-cuda12.4');
  });

  it('prefers an installed Jupyter, then any Jupyter, then the first', () => {
    const shell = image('stable/a', '1');
    const missing = image('stable/b', '1', { labels: jupyter, installed: false });
    const ready = image('stable/c', '1', { labels: jupyter });
    const pick = (...images: SiteImage[]) => defaultEnvironment(environmentsOf(images));
    expect(pick(shell, missing, ready)).toBe('cr.backend.ai/stable/c');
    expect(pick(shell, missing)).toBe('cr.backend.ai/stable/b');
    expect(pick(shell)).toBe('cr.backend.ai/stable/a');
    expect(pick()).toBeNull();
    expect(defaultEnvironment(environmentsOf([shell, ready]), 'cr.backend.ai/stable/a:1@x86_64')).toBe(
      'cr.backend.ai/stable/a',
    );
  });

  it('offers only what the site allows, by the beginning of names', () => {
    const all = environmentsOf([image('stable/python', '3.9'), image('stable/r-base', '4'), image('lab/own', '1')]);
    const ids = (...allowed: string[]) => allowedEnvironments(all, allowed).map(({ id }) => id.replace(/^.*?\//, ''));
    expect(ids('stable/py', 'cr.backend.ai/lab')).toEqual(['lab/own', 'stable/python']);
    expect(ids()).toHaveLength(3);
  });
});

describe('names', () => {
  it('reads services', () => {
    expect(servicesOf(jupyter)).toEqual(['jupyter', 'multi']);
    expect(servicesOf({})).toEqual([]);
  });

  it('makes titles', () => {
    expect(environmentTitle('stable/python-tensorflow')).toBe('TensorFlow');
    expect(environmentTitle('someone/my-own_thing')).toBe('My Own Thing');
  });

  it.each([
    ['cr.backend.ai/stable/python:3.11-ubuntu22.04', 'Python 3.11 · ubuntu22.04'],
    ['localhost:5000/stable/python', 'Python'],
    ['localhost:5000/stable/python:3.11@x86_64', 'Python 3.11'],
    ['', ''],
  ])('describes %s', (reference, text) => {
    expect(describeImage(reference)).toBe(text);
  });

  it('orders tags by their numbers', () => {
    expect(['3.9', '3.11', '3.10-a', '2.0', '3.11-cuda12', '3.11-cuda9'].sort(compareTags)).toEqual([
      '2.0',
      '3.9',
      '3.10-a',
      '3.11',
      '3.11-cuda9',
      '3.11-cuda12',
    ]);
  });
});
