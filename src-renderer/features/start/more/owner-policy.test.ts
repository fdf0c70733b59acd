import { describe, expect, it } from 'vitest';
import { formOf } from '../form-policy.ts';
import { startInputs } from '../start-input-policy.ts';
import { answers, options, spec } from '../testing.ts';
import { ownerChoice } from './owner-policy.ts';

const found = {
  email: 'a@b.c',
  fullName: 'A',
  domain: 'default',
  sameDomain: true,
  accessKeys: ['K1', 'K2'],
  projects: ['theirs', 'lab'],
};

describe('somebody who was looked up', () => {
  it('gets their first key, and the project at hand if they are in it', () => {
    expect(ownerChoice(found, 'lab')).toEqual({ email: 'a@b.c', accessKey: 'K1', project: 'lab' });
    expect(ownerChoice(found, 'mine-alone')).toEqual({ email: 'a@b.c', accessKey: 'K1', project: 'theirs' });
  });
  it('has no project to choose in another domain, where the names mean others', () => {
    expect(ownerChoice({ ...found, sameDomain: false }, 'lab')).toEqual({ email: 'a@b.c', accessKey: 'K1' });
    expect(ownerChoice({ ...found, accessKeys: [], projects: [] }, null)).toEqual({ email: 'a@b.c', accessKey: '' });
  });
  it('starts in their project, which need not be one’s own, as long as one may start for others', () => {
    const chosen = { ...spec, owner: ownerChoice(found, null) };
    const start = (owner: boolean) => {
      const rules = { ...options.rules, owner };
      const form = formOf(chosen, { ...answers, options: { ...options, rules } });
      return startInputs('account-1', chosen, form, rules, () => 0)?.[0];
    };
    expect(start(true)).toMatchObject({ project: 'theirs', ownerAccessKey: 'K1' });
    expect(start(false)).toMatchObject({ project: 'lab' });
    expect(start(false)).not.toHaveProperty('ownerAccessKey');
  });
});
