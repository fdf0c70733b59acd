import { beforeEach, describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { Link } from './link.ts';
import { giveUpAfterMs, lingerMs } from './link-policy.ts';
import type { Connection } from './link-use.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';

class FakeConnection implements Connection {
  bytesIn = 10;
  bytesOut = 20;
  ended = false;
  probes = 0;
  late: (goneInMs: number | null) => void = () => undefined;
  #listeners: ((error: BerthError) => void)[] = [];

  onClose(listener: (error: BerthError) => void): void {
    this.#listeners.push(listener);
  }
  onLate(listener: (goneInMs: number | null) => void): void {
    this.late = listener;
  }
  probe(): void {
    this.probes += 1;
  }
  end(): void {
    this.ended = true;
  }
  cut(): void {
    for (const listener of this.#listeners) listener(lost());
  }
}

const lost = () => new BerthError('tunnel-lost', { place: 'site', retry: 'auto' });

describe('Link', () => {
  let clock: FakeClock;
  let connections: FakeConnection[];
  let answer: () => Promise<FakeConnection>;
  let tries: number;
  let signals: AbortSignal[];
  let idleMinutes: number;
  let around: { hasNetwork: boolean; isSignedIn: boolean };
  let link: Link<FakeConnection>;

  beforeEach(() => {
    clock = new FakeClock();
    connections = [];
    tries = 0;
    signals = [];
    idleMinutes = 30;
    around = { hasNetwork: true, isSignedIn: true };
    answer = async () => {
      const connection = new FakeConnection();
      connections.push(connection);
      return connection;
    };
    link = new Link<FakeConnection>({
      accountId: 'account-1',
      sessionId: 'session',
      sessionName: () => 'notes',
      connect: (signal) => {
        tries += 1;
        signals.push(signal);
        return answer();
      },
      idleMinutes: () => idleMinutes,
      surroundings: () => around,
      clock,
      random: () => 0.5,
    });
  });

  it('connects once for all who want it', async () => {
    const a = link.use({ kind: 'terminal' });
    const b = link.use({ kind: 'terminal' });
    expect(await a.ready()).toBe(await b.ready());
    expect(tries).toBe(1);
    expect(link.value).toMatchObject({ state: 'up', terminals: 2, bytesIn: 10, bytesOut: 20 });
  });

  it('tries again at 0, 1, 2, 4, 8, 15, 30 s, one try at a time', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    answer = () => Promise.reject(lost());
    const at: number[] = [];
    const from = clock.now();
    connections[0]?.cut();
    for (let i = 0; i < 1000 && at.length < 8; i += 1) {
      const before = tries;
      await clock.advance(100);
      if (tries > before) at.push(Math.round((clock.now() - from) / 1000));
    }
    expect(at).toEqual([0, 1, 3, 7, 15, 30, 60, 90]);
    expect(link.state).toBe('connecting');
    expect(link.value.nextTryAt).not.toBeNull();
  });

  it('stays lost while it tries, and forgets the loss when it is back', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    const states: string[] = [];
    use.onChange((value) => states.push(value.state));
    connections[0]?.cut();
    await clock.advance(0);
    expect(states).toEqual(['connecting', 'connecting', 'up']);
    expect(link.value.error).toBeUndefined();
    expect(link.value.bytesIn).toBe(20);
  });

  it('slows down when connections break right after they came up', async () => {
    link.use({ kind: 'terminal' });
    await link.ready();
    connections.at(-1)?.cut();
    await clock.advance(0);
    connections.at(-1)?.cut();
    await clock.advance(500);
    expect(link.state).toBe('connecting');
    await clock.advance(600);
    expect(link.state).toBe('up');
    await clock.advance(11_000);
    connections.at(-1)?.cut();
    await clock.advance(0);
    expect(link.state).toBe('up');
  });

  it('gives up after ten minutes, and starts again when asked', async () => {
    const use = link.use({ kind: 'terminal' });
    answer = () => Promise.reject(lost());
    const asked = use.ready();
    asked.catch(() => undefined);
    await clock.advance(giveUpAfterMs + 60_000);
    await expect(asked).rejects.toMatchObject({ code: 'tunnel-lost' });
    expect(link.state).toBe('failed');
    const before = tries;
    await clock.advance(600_000);
    expect(tries).toBe(before);
    link.retry();
    await settle();
    expect(tries).toBe(before + 1);
  });

  it('stops at what does not change by itself', async () => {
    answer = () => Promise.reject(new BerthError('no-ssh-service', { place: 'container' }));
    await expect(link.ready()).rejects.toMatchObject({ code: 'no-ssh-service' });
    await expect(link.ready()).rejects.toMatchObject({ code: 'no-ssh-service' });
    await clock.advance(60_000);
    expect(tries).toBe(1);
  });

  it('does not connect again while the host key is in question', async () => {
    answer = () => Promise.reject(new BerthError('host-key-changed', { place: 'container' }));
    await expect(link.ready()).rejects.toMatchObject({ code: 'host-key-changed' });
    link.retry();
    await expect(link.ready()).rejects.toMatchObject({ code: 'host-key-changed' });
    expect(tries).toBe(1);
    answer = async () => new FakeConnection();
    link.retryWithNewKey();
    await settle();
    expect(link.state).toBe('up');
  });

  it('cuts the wait short, without a second loop', async () => {
    const use = link.use({ kind: 'terminal' });
    answer = () => Promise.reject(lost());
    use.ready().catch(() => undefined);
    await clock.advance(20_000);
    const before = tries;
    link.retry();
    link.retry();
    await settle();
    expect(tries).toBe(before + 1);
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
    expect(connections[0]?.ended).toBe(true);
    await use.ready();
    expect(link.state).toBe('up');
    expect(tries).toBe(2);
  });

  it('never rests while it is switched off, but lingers only a little without users', async () => {
    idleMinutes = 0;
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
    connections[0]?.cut();
    expect(link.state).toBe('idle');
    await clock.advance(60_000);
    expect(tries).toBe(1);
  });

  it('ends for good, also in the middle of a try', async () => {
    let finish: (connection: FakeConnection) => void = () => undefined;
    answer = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const asked = link.ready();
    asked.catch(() => undefined);
    link.end(new BerthError('session-gone', { place: 'site' }));
    await expect(asked).rejects.toMatchObject({ code: 'session-gone' });
    expect(signals[0]?.aborted).toBe(true);
    const late = new FakeConnection();
    finish(late);
    await settle();
    expect(late.ended).toBe(true);
    expect(link.state).toBe('failed');
    link.retry();
    await expect(link.ready()).rejects.toMatchObject({ code: 'session-gone' });
    expect(tries).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('lets a waiting caller go', async () => {
    answer = () => new Promise(() => undefined);
    const abort = new AbortController();
    const asked = link.ready(abort.signal);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('drops the connection for sleep and is back at once', async () => {
    const use = link.use({ kind: 'terminal' });
    await use.ready();
    link.suspend();
    expect(link.state).toBe('connecting');
    await clock.advance(3_600_000);
    expect(tries).toBe(1);
    link.resume();
    await settle();
    expect(link.state).toBe('up');
  });
});
