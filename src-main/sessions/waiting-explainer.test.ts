import { expect, it } from 'vitest';
import type { Scheduling } from '../../src-preload/contract/session-facts.ts';
import { quietLog } from '../sites/testing.ts';
import { FakeClock, FakeSite, makeSession } from './testing.ts';
import { WaitingExplainer } from './waiting-explainer.ts';

class ToldSite extends FakeSite {
  passed: string[] = [];
  override async scheduling(): Promise<Scheduling> {
    const failed = [{ name: 'concurrency', message: 'You cannot run more than 3 concurrent sessions' }];
    return {
      ...{ reasons: [], message: null, retries: 1, lastTryAt: null, attempts: [], queuePosition: null },
      ...{ failed, passed: this.passed },
    };
  }
}

it('tells beside what keeps a session waiting which conditions are met', async () => {
  const site = new ToldSite();
  const explainer = new WaitingExplainer({
    accounts: {
      api: () => site,
      site: () => ({ id: 'site', name: 'Site', colour: '#000' }),
      onSignedOut: () => () => undefined,
    },
    clock: new FakeClock(),
    log: quietLog,
  });
  // Without a project there are no limits to ask for.
  const session = (number: number) => makeSession(number, 'PENDING', { project: null });
  expect(await explainer.explain('account-1', session(1))).not.toHaveProperty('passed');
  site.passed = ['reserved_time', 'dependencies'];
  expect(await explainer.explain('account-1', session(2))).toMatchObject({
    reasons: [{ kind: 'sessions', limit: 3 }],
    passed: ['reserved_time', 'dependencies'],
  });
});
