/** Ahead of a reclamation: once a lead, never again for the same moment, taken back by use. After an end: why. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Notice } from '../../src-preload/contract/notices.ts';
import type { IdleCheck } from '../../src-preload/contract/session-facts.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { Emit } from '../handlers.ts';
import { FakeClock, makeSession } from '../sessions/testing.ts';
import { quietLog } from '../sites/testing.ts';
import { carryOver, dueNow, markTold, nextDueAt, type Told, wouldFail } from './notice-policy.ts';
import { NoticesService } from './notices-service.ts';

const minute = 60_000;
const account = 'account-1';
/** @param seconds left, as of `clock` or of the beginning */
const check = (name: string, seconds: number, change: Partial<IdleCheck> = {}, clock = new FakeClock()): IdleCheck => ({
  name,
  endsAt: new Date(clock.now() + seconds * 1000).toISOString(),
  checking: false,
  kind: 'expire',
  resources: [],
  operator: null,
  ...change,
});

function rig(options: { leads?: number[]; language?: 'en' | 'ko'; window?: boolean } = {}) {
  const clock = new FakeClock();
  let listener: (accountId: string, sessions: readonly Session[]) => void = () => {};
  let signOut: (accountId: string) => void = () => {};
  const shown: Pick<Notice, 'id' | 'title' | 'body'>[] = [];
  const withdrawn: string[] = [];
  const events: [string, unknown][] = [];
  const clicks: (() => void)[] = [];
  const emit: Emit = (_area, name, payload) => events.push([name, payload]);
  const service = new NoticesService({
    sessions: {
      onChanged: (it) => {
        listener = it;
        return () => {};
      },
    },
    onSignedOut: (it) => {
      signOut = it;
      return () => {};
    },
    notifications: options.window
      ? null
      : {
          show: (notice, onClick) => {
            shown.push(notice);
            clicks.push(onClick);
          },
          withdraw: (id) => withdrawn.push(id),
          showMain: () => events.push(['main', null]),
        },
    clock,
    emit,
    log: quietLog,
    leads: () => options.leads ?? [10, 2],
    language: () => options.language ?? 'en',
  });
  const see = (...sessions: Session[]) => listener(account, sessions);
  return { clock, shown, withdrawn, events, clicks, service, see, signOut: () => signOut(account) };
}

const running = (...idleChecks: IdleCheck[]) => makeSession(1, 'RUNNING', { idleChecks });

test('says it 10 and 2 minutes ahead, each once, however often the site repeats itself', async () => {
  const { clock, shown, see, service } = rig();
  for (let at = 0; at < 20 * 4; at++) {
    // The site's own clock jitters by some seconds.
    const left = 20 * 60 - at * 15 + ((at * 7) % 20) - 10;
    see(running(check('network_timeout', left, {}, clock)));
    await clock.advance(15_000);
  }
  expect(shown.map(({ title }) => title)).toEqual(['s1 will be ended in 10 min', 's1 will be ended in 2 min']);
  expect(shown[0]?.body).toMatch(/^At \d\d:\d\d, because nobody has used it/);
  expect(service.state.notices).toHaveLength(1);
});

test('also when the site says nothing more: the clock alone is enough', async () => {
  const { clock, shown, see } = rig();
  see(running(check('session_lifetime', 3600)));
  await clock.advance(49 * minute);
  expect(shown).toHaveLength(0);
  await clock.advance(minute);
  expect(shown).toHaveLength(1);
  await clock.advance(8 * minute);
  expect(shown).toHaveLength(2);
});

test('use of the session takes it back, and a new moment is announced anew', async () => {
  const { clock, shown, withdrawn, see, service } = rig({ window: false });
  see(running(check('network_timeout', 9 * 60)));
  expect(shown).toHaveLength(1);
  await clock.advance(minute);
  see(running(check('network_timeout', 3600, {}, clock)));
  expect(withdrawn).toEqual([shown[0]?.id]);
  expect(service.state.notices).toEqual([]);
  await clock.advance(51 * minute);
  expect(shown).toHaveLength(2);
});

test('found late, only the shorter lead is said; a lead of 0 is none', () => {
  const late = rig();
  late.see(running(check('network_timeout', 90)));
  expect(late.shown).toHaveLength(1);
  const never = rig({ leads: [0, 0] });
  never.see(running(check('network_timeout', 90)));
  expect(never.shown).toHaveLength(0);
});

test('is taken back when its account signs out, and never comes again', async () => {
  const { clock, shown, withdrawn, see, service, signOut } = rig();
  see(running(check('network_timeout', 9 * 60)), makeSession(2, 'RUNNING'));
  see(makeSession(2, 'TERMINATED', { statusInfo: 'idle-timeout' }));
  expect(service.state.notices).toHaveLength(2);
  signOut();
  expect(service.state.notices).toEqual([]);
  expect(withdrawn).toHaveLength(2);
  await clock.advance(20 * minute);
  expect(shown).toHaveLength(2);
});

test('the end of a grace period counts only for a session that would fail the check', () => {
  const low = [{ name: 'cpu_util', average: 1, threshold: 10 }];
  const mixed = [...low, { name: 'mem', average: 50, threshold: 5 }];
  const { shown, see } = rig();
  see(running(check('utilization', 60, { kind: 'grace', resources: mixed, operator: 'and' })));
  expect(shown).toHaveLength(0);
  see(running(check('utilization', 60, { kind: 'grace', resources: mixed, operator: 'or' })));
  expect(shown).toHaveLength(1);
  expect(wouldFail({ resources: [{ name: 'cpu_util', average: -1, threshold: 10 }], operator: 'or' })).toBe(false);
});

test('when a session ended by itself, the reason; not when its owner ended it', () => {
  const { shown, see, clicks, events } = rig();
  see(
    makeSession(1, 'RUNNING'),
    makeSession(2, 'RUNNING'),
    makeSession(3, 'PREPARING'),
    makeSession(4, 'TERMINATED', { statusInfo: 'idle-timeout' }),
  );
  see(makeSession(1, 'TERMINATED', { statusInfo: 'idle-utilization' }));
  see(makeSession(2, 'TERMINATING'), makeSession(2, 'TERMINATED', { statusInfo: 'user-requested' }));
  see(makeSession(3, 'ERROR', { statusInfo: 'failed-to-start', reasons: ['no space left on device'] }));
  expect(shown.map(({ title, body }) => [title, body])).toEqual([
    ['s1 has ended', 'It used too little of what it was given.'],
    ['s3 has failed', 'It could not be started. The site says: no space left on device'],
  ]);
  clicks[0]?.();
  expect(events.slice(-2)).toEqual([
    ['main', null],
    ['opened', { accountId: account, sessionId: makeSession(1, 'RUNNING').id }],
  ]);
});

test('speaks Korean, shows what it does not know as the site wrote it, and leaves showing to windows where it must', async () => {
  const { see, service, events } = rig({ language: 'ko', window: true });
  see(running(check('gpu_police', 60)));
  see(makeSession(1, 'TERMINATED', { statusInfo: 'idle-gpu-police' }), makeSession(2, 'RUNNING'));
  see(makeSession(2, 'TERMINATED', { statusInfo: 'lunar-eclipse' }));
  expect(service.state).toMatchObject({
    shownBy: 'window',
    notices: [
      { kind: 'ended', body: '사이트가 허용하는 시간보다 오래 쓰지 않았습니다.' },
      { kind: 'ended', body: '사이트의 설명: lunar-eclipse' },
    ],
  });
  expect(events[0]).toMatchObject([
    'changed',
    { notices: [{ title: expect.stringContaining('1분'), body: expect.stringContaining('gpu_police') }] },
  ]);
  await service
    .handlers()
    .dismiss({ id: service.state.notices[0]?.id ?? '' }, { signal: new AbortController().signal });
  expect(service.state.notices).toHaveLength(1);
});

test('no lead is said twice for one moment, whatever the site’s jitter and the order of asking', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: -20_000, max: 20_000 })), {
        maxLength: 60,
      }),
      (steps) => {
        const leads = [10, 2];
        const end = 30 * minute;
        let now = 0;
        let told: Told[] = [];
        const said: number[] = [];
        for (const [wait, jitter] of steps) {
          now += wait;
          told = carryOver(told, now < end ? [{ check: 'c', at: end + jitter }] : [], now).map((one) => {
            const due = dueNow(one, leads, now);
            if (due === null) return one;
            said.push(due.lead);
            const next = markTold(one, due.lead, leads);
            expect(nextDueAt(next, leads, now)).not.toBe(now);
            return next;
          });
        }
        expect(new Set(said).size).toBe(said.length);
        expect([...said].sort((a, b) => b - a)).toEqual(said);
      },
    ),
  );
});

test('says that a session was saved as an image, or why not, each time', async () => {
  const { service, shown, clock } = rig();
  const ref = { accountId: account, sessionId: makeSession(1, 'RUNNING').id };
  service.committed(ref, { name: 'mine', of: 's1', state: 'done', said: 'Completed' });
  await clock.advance(1000);
  service.committed(ref, { name: 'mine', of: 's1', state: 'failed', said: 'no space left' });
  expect(shown.map(({ title, body }) => [title, body])).toEqual([
    ['Image mine is saved', 'Made of s1. It is among the environments of a new session.'],
    ['Image mine was not saved', 's1 was to be saved as an image. The site says: no space left'],
  ]);
  expect(service.state.notices.map(({ kind }) => kind)).toEqual(['saved', 'not-saved']);
});
