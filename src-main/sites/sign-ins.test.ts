import { describe, expect, it } from 'vitest';
import type { LoginOutcome, LoginRequest, PasswordDoor } from '../backend/webserver.ts';
import { BerthError } from '../base/berth-error.ts';
import { FakeClock } from '../sessions/testing.ts';
import { SignIns, type Way } from './sign-ins.ts';

const inside: LoginOutcome = {
  kind: 'in',
  credential: { kind: 'session', accessKey: 'AK', id: 'S', cookie: null, endsAt: null },
};
const way = {} as Way;
const person = { username: 'me@example.com', password: 'canary-password', domain: 'default' };

function rig(...outcomes: LoginOutcome[]) {
  const asked: LoginRequest[] = [];
  const state = { disposed: 0, refusals: [] as (string | null)[] };
  const door: PasswordDoor = {
    mode: 'session',
    login: async (request) => {
      asked.push({ ...request });
      return outcomes.shift() ?? inside;
    },
    changePassword: async () => state.refusals.shift() ?? null,
    startEnrolment: async (token) => (token === 'known' ? { secret: 'ABCD', uri: 'otpauth://x' } : null),
    finishEnrolment: async (_token, code) => code === '111111',
    dispose: () => {
      state.disposed += 1;
    },
  };
  const clock = new FakeClock();
  const redacted: string[] = [];
  const signIns = new SignIns(clock, (secret) => redacted.push(secret));
  return { signIns, door, asked, state, clock, redacted };
}

async function stepOf(work: Promise<Awaited<ReturnType<SignIns['begin']>>>) {
  const outcome = await work;
  if (outcome.kind !== 'step') throw new Error('Already in');
  return outcome.step;
}

describe('SignIns', () => {
  it('carries the password through code, forced entry and back, and forgets it at the end', async () => {
    const { signIns, door, asked, state, redacted } = rig(
      { kind: 'code', wrong: false },
      { kind: 'elsewhere' },
      { kind: 'code', wrong: true },
    );
    const first = await stepOf(signIns.begin(way, door, person));
    expect(first).toMatchObject({ step: 'code', wrong: false });
    const { attempt } = first;
    expect(await stepOf(signIns.reply({ reply: 'code', attempt, code: '1' }))).toMatchObject({ step: 'elsewhere' });
    expect(await stepOf(signIns.reply({ reply: 'force', attempt }))).toMatchObject({ step: 'code', wrong: true });
    expect(await signIns.reply({ reply: 'code', attempt, code: '2' })).toMatchObject({
      kind: 'in',
      username: person.username,
    });
    expect(asked.map(({ code, force, password }) => [code, force, password])).toEqual([
      [undefined, false, person.password],
      ['1', false, person.password],
      [undefined, true, person.password],
      ['2', true, person.password],
    ]);
    expect(state.disposed).toBe(1);
    expect(redacted).toContain(person.password);
    await expect(signIns.reply({ reply: 'code', attempt, code: '3' })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('changes an expired password and goes in with the new one', async () => {
    const { signIns, door, asked, state } = rig({ kind: 'password-expired' });
    state.refusals.push('too short', null);
    const { attempt } = await stepOf(signIns.begin(way, door, person));
    expect(await stepOf(signIns.reply({ reply: 'new-password', attempt, password: 'x' }))).toMatchObject({
      refused: 'too short',
    });
    expect(await signIns.reply({ reply: 'new-password', attempt, password: 'longer' })).toMatchObject({ kind: 'in' });
    expect(asked.map(({ password }) => password)).toEqual([person.password, 'longer']);
  });

  it('sets a second factor up, and explains where it cannot', async () => {
    const { signIns, door } = rig({ kind: 'enrolment', token: 'known' }, { kind: 'code', wrong: true });
    const first = await stepOf(signIns.begin(way, door, person));
    expect(first).toMatchObject({ step: 'enrol', secret: 'ABCD', wrong: false });
    const { attempt } = first;
    expect(await stepOf(signIns.reply({ reply: 'enrolled', attempt, code: '000000' }))).toMatchObject({
      step: 'enrol',
      wrong: true,
    });
    // The site takes each code once, so it asks for the next one; the used one was right.
    expect(await stepOf(signIns.reply({ reply: 'enrolled', attempt, code: '111111' }))).toMatchObject({
      step: 'code',
      wrong: false,
    });
    const unknown = rig({ kind: 'enrolment', token: null });
    expect(await stepOf(unknown.signIns.begin(way, unknown.door, person))).toMatchObject({
      step: 'enrol',
      secret: null,
    });
  });

  it('gives up by itself, and at once when refused or told to', async () => {
    const waiting = rig({ kind: 'code', wrong: false });
    const { attempt } = await stepOf(waiting.signIns.begin(way, waiting.door, person));
    await waiting.clock.advance(11 * 60_000);
    expect(waiting.state.disposed).toBe(1);
    await expect(waiting.signIns.reply({ reply: 'force', attempt })).rejects.toMatchObject({ code: 'cancelled' });
    const refused = rig({ kind: 'refused', error: new BerthError('wrong-password', { place: 'manager' }) });
    await expect(refused.signIns.begin(way, refused.door, person)).rejects.toMatchObject({ code: 'wrong-password' });
    expect(refused.state.disposed).toBe(1);
    expect(refused.clock.pending + waiting.clock.pending).toBe(0);
  });
});
