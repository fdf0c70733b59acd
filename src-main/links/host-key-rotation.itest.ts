/** A kernel that was restarted shows another host key: everything stands still until a person took that very key. */
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { Terminal } from '../terminals/terminal.ts';
import { TestPort } from '../terminals/testing/test-port.ts';
import type { LinksService } from './links-service.ts';
import { type RealSshServer, startRealSshServer, until, whyNot } from './testing/real-ssh-server.ts';
import { linksOver } from './testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from './testing/test-site.ts';

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== null)('a rotated host key under an open terminal', () => {
  let servers: RealSshServer[];
  let site: TestSite;
  let links: LinksService;

  beforeEach(async () => {
    // Both run on one file system: without hiding tmux, the second would find the first one's shell in /tmp.
    servers = await Promise.all([startRealSshServer('dropbear'), startRealSshServer('dropbear', ['/usr/bin/tmux'])]);
    site = await startTestSite(servers[0]);
    links = linksOver(site);
  });
  afterEach(async () => {
    await links.dispose();
    await site.close();
    for (const server of servers) await server.stop();
  });

  it('blocks, sends nothing that was typed for the old shell, and goes on with a new one after the yes', async () => {
    const [before, after] = servers;
    if (!before || !after) throw new Error('No servers');
    await copyFile(join(before.home, '.ssh/authorized_keys'), join(after.home, '.ssh/authorized_keys'));
    const port = new TestPort();
    new Terminal(
      { links, clock: systemClock },
      { ...testRef, cols: 100, rows: 30, terminalId: 'rotated', history: 0 },
      port,
    );
    await until(() => port.of('attached').length === 1, 'attached');

    // The kernel restarts: the same session, the same user's key, another host key.
    site.ports.set('sshd', after.port);
    site.cut();
    port.type('touch meant-for-the-old-shell-1\r');
    await until(() => port.of('state').at(-1)?.state === 'failed', 'blocked');
    const blocked = port.of('state').at(-1);
    expect(blocked?.error).toMatchObject({ code: 'host-key-changed', retry: 'never' });
    const { expected, actual } = blocked?.error?.params ?? {};
    expect(new Set([expected, actual, undefined]).size).toBe(3);

    // Neither asking, nor sleep, nor another network, nor a sign-in gets past it.
    const tries = site.handshakes.length;
    port.type('touch meant-for-the-old-shell-2\r');
    port.control({ type: 'retry' });
    links.retry(testRef);
    links.suspend();
    links.resume();
    site.signIn();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(site.handshakes).toHaveLength(tries);
    expect(after.log()).not.toContain('auth succeeded');
    expect(() => links.acceptHostKey(testRef, String(expected))).toThrow(
      expect.objectContaining({ code: 'host-key-changed' }),
    );
    expect(site.handshakes).toHaveLength(tries);

    links.acceptHostKey(testRef, String(actual));
    await until(() => port.of('attached').length === 2, 'attached to the new one');
    expect(port.of('attached')[1]?.resumed).toBe(false);
    port.type('touch meant-for-the-new-shell\r');
    await until(() => existsSync(join(after.home, 'meant-for-the-new-shell')), 'a command in the new shell');
    for (const name of ['meant-for-the-old-shell-1', 'meant-for-the-old-shell-2']) {
      expect(existsSync(join(after.home, name))).toBe(false);
    }
    port.leave();
  });
});
