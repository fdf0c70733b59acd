/** Many requests: at once, one after another, and while the link is away. */
import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { gatewayLimits } from './gateway.ts';
import { type GatewayRig, startGatewayRig } from './testing/gateway-rig.ts';
import { type HttpService, startHttpService } from './testing/http-service.ts';
import type { TestWindow } from './testing/window.ts';

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

const atOnce = 1_000;
/** 100000 for the long run. */
const inSum = Number(process.env.BERTH_REQUESTS ?? 5_000);

/** An ended channel is kept this long for the other side's word (channel-duplex.ts), and with it what it belongs to. */
const closingMs = 5_500;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe.skipIf(reason !== null)('gateway under load', () => {
  let server: RealSshServer;
  let rig: GatewayRig;
  let service: HttpService;
  let window: TestWindow;
  let port: number;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
  });
  afterAll(() => server?.stop());
  const start = async (limits = gatewayLimits): Promise<void> => {
    rig = await startGatewayRig(server, limits);
    service = await startHttpService();
    rig.add('http', service.port);
    window = await rig.openReady('http');
    port = Number(new URL(window.origin).port);
  };
  afterEach(async () => {
    await rig.close();
    await service.close();
  });

  /** Status, or 0 for a connection that broke. */
  const ask = (path: string, agent: Agent | false, body?: Buffer): Promise<number> =>
    new Promise((resolve) => {
      const asked = request({
        host: '127.0.0.1',
        port,
        path,
        method: body ? 'POST' : 'GET',
        agent,
        setHost: false,
        headers: { host: new URL(window.origin).host, cookie: window.cookie, origin: window.origin },
      });
      asked.on('error', () => resolve(0));
      asked.on('response', (message) => {
        message.resume();
        message.on('error', () => resolve(0));
        message.on('end', () => resolve(message.statusCode ?? 0));
      });
      asked.end(body);
    });

  it('serves 1,000 requests at once over few channels', async () => {
    await start();
    const body = Buffer.alloc(10_000, 1);
    const startedAt = performance.now();
    const statuses = await Promise.all(
      Array.from({ length: atOnce }, (_, i) => (i % 4 === 0 ? ask('/in', false, body) : ask('/slowly', false))),
    );
    console.info(
      `${atOnce} requests at once: ${Math.round(performance.now() - startedAt)} ms, ${service.peak} channels`,
    );
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(service.peak).toBeLessThanOrEqual(130);
  });

  it(`does not grow over ${inSum} requests`, async () => {
    await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 12 });
    const body = Buffer.alloc(2_000, 1);
    const run = async (count: number): Promise<void> => {
      let next = 0;
      let bad = 0;
      const worker = async (): Promise<void> => {
        while (next < count) {
          next += 1;
          const turn = next;
          // Now and then one on a connection of its own, with a body, or to nobody.
          const status = await (turn % 10 === 0
            ? ask('/in', turn % 20 === 0 ? false : agent, body)
            : turn % 25 === 1
              ? ask('/nothing', false)
              : ask(`/x?${turn}`, agent));
          if (status !== 200 && status !== 204) bad += 1;
        }
      };
      await Promise.all(Array.from({ length: 12 }, worker));
      expect(bad).toBe(0);
    };
    const measure = async () => {
      await new Promise((resolve) => setTimeout(resolve, closingMs));
      await until(() => service.open <= 20, 'connections of one request gone');
      collect();
      collect();
      const resources = process.getActiveResourcesInfo();
      return {
        heap: process.memoryUsage().heapUsed,
        sockets: resources.filter((name) => name.startsWith('TCPSocket')).length,
        timers: resources.filter((name) => name === 'Timeout').length,
        listeners: listenersOf(agent),
      };
    };
    // The first half fills caches, compiles code and opens what stays open.
    await run(Math.ceil(inSum / 2));
    const before = await measure();
    const startedAt = performance.now();
    await run(Math.ceil(inSum / 2));
    const perSecond = Math.round(inSum / 2 / ((performance.now() - startedAt) / 1000));
    const after = await measure();
    const grown = after.heap - before.heap;
    console.info(
      `${inSum} requests: ${perSecond} a second, heap ${(before.heap / 1024).toFixed(0)} KiB at half, ${(grown / 1024).toFixed(0)} KiB more at the end, sockets ${before.sockets} then ${after.sockets}, timers ${before.timers} then ${after.timers}, listeners of a kept connection ${before.listeners} then ${after.listeners}`,
    );
    expect(grown).toBeLessThan(1024 * 1024);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets + 2);
    expect(after.timers).toBeLessThanOrEqual(before.timers + 2);
    expect(after.listeners).toBeLessThanOrEqual(before.listeners + 1);
    agent.destroy();
  });

  /** Of the client's kept sockets: what the gateway's side hangs on its own shows in the heap. */
  function listenersOf(agent: Agent): number {
    const sockets = Object.values(agent.freeSockets).flatMap((list) => list ?? []);
    return Math.max(
      0,
      ...sockets.map((socket) => socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0)),
    );
  }

  it('holds requests for a lost link: so many, so long, and nothing of their bodies', async () => {
    await start({ ...gatewayLimits, hold: { maxHeld: 4, holdMs: 1_500 } });
    rig.site.cutAndStayAway();
    await until(() => rig.links.list()[0]?.state !== 'up', 'lost');
    const startedAt = performance.now();
    const held = Array.from({ length: 3 }, (_, i) =>
      window.ask(`/held?${i}`).then((answer) => ({ ...answer, ms: performance.now() - startedAt })),
    );
    let sent = 0;
    const upload = request({
      host: '127.0.0.1',
      port,
      path: '/in',
      method: 'PUT',
      setHost: false,
      headers: {
        host: new URL(window.origin).host,
        cookie: window.cookie,
        origin: window.origin,
        'content-length': String(64 * 1024 * 1024),
      },
    });
    const uploadStatus = new Promise<number>((resolve) => {
      upload.on('response', (message) => resolve(message.statusCode ?? 0));
      upload.on('error', () => resolve(0));
    });
    const piece = Buffer.alloc(64 * 1024);
    const more = (): void => {
      do sent += piece.length;
      while (upload.write(piece) && !upload.destroyed);
      upload.once('drain', more);
    };
    more();
    await until(async () => (await window.state()).phase !== 'failed' && sent > 0, 'sending');
    await new Promise((resolve) => setTimeout(resolve, 200));
    // One more than there is room for.
    const extra = await window.ask('/extra');
    expect([extra.status, extra.headers['retry-after']]).toEqual([503, '5']);
    expect(extra.text).toContain('too many requests wait');
    const page = await window.ask('/tree', { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } });
    expect([page.status, page.text.includes('/.berth/page.js')]).toEqual([503, true]);
    for (const answer of await Promise.all(held)) {
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
      expect(answer.text).toContain('Berth is still connecting again');
      expect(answer.ms).toBeGreaterThan(1_400);
    }
    // What the two sockets of the way take; 64 MiB were offered.
    expect(sent).toBeLessThan(12 * 1024 * 1024);
    expect([503, 0]).toContain(await uploadStatus);
    upload.destroy();
    const state = await window.state();
    expect(state).toMatchObject({ link: { isLost: true } });
    // And held ones go through when the link is back in time.
    const late = window.ask('/held');
    rig.site.mend();
    rig.links.retry({ accountId: 'account-1', sessionId: '6e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11' });
    expect((await late).status).toBe(200);
  });
});
