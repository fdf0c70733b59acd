/** A process that stood still, as in sleep: what lives goes on, what died meanwhile is noticed and replaced at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealSshServer, startRealSshServer, until, whyNot } from './testing/real-ssh-server.ts';
import { linksOver } from './testing/test-links.ts';
import { startTestSite, testRef } from './testing/test-site.ts';

const stoppedSeconds = 7;

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== null)('links over a stop of the process', () => {
  let server: RealSshServer;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
  });
  afterAll(() => server?.stop());

  async function rigUp() {
    const site = await startTestSite(server);
    const links = linksOver(site);
    const use = links.acquire(testRef, { kind: 'terminal' });
    const close = async (): Promise<void> => {
      await links.dispose();
      await site.close();
    };
    return { site, use, connection: await use.ready(), close };
  }

  /** This process, stopped from outside; resolves once it runs again. */
  async function standStill(): Promise<void> {
    const script = `kill -STOP ${process.pid}; sleep ${stoppedSeconds}; kill -CONT ${process.pid}`;
    await once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'exit');
  }

  it('asks first: keeps the living connection with its shell, and replaces the dead one within 3 s', async () => {
    const living = await rigUp();
    const dead = await rigUp();
    try {
      const shell = await living.connection.exec('cat');
      let echoed = '';
      shell.on('data', (chunk) => {
        echoed += String(chunk);
      });
      dead.site.hearsClose = false;
      dead.site.hang();
      const before = performance.now();
      await standStill();
      const back = performance.now();
      expect(back - before).toBeGreaterThan(stoppedSeconds * 1_000 - 500);

      await until(() => dead.use.connection !== null && dead.use.connection !== dead.connection, 'a new one', 5_000);
      expect(performance.now() - back).toBeLessThan(3_000);
      expect(dead.connection.isDead).toBe(true);

      shell.write('still here\n');
      await until(() => echoed === 'still here\n', 'echo');
      expect(living.use.value.state).toBe('up');
      expect(living.use.connection).toBe(living.connection);
      expect(living.site.handshakes).toHaveLength(1);
      shell.destroy();
    } finally {
      await living.close();
      await dead.close();
    }
  });
});
