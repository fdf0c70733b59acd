import { beforeEach, describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import type { Link } from './link.ts';
import { giveUpAfterMs, lingerMs } from './link-policy.ts';
import { type FakeClock, settle } from './testing/fake-clock.ts';
import { FakeConnection, type FakeLink, fakeLink, lost } from './testing/fake-link.ts';

const noNetwork = () =>
  new BerthError('offline', { place: 'computer', retry: 'auto', params: { reason: 'no-network' } });
const expired = () =>
  new BerthError('unauthorised', { place: 'manager', retry: 'user', params: { reason: 'expired' } });

describe('Link', () => {
  let rig: FakeLink;
  let clock: FakeClock;
  let link: Link<FakeConnection>;

  beforeEach(() => {
    rig = fakeLink();
    ({ clock, link } = rig);
  });

  it('connects once for all who want it', async () => {
    const a = link.use({ kind: 'terminal' });
    const b = link.use({ kind: 'terminal' });
    expect(await a.ready()).toBe(await b.ready());
    expect(rig.tries).toBe(1);
    expect(link.value).toMatchObject({ state: 'up', terminals: 2, bytesIn: 10, bytesOut: 20 });
  });

  it('tries again at 0, 1, 2, 4, 8, 15, 30 s, one try at a time', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    rig.answer = () => Promise.reject(lost());
    const at: number[] = [];
    const from = clock.now();
    rig.connections[0]?.cut();
    for (let i = 0; i < 1000 && at.length < 8; i += 1) {
      const before = rig.tries;
      await clock.advance(100);
      if (rig.tries > before) at.push(Math.round((clock.now() - from) / 1000));
    }
    expect(at).toEqual([0, 1, 3, 7, 15, 30, 60, 90]);
    expect(link.state).toBe('connecting');
    expect(link.value.nextTryAt).not.toBeNull();
  });

  it('stays lost while it rig.tries, and forgets the loss when it is back', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    const states: string[] = [];
    use.onChange((value) => states.push(value.state));
    rig.connections[0]?.cut();
    await clock.advance(0);
    expect(states).toEqual(['connecting', 'connecting', 'up']);
    expect(link.value.error).toBeUndefined();
    expect(link.value.bytesIn).toBe(20);
  });

  it('slows down when rig.connections break right after they came up', async () => {
    link.use({ kind: 'terminal' });
    await link.ready();
    rig.connections.at(-1)?.cut();
    await clock.advance(0);
    rig.connections.at(-1)?.cut();
    await clock.advance(500);
    expect(link.state).toBe('connecting');
    await clock.advance(600);
    expect(link.state).toBe('up');
    await clock.advance(11_000);
    rig.connections.at(-1)?.cut();
    await clock.advance(0);
    expect(link.state).toBe('up');
  });

  it('gives up after ten minutes, and starts again when asked', async () => {
    const use = link.use({ kind: 'terminal' });
    rig.answer = () => Promise.reject(lost());
    const asked = use.ready();
    asked.catch(() => undefined);
    await clock.advance(giveUpAfterMs + 60_000);
    await expect(asked).rejects.toMatchObject({ code: 'tunnel-lost' });
    expect(link.state).toBe('failed');
    const before = rig.tries;
    await clock.advance(600_000);
    expect(rig.tries).toBe(before);
    link.retry();
    await settle();
    expect(rig.tries).toBe(before + 1);
  });

  it('stops at what does not change by itself', async () => {
    rig.answer = () => Promise.reject(new BerthError('no-ssh-service', { place: 'container' }));
    await expect(link.ready()).rejects.toMatchObject({ code: 'no-ssh-service' });
    await expect(link.ready()).rejects.toMatchObject({ code: 'no-ssh-service' });
    await clock.advance(60_000);
    expect(rig.tries).toBe(1);
  });

  it('does not connect again while the host key is in question', async () => {
    rig.answer = () => Promise.reject(new BerthError('host-key-changed', { place: 'container' }));
    await expect(link.ready()).rejects.toMatchObject({ code: 'host-key-changed' });
    link.retry();
    await expect(link.ready()).rejects.toMatchObject({ code: 'host-key-changed' });
    expect(rig.tries).toBe(1);
    rig.answer = async () => new FakeConnection();
    link.retryWithNewKey();
    await settle();
    expect(link.state).toBe('up');
  });

  it('cuts the wait short, without a second loop', async () => {
    const use = link.use({ kind: 'terminal' });
    rig.answer = () => Promise.reject(lost());
    use.ready().catch(() => undefined);
    await clock.advance(20_000);
    const before = rig.tries;
    link.retry();
    link.retry();
    await settle();
    expect(rig.tries).toBe(before + 1);
    expect(clock.pending).toBe(1);
  });

  it('starts a try anew that hangs after a loss, with more patience each time; the first of all may take its time', async () => {
    const works = rig.answer;
    const hang = () => new Promise<FakeConnection>(() => undefined);
    rig.answer = hang;
    const use = link.use({ kind: 'terminal' });
    use.ready().catch(() => undefined);
    await clock.advance(50_000);
    expect(rig.tries).toBe(1);
    rig.answer = works;
    use.retry();
    await use.ready();
    rig.answer = hang;
    const from = clock.now();
    const before = rig.tries;
    rig.connections.at(-1)?.cut();
    const at: number[] = [];
    for (let i = 0; i < 600; i += 1) {
      await clock.advance(100);
      if (rig.tries > before + at.length) at.push(Math.round((clock.now() - from) / 1000));
    }
    // 5 s and 1, 10 and 2, 20 and 4.
    expect(at).toEqual([0, 6, 18, 42]);
    expect(rig.signals.slice(-4).map(({ aborted }) => aborted)).toEqual([true, true, true, false]);
    rig.answer = works;
    use.retry();
    await settle();
    expect(link.value).toMatchObject({ state: 'up' });
    expect(clock.pending).toBe(1);
  });

  it('rests when nobody does anything, and wakes on use', async () => {
    const use = link.use({ kind: 'app', service: 'jupyter' });
    await use.ready();
    await clock.advance(29 * 60_000);
    use.touch();
    await clock.advance(29 * 60_000);
    expect(link.state).toBe('up');
    await clock.advance(2 * 60_000);
    expect(link.state).toBe('idle');
    expect(rig.connections[0]?.ended).toBe(true);
    await use.ready();
    expect(link.state).toBe('up');
    expect(rig.tries).toBe(2);
  });

  it('never rests while it is switched off, but lingers only a little without users', async () => {
    rig.idleMinutes = 0;
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    await clock.advance(24 * 3_600_000);
    expect(link.state).toBe('up');
    use.touch();
    await use.dispose();
    await clock.advance(lingerMs + 60_000);
    expect(link.state).toBe('idle');
  });

  it('does not come back by itself when nobody uses it', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    await use.dispose();
    rig.connections[0]?.cut();
    expect(link.state).toBe('idle');
    await clock.advance(60_000);
    expect(rig.tries).toBe(1);
  });

  it('ends for good, also in the middle of a try', async () => {
    let finish: (connection: FakeConnection) => void = () => undefined;
    rig.answer = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const asked = link.ready();
    asked.catch(() => undefined);
    link.end(new BerthError('session-gone', { place: 'site' }));
    await expect(asked).rejects.toMatchObject({ code: 'session-gone' });
    expect(rig.signals[0]?.aborted).toBe(true);
    const late = new FakeConnection();
    finish(late);
    await settle();
    expect(late.ended).toBe(true);
    expect(link.state).toBe('failed');
    link.retry();
    await expect(link.ready()).rejects.toMatchObject({ code: 'session-gone' });
    expect(rig.tries).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('lets a waiting caller go', async () => {
    rig.answer = () => new Promise(() => undefined);
    const abort = new AbortController();
    const asked = link.ready(abort.signal);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('drops the connection for sleep, keeps still until it is over, and is back at once', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    link.suspend();
    expect(link.value).toMatchObject({
      state: 'connecting',
      error: { code: 'tunnel-lost', params: { reason: 'asleep' } },
    });
    // Interfaces go and come on the way into sleep.
    link.networkChanged();
    link.signedIn();
    await clock.advance(3_600_000);
    expect(rig.tries).toBe(1);
    link.resume();
    await settle();
    expect(link.state).toBe('up');
  });

  it('wakes up without the host telling of sleep: asks a living connection, tries a lost one at once', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    link.resume();
    expect(rig.connections[0]?.probes).toBe(1);
    expect(link.state).toBe('up');
    rig.answer = () => Promise.reject(lost());
    rig.connections[0]?.cut();
    await clock.advance(40_000);
    const before = rig.tries;
    link.resume();
    link.resume();
    await settle();
    expect(rig.tries).toBe(before + 1);
    // The first wait is the shortest again.
    expect(Date.parse(link.value.nextTryAt ?? '') - clock.now()).toBe(0);
  });

  it('says that the other side is late, until when, and takes it back', async () => {
    const use = link.use({ kind: 'terminal' });
    const connection = await use.ready();
    connection.late(1_800);
    expect(link.value).toMatchObject({ state: 'degraded', error: { code: 'timeout', params: { reason: 'late' } } });
    expect(Date.parse(link.value.nextTryAt ?? '') - clock.now()).toBe(1_800);
    expect(await use.ready()).toBe(connection);
    connection.late(null);
    expect(link.value).toMatchObject({ state: 'up', nextTryAt: null });
    expect(link.value.error).toBeUndefined();
    connection.late(1_800);
    connection.cut();
    expect(isLost()).toBe(true);
    await clock.advance(0);
    expect(link.state).toBe('up');
    // A connection that is gone has no say.
    connection.late(1_800);
    expect(link.state).toBe('up');
  });

  it('waits for a network without trying, and tries at once when there is one', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    rig.around.hasNetwork = false;
    rig.connections[0]?.cut();
    expect(link.value).toMatchObject({
      state: 'waiting-for-network',
      nextTryAt: null,
      error: { code: 'offline', params: { reason: 'no-network' } },
    });
    await clock.advance(3 * giveUpAfterMs);
    expect(rig.tries).toBe(1);
    rig.around.hasNetwork = true;
    link.networkChanged();
    await settle();
    expect(link.state).toBe('up');
    expect(rig.tries).toBe(2);
  });

  it('does not begin without a network, unless a person insists', async () => {
    rig.around.hasNetwork = false;
    const use = link.use({ kind: 'terminal' });
    const asked = use.ready();
    expect(link.state).toBe('waiting-for-network');
    expect(rig.tries).toBe(0);
    link.retry();
    await asked;
    expect(link.state).toBe('up');
  });

  it('takes the word of the system for a missing network, tries now and then, and does not give up', async () => {
    const use = link.use({ kind: 'terminal' });
    rig.answer = () => Promise.reject(noNetwork());
    use.ready().catch(() => undefined);
    await settle();
    expect(link.state).toBe('waiting-for-network');
    expect(link.value.nextTryAt).not.toBeNull();
    await clock.advance(3 * giveUpAfterMs);
    expect(link.state).toBe('waiting-for-network');
    rig.answer = () => Promise.reject(lost());
    await clock.advance(giveUpAfterMs - 60_000);
    expect(link.state).toBe('connecting');
    await clock.advance(120_000);
    expect(link.state).toBe('failed');
  });

  it('starts a try over that began on another network', async () => {
    const use = link.use({ kind: 'terminal' });
    rig.answer = () => new Promise(() => undefined);
    const asked = use.ready();
    link.networkChanged();
    expect(rig.tries).toBe(1);
    await clock.advance(5_000);
    rig.answer = async () => new FakeConnection();
    link.networkChanged();
    await asked;
    expect(rig.tries).toBe(2);
    expect(rig.signals[0]?.aborted).toBe(true);
  });

  it('waits for the sign-in and goes on by itself after it', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    rig.around.isSignedIn = false;
    rig.answer = () => Promise.reject(expired());
    rig.connections[0]?.cut();
    await clock.advance(0);
    expect(link.value).toMatchObject({ state: 'signing-in', nextTryAt: null, error: { code: 'unauthorised' } });
    const before = rig.tries;
    link.networkChanged();
    await clock.advance(10 * giveUpAfterMs);
    expect(rig.tries).toBe(before);
    rig.around.isSignedIn = true;
    rig.answer = async () => new FakeConnection();
    link.signedIn();
    await settle();
    expect(link.state).toBe('up');
  });

  it('asks again a few times when only one answer doubts the sign-in', async () => {
    const use = link.use({ kind: 'terminal' });
    rig.answer = () => Promise.reject(expired());
    const asked = use.ready();
    asked.catch(() => undefined);
    await settle();
    expect(link.state).toBe('signing-in');
    expect(link.value.nextTryAt).not.toBeNull();
    await clock.advance(giveUpAfterMs + 60_000);
    await expect(asked).rejects.toMatchObject({ code: 'unauthorised' });
    expect(link.state).toBe('failed');
  });

  it('goes on by itself after it gave up, when the site is back', async () => {
    const use = link.use({ kind: 'terminal' });
    rig.answer = () => Promise.reject(lost());
    use.ready().catch(() => undefined);
    await clock.advance(giveUpAfterMs + 60_000);
    expect(link.state).toBe('failed');
    rig.answer = async () => new FakeConnection();
    link.signedIn();
    await settle();
    expect(link.state).toBe('up');
  });

  it('stops trying when the last one who wanted it has gone', async () => {
    const abort = new AbortController();
    rig.answer = () => Promise.reject(lost());
    const use = link.use({ kind: 'terminal' });
    use.ready(abort.signal).catch(() => undefined);
    await clock.advance(20_000);
    abort.abort();
    expect(link.state).toBe('connecting');
    await use.dispose();
    expect(link.state).toBe('idle');
    expect(clock.pending).toBe(0);
  });

  function isLost(): boolean {
    return link.state === 'connecting' && link.value.error !== undefined;
  }
});
