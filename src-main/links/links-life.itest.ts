/** A link's life against a real SSH server: late, gone and back; other networks; a sign-in that ended; and no leaks. */
import { createHook } from 'node:async_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Link as LinkValue } from '../../src-preload/contract/links.ts';
import { BerthError } from '../base/berth-error.ts';
import type { LinksService, SessionUse } from './links-service.ts';
import type { Interfaces } from './network-policy.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { type RealSshServer, startRealSshServer, until, whyNot } from './testing/real-ssh-server.ts';
import { linksOver } from './testing/test-links.ts';
import { startTestSite, type TestSite, testRef, testSession } from './testing/test-site.ts';

const wlan: Interfaces = {
  wlan0: [{ address: '10.0.0.7', family: 'IPv4', internal: false, netmask: '', cidr: null, mac: '' }],
};
const onlyItself: Interfaces = {
  lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true, netmask: '', cidr: null, mac: '' }],
};

interface Rig {
  readonly site: TestSite;
  readonly links: LinksService;
  readonly use: SessionUse;
  readonly changes: (LinkValue & { at: number })[];
  interfaces: Interfaces;
  /** When the link was first told to be so, after `since`. */
  when(is: (link: LinkValue) => boolean, since: number): number | undefined;
  close(): Promise<void>;
}

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== null)('the life of a link', () => {
  let server: RealSshServer;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
  });
  afterAll(() => server?.stop());

  async function rigUp(): Promise<Rig> {
    const site = await startTestSite(server);
    const changes: (LinkValue & { at: number })[] = [];
    const rig: Rig = {
      site,
      changes,
      interfaces: wlan,
      links: linksOver(site, {
        onConnected: site.onConnected,
        emit: (_area, _name, payload) => void changes.push({ ...(payload as LinkValue), at: performance.now() }),
        siteHost: () => 'lab.example',
        interfaces: () => rig.interfaces,
      }),
      get use() {
        return use;
      },
      when: (is, since) => changes.find((change) => change.at > since && is(change))?.at,
      async close() {
        await rig.links.dispose();
        await site.close();
      },
    };
    const use = rig.links.acquire(testRef, { kind: 'terminal' });
    await use.ready();
    return rig;
  }

  async function withRig(work: (rig: Rig) => Promise<void>): Promise<void> {
    const rig = await rigUp();
    try {
      await work(rig);
    } finally {
      await rig.close();
    }
  }

  const late = (link: LinkValue): boolean => link.state === 'degraded' && link.error?.params.reason === 'late';
  const silent = (link: LinkValue): boolean =>
    link.state === 'connecting' && link.error?.code === 'tunnel-lost' && link.error.params.reason === 'silent';

  // Each with a site of its own, side by side: they wait rather than work.
  describe.concurrent('side by side', () => {
    it('is late first, takes that back by itself, and is gone within 6 s; usable again 2 s after the network', () =>
      withRig(async ({ site, use, when, changes }) => {
        const connection = use.connection;
        const first = performance.now();
        site.stall();
        await until(() => use.state === 'degraded', 'late', 6_000);
        expect(changes.at(-1)?.nextTryAt).not.toBeNull();
        site.unstall();
        await until(() => use.state === 'up', 'answers again', 2_000);
        expect(use.connection).toBe(connection);
        expect(site.handshakes).toHaveLength(1);
        expect(when(silent, first)).toBeUndefined();

        const second = performance.now();
        site.stall();
        await until(() => when(silent, second) !== undefined, 'gone', 8_000);
        expect((when(silent, second) ?? 0) - second).toBeLessThan(6_000);
        expect(when(late, second)).toBeLessThan(when(silent, second) ?? 0);
        site.unstall();
        const back = performance.now();
        await use.ready();
        expect(performance.now() - back).toBeLessThan(2_000);
      }));

    it('is gone within 6 s where the close never arrives and pings are still answered', () =>
      withRig(async ({ site, use, when }) => {
        const since = performance.now();
        site.hearsClose = false;
        site.hang();
        await until(() => when(silent, since) !== undefined, 'gone', 8_000);
        expect((when(silent, since) ?? 0) - since).toBeLessThan(6_000);
        await use.ready();
      }));

    it('waits for a network without asking the site, and is back at once on another one', () =>
      withRig(async (rig) => {
        const { site, use } = rig;
        rig.interfaces = onlyItself;
        site.cut();
        await until(() => use.state === 'waiting-for-network', 'no network');
        expect(use.value).toMatchObject({ nextTryAt: null, error: { code: 'offline' } });
        const tries = site.handshakes.length;
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        expect(site.handshakes).toHaveLength(tries);
        rig.interfaces = wlan;
        const back = performance.now();
        await use.ready();
        expect(performance.now() - back).toBeLessThan(2_000);
      }));

    it('asks the other side when the network changes under it, and leaves a dead one within 3.5 s', () =>
      withRig(async (rig) => {
        const { site, use, when } = rig;
        const connection = use.connection;
        rig.interfaces = { ...wlan, docker0: wlan.wlan0 };
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        expect(use.connection).toBe(connection);
        const since = performance.now();
        site.stall();
        rig.interfaces = { eth0: wlan.wlan0 };
        await until(() => when(silent, since) !== undefined, 'gone', 8_000);
        // A second until it is seen, two for the answer that does not come.
        expect((when(silent, since) ?? 0) - since).toBeLessThan(3_500);
        site.unstall();
        await use.ready();
      }));

    it('waits for the sign-in, tries nothing meanwhile, and goes on by itself after it', () =>
      withRig(async ({ site, use }) => {
        site.signedOutBy = new BerthError('unauthorised', {
          place: 'manager',
          retry: 'user',
          params: { reason: 'expired' },
        });
        site.cut();
        await until(() => use.state === 'signing-in', 'signing in');
        expect(use.value).toMatchObject({ nextTryAt: null, error: { code: 'unauthorised' } });
        const tries = site.handshakes.length;
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        expect(site.handshakes).toHaveLength(tries);
        site.signIn();
        await use.ready();
        expect(site.handshakes).toHaveLength(tries + 1);
      }));

    it('comes back after a manager was away, from the first try that can succeed', () =>
      withRig(async ({ site, use }) => {
        site.cutAndStayAway();
        await until(() => use.value.nextTryAt !== null && site.handshakes.length >= 4, 'some tries');
        expect(use.value).toMatchObject({ state: 'connecting', error: { code: 'offline' } });
        site.mend();
        await use.ready();
        expect(use.value.error).toBeUndefined();
      }));
  });

  it.each([
    { isChosen: false, restsAfterMinutes: 5 },
    { isChosen: true, restsAfterMinutes: 30 },
  ])('rests below the site’s own idle limit, unless a person chose the time ($isChosen)', async (given) => {
    const site = await startTestSite(server);
    const clock = new FakeClock(Date.now());
    const minute = 60_000;
    const endsAt = new Date(clock.now() + 10 * minute).toISOString();
    const check = { name: 'network_timeout', endsAt, checking: false, resources: [], operator: null };
    const links = linksOver(site, {
      known: { ...site.known, get: () => testSession({ idleChecks: [{ ...check, kind: 'expire' }] }) },
      clock,
      isIdleChosen: () => given.isChosen,
    });
    try {
      const use = links.acquire(testRef, { kind: 'terminal' });
      await use.ready();
      await clock.advance((given.restsAfterMinutes - 1) * minute);
      expect(use.state).toBe('up');
      await clock.advance(2 * minute);
      expect(use.state).toBe('idle');
    } finally {
      await links.dispose();
      await site.close();
    }
  });

  it('leaves nothing behind in fifty cuts: no socket, timer or listener', async () => {
    const timers = new Set<number>();
    // Timers that do not keep the process alive are not among its active resources.
    const hook = createHook({
      init: (id, type) => void (type === 'Timeout' && timers.add(id)),
      destroy: (id) => void timers.delete(id),
    }).enable();
    const { site, links, use, close } = await rigUp();
    try {
      const cycle = async (): Promise<void> => {
        const before = await use.ready();
        site.cut();
        await until(() => before.isDead, 'dead');
        await use.ready();
      };
      const settled = async (): Promise<Record<string, number>> => {
        // Closing sockets and the last grace timers take their second.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        const counts: Record<string, number> = { timers: timers.size };
        for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
        for (const name of ['exit', 'uncaughtException', 'unhandledRejection', 'warning']) {
          counts[name] = process.listenerCount(name);
        }
        return counts;
      };
      // Cut right after it came up, it would wait longer each time unless somebody asks.
      const off = use.onChange(
        ({ nextTryAt }) => void (nextTryAt !== null && setImmediate(() => links.retry(testRef))),
      );
      for (let i = 0; i < 3; i += 1) await cycle();
      const before = await settled();
      for (let i = 0; i < 50; i += 1) await cycle();
      off();
      const after = await settled();
      for (const [kind, count] of Object.entries(after)) {
        expect([kind, count]).toEqual([kind, Math.min(count, (before[kind] ?? 0) + 1)]);
      }
      expect(site.handshakes.length).toBeGreaterThanOrEqual(54);
    } finally {
      await close();
      hook.disable();
    }
  });
});
