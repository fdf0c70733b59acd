import { describe, expect, it } from 'vitest';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { FakeClock, makeSession, sessionId } from './testing.ts';
import { lookMs, UseRecorder } from './use-recorder.ts';

const using = (number: number, cpuCores: number): Session =>
  makeSession(number, 'RUNNING', { live: { ...idle, cpuCores } });
const idle = { cpuCores: 0, memBytes: 1024 };

function setUp() {
  const clock = new FakeClock();
  const site: { asOf: string | null; sessions: Session[] } = { asOf: null, sessions: [] };
  const recorder = new UseRecorder({
    clock,
    known: () => [{ accountId: 'account', asOf: site.asOf, sessions: () => site.sessions }],
  });
  const answer = (...sessions: Session[]) => {
    site.asOf = new Date(clock.now()).toISOString();
    site.sessions = sessions;
  };
  return {
    clock,
    recorder,
    answer,
    cpu: (number: number) => recorder.read('account', sessionId(number), 0, 99).cpuCores,
  };
}

describe('UseRecorder', () => {
  it('writes down each answer of the site once, at the time of the answer', async () => {
    const { clock, recorder, answer, cpu } = setUp();
    await clock.advance(lookMs * 2);
    expect(cpu(1)).toEqual([]);
    answer(using(1, 0.5), makeSession(2, 'PENDING'));
    const at = clock.now();
    await clock.advance(lookMs * 3);
    expect(recorder.read('account', sessionId(1), 0, 99)).toMatchObject({
      at: [at],
      cpuCores: [0.5],
      memBytes: [1024],
    });
    expect(cpu(2)).toEqual([]);
    answer(using(1, 0.75));
    recorder.look();
    expect(cpu(1)).toEqual([0.5, 0.75]);
  });

  it('forgets an account, and leaves no timer behind', async () => {
    const { clock, recorder, answer, cpu } = setUp();
    answer(using(1, 1));
    recorder.look();
    recorder.forget('account');
    expect(cpu(1)).toEqual([]);
    recorder.dispose();
    expect(clock.pending).toBe(0);
  });
});
