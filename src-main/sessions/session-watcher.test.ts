import { describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import type { BookChanges } from './session-book.ts';
import { SessionWatcher } from './session-watcher.ts';
import { FakeClock, FakeSite, makeSession, sessionId } from './testing.ts';
import type { WatchState } from './watcher-options.ts';

const offline = new BerthError('offline', { place: 'site', retry: 'auto', params: { host: 'h', reason: 'refused' } });
const unsupported = new BerthError('unsupported', { place: 'manager' });

function setUp(prepare: (site: FakeSite) => void = () => undefined, random = 0.5) {
  const clock = new FakeClock();
  const site = new FakeSite();
  prepare(site);
  const changes: (BookChanges & { state: WatchState })[] = [];
  const ended: string[] = [];
  const trouble: BerthError[] = [];
  const watcher = new SessionWatcher({
    api: () => site,
    clock,
    random: () => random,
    onChange: (change, state) => changes.push({ ...change, state }),
    onEnded: (id) => ended.push(id),
    onTrouble: (error) => trouble.push(error),
  });
  watcher.start();
  const status = (number: number) => watcher.get(sessionId(number))?.status;
  return { clock, site, changes, ended, trouble, watcher, status };
}

describe('SessionWatcher', () => {
  it('lists live sessions first, then finished ones, and tells both in pieces', async () => {
    const { clock, site, changes, watcher } = setUp((fake) => {
      for (let number = 1; number <= 1200; number++)
        fake.put(makeSession(number, number <= 600 ? 'RUNNING' : 'TERMINATED'));
    });
    await clock.advance(100);
    expect(site.calls.filter((call) => call.startsWith('page')).slice(0, 4)).toEqual([
      'page live 0',
      'page live 500',
      'page finished 0',
      'page finished 500',
    ]);
    expect(watcher.list('running')).toMatchObject({
      counts: { running: 600, finished: 600, other: 0 },
      complete: true,
      live: 'events',
    });
    await clock.advance(200);
    // In pieces, each session once.
    expect(Math.max(...changes.map(({ changed }) => changed.length))).toBe(250);
    expect(new Set(changes.flatMap(({ changed }) => changed.map(({ id }) => id))).size).toBe(1200);
    expect(changes.flatMap(({ changed }) => changed).length).toBe(1200);
    watcher.dispose();
    expect(clock.pending).toBe(0);
  });

  it('reads the newest finished sessions, says how many more there are, and reads on when asked', async () => {
    const { clock, site, watcher } = setUp((fake) => {
      for (let number = 1; number <= 5_600; number++) fake.put(makeSession(number, 'TERMINATED'));
    });
    await clock.advance(1000);
    expect(site.calls.filter((call) => call.startsWith('page finished'))).toEqual([
      'page finished 0',
      'page finished 500',
    ]);
    expect(watcher.list('finished')).toMatchObject({ unread: 4_600, counts: { finished: 5_600 } });
    site.calls.length = 0;
    watcher.readOn();
    watcher.readOn();
    await clock.advance(1000);
    expect(site.calls[0]).toBe('page finished 1000');
    expect(site.count('page live')).toBe(0);
    expect(watcher.list('finished')).toMatchObject({ unread: 1_600, counts: { finished: 5_600 } });
    expect(watcher.list('finished').sessions).toHaveLength(4_000);
    watcher.readOn();
    await clock.advance(1000);
    expect(new Set(watcher.list('finished').sessions.map(({ id }) => id)).size).toBe(5_600);
    site.calls.length = 0;
    watcher.readOn();
    await clock.advance(1000);
    expect(site.count('page finished')).toBe(0);
    watcher.dispose();
  });

  it('asks for a session within a second of its event, once for a burst, and tells only what differs', async () => {
    const { clock, site, changes, watcher, status } = setUp((fake) =>
      fake.put(makeSession(1, 'PENDING'), makeSession(2, 'RUNNING')),
    );
    await clock.advance(1000);
    changes.length = 0;
    site.calls.length = 0;
    site.put(makeSession(1, 'RUNNING'));
    for (let count = 0; count < 10; count++) site.event(sessionId(1));
    await clock.advance(1000);
    expect(status(1)).toBe('RUNNING');
    expect(site.count('session')).toBe(1);
    expect(changes.map(({ changed }) => changed.map(({ id }) => id))).toEqual([[sessionId(1)]]);
    watcher.dispose();
  });

  it('takes a list instead of many single questions', async () => {
    const { clock, site, watcher, status } = setUp((fake) => {
      for (let number = 1; number <= 50; number++) fake.put(makeSession(number, 'PENDING'));
    });
    await clock.advance(1000);
    site.calls.length = 0;
    for (let number = 1; number <= 50; number++) {
      site.put(makeSession(number, 'RUNNING'));
      site.event(sessionId(number));
    }
    await clock.advance(500);
    expect(status(50)).toBe('RUNNING');
    expect(site.calls).toEqual(['page live 0']);
    watcher.dispose();
  });

  it('finds out about many that ended at once, and about events of sessions that nobody knows', async () => {
    const { clock, site, ended, watcher } = setUp((fake) => {
      for (let number = 1; number <= 50; number++) fake.put(makeSession(number, 'RUNNING'));
    });
    await clock.advance(1000);
    for (let number = 1; number <= 50; number++) {
      site.put(makeSession(number, 'TERMINATED'));
      site.event(sessionId(number));
      site.event(sessionId(1000 + number));
    }
    site.calls.length = 0;
    await clock.advance(2000);
    expect(ended.length).toBe(50);
    expect(watcher.list('finished').counts).toEqual({ running: 0, finished: 50, other: 0 });
    expect(site.calls.length).toBeLessThan(60);
    watcher.dispose();
  });

  it('polls where there are no events: often while a window looks and something moves or there is little, else rarely', async () => {
    const { clock, site, watcher } = setUp((fake) => {
      fake.eventsFailure = unsupported;
      fake.put(makeSession(1, 'PULLING'));
      for (let number = 2; number <= 101; number += 1) fake.put(makeSession(number, 'RUNNING'));
    });
    const polls = async (ms: number) => {
      site.calls.length = 0;
      await clock.advance(ms);
      return site.count('page live');
    };
    watcher.look(true);
    await clock.advance(100);
    expect(watcher.list('running').live).toBe('polling');
    expect(await polls(11_000)).toBe(5);
    site.put(makeSession(1, 'RUNNING'));
    await clock.advance(3_000);
    expect(await polls(72_000)).toBe(4);
    site.put(makeSession(2, 'TERMINATED'));
    await clock.advance(20_000);
    expect(await polls(11_000)).toBe(5);
    watcher.look(false);
    expect(await polls(190_000)).toBe(3);
    // Whoever comes back to look sees what is so now.
    site.calls.length = 0;
    watcher.look(true);
    await clock.advance(50);
    expect(site.calls).toEqual(['page live 0']);
    watcher.dispose();
  });

  it.each([0, 0.999])(
    'shows a change within 3 s by polling, within 1 s by an event, at any jitter: %d',
    async (random) => {
      for (const by of ['polling', 'events']) {
        const { clock, site, watcher, changes } = setUp((fake) => {
          fake.eventsFailure = by === 'polling' ? unsupported : null;
          fake.put(makeSession(1, 'PENDING'));
        }, random);
        watcher.look(true);
        await clock.advance(5_000);
        site.put(makeSession(1, 'RUNNING'));
        site.event(sessionId(1));
        const before = clock.now();
        while (changes.at(-1)?.changed[0]?.status !== 'RUNNING') await clock.advance(10);
        expect(clock.now() - before).toBeLessThanOrEqual(by === 'polling' ? 3_000 : 1_000);
        watcher.dispose();
      }
    },
  );

  it('spreads its questions by a fifth to both sides', async () => {
    const gaps = [0, 0.5, 0.999].map(async (random) => {
      const { clock, site, watcher } = setUp((fake) => {
        fake.eventsFailure = unsupported;
        fake.put(makeSession(1, 'RUNNING'));
      }, random);
      watcher.look(true);
      await clock.advance(100);
      site.calls.length = 0;
      const before = clock.now();
      while (site.count('page live') === 0) await clock.advance(20);
      watcher.dispose();
      return Math.round((clock.now() - before + 100) / 100) / 10;
    });
    expect(await Promise.all(gaps)).toEqual([1.8, 2.2, 2.6]);
  });

  it('stops with a sign-in that is refused, says so, and goes on after signing in again', async () => {
    const refused = new BerthError('unauthorised', { place: 'manager' });
    const { clock, site, watcher, trouble } = setUp((fake) => fake.put(makeSession(1, 'RUNNING')));
    await clock.advance(60_000);
    site.failure = refused;
    site.cut(refused);
    await clock.advance(1_000);
    expect(watcher.list('running')).toMatchObject({ live: 'none', error: { code: 'unauthorised' } });
    expect(watcher.list('running').sessions.length).toBe(1);
    expect(trouble).toEqual([refused]);
    site.calls.length = 0;
    await clock.advance(200_000);
    expect(site.calls).toEqual([]);
    site.failure = null;
    watcher.wake();
    await clock.advance(100);
    expect(watcher.list('running')).toMatchObject({ live: 'events' });
    expect(watcher.list('running')).not.toHaveProperty('error');
    watcher.dispose();
  });

  it('opens a stream again by what ended it: slowly after 429, and never in a tight circle', async () => {
    const { clock, site, watcher } = setUp((fake) => {
      fake.eventsFailure = new BerthError('rate-limited', { place: 'manager', retry: 'auto' });
    });
    await clock.advance(29_000);
    expect(site.count('events')).toBe(1);
    await clock.advance(2_000);
    expect(site.count('events')).toBe(2);
    site.eventsFailure = null;
    await clock.advance(120_000);
    site.calls.length = 0;
    // Opens well, and is closed at once, for five minutes.
    for (let second = 0; second < 300; second++) {
      site.cut(new BerthError('offline', { place: 'site', params: { reason: 'stream-ended' } }));
      await clock.advance(1_000);
    }
    expect(site.count('events')).toBeLessThan(12);
    watcher.dispose();
  });

  it('polls while the event stream is away, and lists everything once when it is back', async () => {
    const { clock, site, watcher, status } = setUp((fake) => fake.put(makeSession(1, 'RUNNING')));
    await clock.advance(100);
    site.eventsFailure = offline;
    site.cut(offline);
    await clock.advance(100);
    expect(watcher.list('running').live).toBe('polling');
    site.put(makeSession(2, 'TERMINATED'));
    site.eventsFailure = null;
    site.calls.length = 0;
    await clock.advance(3_000);
    expect(watcher.list('running').live).toBe('events');
    expect(site.count('page finished')).toBe(1);
    expect(status(2)).toBe('TERMINATED');
    watcher.dispose();
  });

  it('keeps the list while the site is away, says why, and recovers by itself', async () => {
    const { clock, site, changes, trouble, watcher, status } = setUp((fake) => fake.put(makeSession(1, 'RUNNING')));
    await clock.advance(100);
    site.failure = offline;
    site.cut(offline);
    await clock.advance(60_000);
    expect(watcher.list('running')).toMatchObject({ live: 'none', error: { code: 'offline' } });
    expect(watcher.list('running').sessions.map(({ id }) => id)).toEqual([sessionId(1)]);
    expect(trouble.length).toBeGreaterThan(2);
    expect(changes.at(-1)?.state.error?.code).toBe('offline');
    site.failure = null;
    site.put(makeSession(1, 'TERMINATED'), makeSession(3, 'PENDING'));
    await clock.advance(61_000);
    expect(watcher.list('running')).toMatchObject({ live: 'events' });
    expect(watcher.list('running')).not.toHaveProperty('error');
    expect([status(1), status(3)]).toEqual(['TERMINATED', 'PENDING']);
    watcher.dispose();
  });

  it('does not wait out the back-off when the account is back', async () => {
    const { clock, site, watcher } = setUp((fake) => {
      fake.failure = offline;
    });
    await clock.advance(60_000);
    site.failure = null;
    watcher.wake();
    await clock.advance(100);
    expect(watcher.list('running')).toMatchObject({ live: 'events', complete: true });
    watcher.dispose();
  });

  it('reports a first failure instead of keeping a list waiting', async () => {
    const { clock, watcher } = setUp((fake) => {
      fake.failure = offline;
    });
    await clock.advance(0);
    await watcher.ready();
    expect(watcher.list('running')).toMatchObject({ asOf: null, complete: false, error: { code: 'offline' } });
    watcher.dispose();
  });

  it('backs off slowly when the site says that it is asked too much', async () => {
    const { clock, site, watcher } = setUp((fake) => {
      fake.failure = new BerthError('rate-limited', { place: 'manager', retry: 'auto' });
    });
    await clock.advance(29_000);
    expect(site.count('page')).toBe(1);
    watcher.dispose();
  });

  it('says once that a session ended, be it finished or gone', async () => {
    const { clock, site, ended, watcher, status } = setUp((fake) => {
      for (let number = 1; number <= 3; number++) fake.put(makeSession(number, 'RUNNING'));
    });
    await clock.advance(100);
    site.put(makeSession(1, 'CANCELLED'));
    site.sessions.delete(sessionId(2));
    site.event(sessionId(1));
    site.event(sessionId(2));
    site.event(sessionId(1));
    await clock.advance(30_000);
    expect([...ended].sort()).toEqual([sessionId(1), sessionId(2)]);
    expect(status(2)).toBeUndefined();
    watcher.dispose();
  });

  it('asks each second for a session that was just started, without any event', async () => {
    const { clock, site, watcher, status } = setUp();
    await clock.advance(100);
    const { sessionId: id } = await site.start();
    watcher.touch(id);
    watcher.watchClosely(id, 'running');
    await clock.advance(1_500);
    expect(status(1)).toBe('PENDING');
    site.put(makeSession(1, 'RUNNING'));
    await clock.advance(1_200);
    expect(status(1)).toBe('RUNNING');
    site.calls.length = 0;
    await clock.advance(5_000);
    expect(site.count('session')).toBe(0);
    watcher.dispose();
    expect(clock.pending).toBe(0);
  });
});
