import { describe, expect, it } from 'vitest';
import { featuresOf } from '../backend/version-gates.ts';
import { endingOf } from './end-policy.ts';

/** Plain end / end by force / why, by status: what each era of managers takes from an ordinary user. */
const golden: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '22.03.14': {
    PENDING: 'cancels unneeded',
    SCHEDULED: 'refused offered starting',
    PREPARING: 'refused offered starting',
    PULLING: 'refused refused pulling',
    RUNNING: 'ends unneeded',
    TERMINATING: 'refused offered ending',
    ERROR: 'refused offered failed',
    TERMINATED: 'over refused over',
    CANCELLED: 'over refused over',
  },
  '24.03.0': {
    PREPARING: 'refused offered starting',
    PULLING: 'refused refused pulling-superadmin',
    RUNNING_DEGRADED: 'ends unneeded',
    RESTARTING: 'ends unneeded',
    ERROR: 'refused offered failed',
  },
  '24.12.0': {
    PREPARED: 'cancels unneeded',
    CREATING: 'refused offered starting',
    PULLING: 'refused refused pulling-superadmin',
  },
  '25.12.1': { SCHEDULED: 'refused offered starting', PULLING: 'refused refused pulling-superadmin' },
  '25.13.0': {
    SCHEDULED: 'cancels unneeded',
    PREPARING: 'cancels unneeded',
    PULLING: 'cancels unneeded',
    CREATING: 'refused offered starting',
    TERMINATING: 'refused offered ending',
    ERROR: 'refused offered failed',
  },
  '25.15.12': { CREATING: 'refused offered starting', ERROR: 'refused offered failed' },
  '26.1.0': {
    CREATING: 'cancels unneeded',
    DEPRIORITIZING: 'cancels unneeded',
    TERMINATING: 'refused offered ending',
    ERROR: 'over refused over',
  },
  '26.8.0rc1': { RESERVED: 'cancels unneeded', RUNNING: 'ends unneeded', HIBERNATING: 'ends unneeded' },
};

describe('how a session may be ended', () => {
  for (const [manager, statuses] of Object.entries(golden)) {
    it(`on ${manager}`, () => {
      const can = featuresOf(manager, 'v6.20220615');
      for (const [status, expected] of Object.entries(statuses)) {
        const { plain, force, reason } = endingOf(status, can, false);
        expect(`${plain} ${force}${reason === 'unneeded' ? '' : ` ${reason}`}`, status).toBe(expected);
      }
    });
  }

  it('lets superadmins alone force the end of a download, from 24.03 on', () => {
    const force = (manager: string) => endingOf('PULLING', featuresOf(manager, 'v6.20220615'), true).force;
    expect([force('23.09.11'), force('24.03.0'), force('25.12.1'), force('25.13.0')]).toEqual([
      'refused',
      'offered',
      'offered',
      'unneeded',
    ]);
  });
});
