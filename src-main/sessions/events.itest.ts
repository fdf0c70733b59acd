/**
 * Events and polling against the sandbox's real streams, through a TCP relay that can cut and stall them: how soon a
 * change is known, and that nothing is missed in a gap.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { createHmacAuthenticator } from '../backend/authenticator.ts';
import { createSiteApi } from '../backend/create-site-api.ts';
import { probe } from '../backend/probe.ts';
import { until } from '../backend/testing.ts';
import { systemClock } from '../base/clock.ts';
import { SessionWatcher } from './session-watcher.ts';

/** Carries bytes to the sandbox; the connections that asked for events can be cut, and new ones refused. */
class Relay {
  readonly #server: Server;
  readonly #streams = new Set<Socket>();
  readonly #all = new Set<Socket>();
  refuseEvents = false;

  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) {
        this.#all.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#all.delete(socket));
      }
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
      near.on('data', (data) => {
        if (!data.includes('/events/session')) far.write(data);
        else if (this.refuseEvents)
          near.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        else {
          this.#streams.add(near);
          far.write(data);
        }
      });
      far.on('data', (data) => near.write(data));
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  cutStreams(): void {
    for (const socket of this.#streams) socket.destroy();
    this.#streams.clear();
  }

  async close(): Promise<void> {
    for (const socket of this.#all) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe.each(['legacy', 'current'] as const)('watching a %s manager', (manager) => {
  let dataDir = '';
  let sandbox: Sandbox;
  let relay: Relay;
  let watcher: SessionWatcher;
  let api: ReturnType<typeof createSiteApi>;
  let place: { image: string; architecture: string; project: string; resourceGroup: string };
  let changedAt = new Map<string, number>();

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'berth-events-'));
    sandbox = await startSandbox({
      dataDir,
      port: 0,
      manager,
      madeUp: 0,
      paceMs: 300,
      runtime: new RuntimeDouble(dataDir),
      log: () => undefined,
    });
    relay = new Relay(Number(new URL(sandbox.info.endpoint).port));
    const endpoint = `http://127.0.0.1:${await relay.listen()}`;
    const { hello } = await probe(endpoint);
    const authenticator = createHmacAuthenticator(sandbox.info.accessKey, sandbox.info.secretKey);
    api = createSiteApi({ endpoint, authenticator, hello, clock: systemClock, offerNotInstalled: true });
    const options = await api.launcherOptions(null);
    const version = options.environments.flatMap(({ versions }) => versions).find(({ installed }) => installed);
    place = {
      image: version?.image ?? '',
      architecture: version?.architecture ?? '',
      project: options.projects[0] ?? '',
      resourceGroup: options.resourceGroups[0] ?? '',
    };
    changedAt = new Map();
    watcher = new SessionWatcher({
      api: () => api,
      clock: systemClock,
      random: Math.random,
      onChange: ({ changed }) => {
        for (const { id, status } of changed) changedAt.set(`${id} ${status}`, performance.now());
      },
      onEnded: () => undefined,
      onTrouble: () => undefined,
    });
    watcher.look(true);
    watcher.start();
  });

  afterEach(async () => {
    watcher.dispose();
    api.dispose();
    await relay.close();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Starts and ends sessions as somebody else would: the watcher is told nothing. */
  const start = async (name: string): Promise<string> => {
    const { sessionId } = await api.start({
      accountId: 'account-1',
      name,
      ...place,
      slots: { cpu: '1', mem: '536870912' },
      shmemBytes: null,
      mounts: [],
    });
    return sessionId;
  };
  /** When the site itself says so, asked without a pause. */
  const reached = async (sessionId: string, status: string): Promise<number> => {
    for (;;) {
      if ((await api.session(sessionId))?.status === status) return performance.now();
    }
  };
  const delayMs = async (sessionId: string, status: string): Promise<number> => {
    const at = await reached(sessionId, status);
    await until(() => changedAt.has(`${sessionId} ${status}`), 15_000);
    return (changedAt.get(`${sessionId} ${status}`) ?? Number.POSITIVE_INFINITY) - at;
  };

  it('knows a change within 1 s by events, and catches up after a cut stream', async () => {
    await until(() => watcher.list('running').live === 'events', 10_000);
    const first = await start('by-events');
    expect(await delayMs(first, 'RUNNING')).toBeLessThan(1_000);

    relay.refuseEvents = true;
    relay.cutStreams();
    await until(() => watcher.list('running').live === 'polling', 10_000);
    // Happens in the gap: no event will ever tell.
    await api.terminate(first, false);
    const second = await start('in-the-gap');
    await reached(second, 'RUNNING');
    relay.refuseEvents = false;
    await until(() => watcher.list('running').live === 'events', 30_000);
    await until(() => watcher.get(second)?.status === 'RUNNING' && watcher.get(first)?.status === 'TERMINATED', 5_000);
  });

  it('knows a change within 3 s where there are no events', async () => {
    relay.refuseEvents = true;
    relay.cutStreams();
    await until(() => watcher.list('running').live === 'polling', 10_000);
    const sessionId = await start('by-polling');
    // It appears in the list with the next question; from then on it moves, and is asked for often.
    watcher.touch(sessionId);
    expect(await delayMs(sessionId, 'RUNNING')).toBeLessThan(3_000);
    expect(watcher.list('running').live).toBe('polling');
    await api.terminate(sessionId, false);
    watcher.touch(sessionId);
    expect(await delayMs(sessionId, 'TERMINATED')).toBeLessThan(3_000);
  });
});
