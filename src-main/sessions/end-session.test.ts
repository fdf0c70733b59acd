import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import { type EndOrder, endSession } from './end-session.ts';
import { endFailure } from './end-tries-policy.ts';
import { SessionsService } from './sessions-service.ts';
import { FakeClock, FakeSite, makeSession, sessionId, settle } from './testing.ts';

const id = sessionId(1);
const failures = {
  refusedPort: new BerthError('offline', { place: 'site', params: { reason: 'refused' } }),
  noConnection: new BerthError('timeout', { place: 'site', params: { reason: 'connect' } }),
  tooMany: new BerthError('rate-limited', { place: 'manager', params: { status: 429 } }),
  tooManyForLong: new BerthError('rate-limited', { place: 'manager', params: { retryAfterSeconds: 900 } }),
  cut: new BerthError('offline', { place: 'site', params: { reason: 'reset' } }),
  silent: new BerthError('timeout', { place: 'site', params: { reason: 'silent' } }),
  broken: new BerthError('server-error', { place: 'manager', params: { status: 500 } }),
  badGateway: new BerthError('server-error', { place: 'proxy', params: { status: 502 } }),
  halfAnswer: new BerthError('bad-answer', { place: 'site', params: { reason: 'truncated' } }),
  away: new BerthError('maintenance', { place: 'manager', params: { status: 503 } }),
  frozen: new BerthError('maintenance', { place: 'manager', params: { reason: 'frozen' } }),
  forbidden: new BerthError('forbidden', { place: 'manager' }),
  gone: new BerthError('session-gone', { place: 'manager' }),
  fields: new BerthError('refused-by-site', { place: 'manager', params: { reason: 'fields' } }),
  signedOut: new BerthError('unauthorised', { place: 'manager' }),
  defect: new Error('a defect'),
};
type Failure = keyof typeof failures;

interface Told {
  readonly calls: string[];
  readonly outcome: unknown;
}

/** Ends a session that was `before`; each request is answered by the next of `ends`, each question by the next of `asked`. */
async function run(
  ends: readonly (Failure | 'taken')[],
  asked: readonly (string | null | 'unreachable')[],
  { before = 'RUNNING', forced = false }: { before?: string | null; forced?: boolean } = {},
): Promise<Told> {
  const clock = new FakeClock();
  const calls: string[] = [];
  const [ending, asking] = [[...ends], [...asked]];
  const api: EndOrder['api'] = {
    async terminate() {
      calls.push('end');
      const next = ending.shift() ?? 'taken';
      if (next !== 'taken') throw failures[next];
    },
    async session(): Promise<Session | null> {
      calls.push('ask');
      const next = asking.length === 0 ? 'RUNNING' : (asking.shift() ?? null);
      if (next === 'unreachable') throw failures.refusedPort;
      return next === null ? null : makeSession(1, next);
    },
  };
  const ended = endSession({ api, clock, sessionId: id, forced, before }).then(
    () => 'ended',
    (error: unknown) => error,
  );
  await clock.advance(10_000);
  return { calls, outcome: await ended };
}

describe('ending a session', () => {
  it('sends it again when it cannot have been taken, three times at most', async () => {
    expect(await run(['refusedPort', 'tooMany'], [])).toEqual({ calls: ['end', 'end', 'end'], outcome: 'ended' });
    const three = await run(['refusedPort', 'noConnection', 'tooMany', 'taken'], []);
    expect(three).toEqual({ calls: ['end', 'end', 'end'], outcome: failures.tooMany });
    // A quarter of an hour is not for a person to wait.
    expect(await run(['tooManyForLong'], [])).toEqual({ calls: ['end'], outcome: failures.tooManyForLong });
  });

  it('asks for the status first where the end may have been taken', async () => {
    expect(await run(['silent'], ['TERMINATING'])).toEqual({ calls: ['end', 'ask'], outcome: 'ended' });
    expect(await run(['broken'], ['TERMINATED'])).toEqual({ calls: ['end', 'ask'], outcome: 'ended' });
    expect(await run(['cut'], [null])).toEqual({ calls: ['end', 'ask'], outcome: 'ended' });
    expect(await run(['badGateway'], ['RUNNING'])).toEqual({ calls: ['end', 'ask', 'end'], outcome: 'ended' });
  });

  it('says that nobody knows whether it was taken, and does not try again, when the status cannot be asked', async () => {
    const { calls, outcome } = await run(['silent'], ['unreachable']);
    expect(calls).toEqual(['end', 'ask']);
    expect(outcome).toMatchObject({ code: 'timeout', params: { reason: 'silent', taken: 'unknown' } });
  });

  it('takes a refusal of the second try for the success of a first one of unknown fate, and no other', async () => {
    const late = await run(['silent', 'forbidden'], ['RUNNING', 'TERMINATING']);
    expect(late).toEqual({ calls: ['end', 'ask', 'end', 'ask'], outcome: 'ended' });
    expect((await run(['forbidden'], ['TERMINATING'])).outcome).toBe(failures.forbidden);
    expect((await run(['refusedPort', 'forbidden'], ['TERMINATING'])).outcome).toBe(failures.forbidden);
    expect((await run(['gone'], ['TERMINATED'])).outcome).toBe('ended');
  });

  it('does not take a session that was being ended already for one that force was taken for', async () => {
    const forced = { before: 'TERMINATING', forced: true };
    expect((await run(['silent'], ['TERMINATING'], forced)).calls).toEqual(['end', 'ask', 'end']);
    expect((await run(['silent'], ['TERMINATED'], forced)).calls).toEqual(['end', 'ask']);
    expect((await run(['silent'], ['TERMINATING'], { before: null, forced: true })).calls.length).toBe(3);
  });

  it('never repeats a refusal, nor a request of unknown fate without asking, whatever comes', async () => {
    const failure = fc.constantFrom(...(Object.keys(failures) as Failure[]), 'taken' as const);
    const status = fc.constantFrom('RUNNING', 'TERMINATING', 'TERMINATED', 'PULLING', null, 'unreachable' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(failure, { maxLength: 4 }),
        fc.array(status, { maxLength: 4 }),
        fc.boolean(),
        async (ends, asked, forced) => {
          const { calls } = await run(ends, asked, { forced });
          const tries = calls.filter((call) => call === 'end').length;
          expect(tries).toBeLessThanOrEqual(3);
          let sent = 0;
          calls.forEach((call, at) => {
            if (call !== 'end') return;
            const was = ends[sent++] ?? 'taken';
            const kind = was === 'taken' ? 'refused' : endFailure(failures[was]);
            const next = calls[at + 1];
            if (kind === 'refused') expect(next === 'end').toBe(false);
            if (kind === 'unknown') expect(next).toBe('ask');
          });
        },
      ),
    );
  });
});

describe('what is open to a session that is to be ended', () => {
  const setUp = async () => {
    const clock = new FakeClock();
    const site = new FakeSite();
    site.put(makeSession(1, 'RUNNING'));
    const said: string[] = [];
    const end = site.terminate.bind(site);
    site.terminate = async (session: string) => {
      said.push('end');
      await end(session);
    };
    const service = new SessionsService({
      accounts: {
        api: () => site,
        site: () => ({ id: 'site', name: 'Site', colour: '#000' }),
        onSignedOut: () => () => undefined,
        onConnected: () => () => undefined,
        report: () => undefined,
      },
      emit: () => undefined,
      clock,
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      letGo: () => {
        said.push('let go');
        return () => said.push('taken up');
      },
    });
    await service.list('account-1', 'running');
    return { clock, site, service, said };
  };

  it('is closed before the site is asked, and stays closed once the site has taken it', async () => {
    const { service, said } = await setUp();
    await service.terminate({ accountId: 'account-1', sessionId: id }, false);
    expect(said).toEqual(['let go', 'end']);
    service.dispose();
  });

  it('is taken up again when the site refuses', async () => {
    const { service, said, site } = await setUp();
    site.failure = failures.fields;
    await expect(service.terminate({ accountId: 'account-1', sessionId: id }, false)).rejects.toBe(failures.fields);
    await settle();
    expect(said).toEqual(['let go', 'end', 'taken up']);
    service.dispose();
  });
});
