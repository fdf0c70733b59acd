/** Following a log on a clock of the test's own: asks again, brings only what is new, rests with the windows. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogState } from '../../src-preload/contract/logs.ts';
import { BerthError } from '../base/berth-error.ts';
import { FakeClock } from '../sessions/testing.ts';
import { followDelayMs } from './follow-policy.ts';
import { FollowedLog } from './followed-log.ts';
import { KeptLog } from './kept-log.ts';

let folder = '';
let log: KeptLog;
let followed: FollowedLog;
const clock = new FakeClock();
let text = '';
let over = false;
let failure: BerthError | null = null;
let asked = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-follow-'));
  log = await KeptLog.open(join(folder, 'a.log'), { session: 's', site: 'lab' });
  text = '';
  over = false;
  failure = null;
  asked = 0;
  followed = new FollowedLog({
    ref: { accountId: 'account-1', sessionId: '3f0c2d6e-1b2a-4c3d-9e8f-001122334455', kernelId: null },
    log,
    clock,
    ask: async () => {
      asked++;
      if (failure !== null) throw failure;
      const body = JSON.stringify({ result: { logs: text } });
      return (async function* () {
        yield Buffer.from(body);
      })();
    },
    isOver: () => over,
    maxBytes: () => 1e9,
  });
});
afterEach(async () => {
  await followed.dispose();
  await rm(folder, { recursive: true, force: true });
});

const content = () => readFile(join(folder, 'a.log'), 'utf8');

test('asks again while a window looks, takes in what is new, and ends with the session', async () => {
  const states: LogState[] = [];
  text = 'one\n';
  const stop = followed.watch((state) => states.push(state));
  await vi.waitFor(() => expect(states).toHaveLength(1));
  expect(states[0]).toMatchObject({ lines: 1, state: 'following' });
  text = 'one\ntwo\n';
  await clock.advance(2_000);
  await vi.waitFor(() => expect(states).toHaveLength(2));
  over = true;
  text = 'one\ntwo\nlast\n';
  await clock.advance(2_000);
  await vi.waitFor(() => expect(states).toHaveLength(3));
  expect(states[2]).toMatchObject({ lines: 3, state: 'ended' });
  const before = asked;
  await clock.advance(120_000);
  expect(asked).toBe(before);
  expect(await content()).toBe('one\ntwo\nlast\n');
  stop();
});

test('rests when nobody looks, and says what is wrong while it keeps what it has', async () => {
  const states: LogState[] = [];
  text = 'one\n';
  const stop = followed.watch((state) => states.push(state));
  await vi.waitFor(() => expect(states).toHaveLength(1));
  failure = new BerthError('offline', { place: 'site' });
  await clock.advance(2_000);
  await vi.waitFor(() => expect(states).toHaveLength(2));
  expect(states[1]).toMatchObject({ lines: 1, error: { code: 'offline' } });
  failure = new BerthError('session-gone', { place: 'manager' });
  await clock.advance(2_000);
  await vi.waitFor(() => expect(states).toHaveLength(3));
  expect(states[2]).toMatchObject({ lines: 1, state: 'kept' });
  expect(states[2]?.error).toBeUndefined();
  stop();
  const before = asked;
  await clock.advance(600_000);
  expect(asked).toBe(before);
});

test('a log that takes long to fetch is asked for less often, a quiet one, too', () => {
  expect(followDelayMs(0, 10)).toBe(2_000);
  expect(followDelayMs(9, 10)).toBe(10_000);
  expect(followDelayMs(0, 1_000)).toBe(9_000);
  expect(followDelayMs(0, 60_000)).toBe(60_000);
});
