import { describe, expect, it } from 'vitest';
import { perContainerOf, rulesOf } from './rules-policy.ts';

describe('rulesOf', () => {
  it('takes the official defaults where a site publishes nothing', () => {
    expect(rulesOf({ config: null, role: 'user', can: () => false })).toEqual({
      customAmounts: true,
      manualImage: false,
      maxPorts: 10,
      maxShmemBytes: null,
      batchTimeout: false,
      priority: false,
      readOnlyMounts: false,
      agents: false,
      owner: false,
    });
  });
  it('follows the site and the role', () => {
    const config = {
      manualImageName: true,
      customAllocation: false,
      maxPreopenPorts: 0,
      maxShmemBytes: 2 * 2 ** 30,
      hideAgents: false,
    };
    expect(rulesOf({ config, role: 'user', can: () => true })).toMatchObject({
      customAmounts: false,
      manualImage: true,
      maxPorts: 0,
      maxShmemBytes: 2 * 2 ** 30,
      agents: true,
      owner: false,
    });
    expect(rulesOf({ config: null, role: 'admin', can: () => true })).toMatchObject({ agents: false, owner: true });
    expect(rulesOf({ config: null, role: 'superadmin', can: () => true })).toMatchObject({ agents: true, owner: true });
  });
});

it('takes a site’s maxima, and eight for accelerators that it does not name', () => {
  expect(
    perContainerOf({ cpu: 64, mem: 2 ** 37, 'atom-plus.device': 4 }, ['cpu', 'mem', 'cuda.shares', 'atom-plus.device']),
  ).toEqual({
    cpu: '64',
    mem: String(2 ** 37),
    'cuda.shares': '8',
    'atom-plus.device': '4',
  });
  expect(perContainerOf({}, ['cpu', 'mem'])).toEqual({});
});
