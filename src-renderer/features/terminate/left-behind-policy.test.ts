import { expect, it } from 'vitest';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { containersByMachine } from './left-behind-policy.ts';

type Kernel = Session['kernels'][number];
const kernel = (agent: string | null, containerId: string | null): Kernel => ({
  id: '',
  hostname: 'main1',
  role: 'main',
  status: 'RUNNING',
  agent,
  containerId,
});

it('lists containers by machine, over all sessions, without those that are not known', () => {
  expect(
    containersByMachine([
      { kernels: [kernel('a', 'c1'), kernel('b', 'c2'), kernel('a', 'c3')] },
      { kernels: [kernel('a', 'c1'), kernel(null, 'c4'), kernel('b', null)] },
    ]),
  ).toEqual([
    { machine: 'a', containers: ['c1', 'c3'] },
    { machine: 'b', containers: ['c2'] },
  ]);
});
