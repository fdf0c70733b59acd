/** Links against Debian's own SSH servers, through real WebSockets. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Link as LinkValue } from '../../src-preload/contract/links.ts';
import { BerthError } from '../base/berth-error.ts';
import type { LinksService } from './links-service.ts';
import { accepts, freePort, type RealSshServer, startRealSshServer, until, whyNot } from './testing/real-ssh-server.ts';
import { linksOver } from './testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from './testing/test-site.ts';

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

const isLost = ({ state, error }: { readonly state: string; readonly error?: unknown }): boolean =>
  state === 'connecting' && error !== undefined;

describe.each(['dropbear', 'sshd'] as const)('links to %s', (kind) => {
  const reason = whyNot(kind);
  if (reason) console.warn(`Skipped: ${reason}`);
  describe.skipIf(reason !== null)('', () => {
    let server: RealSshServer;
    let site: TestSite;
    let links: LinksService;
    let changes: LinkValue[];

    beforeAll(async () => {
      server = await startRealSshServer(kind);
    });
    afterAll(() => server?.stop());
    beforeEach(async () => {
      site = await startTestSite();
      site.ports.set('sshd', server.port);
      site.key = `some header that a TAR has${server.privateKey}\0\0\0`;
      changes = [];
      links = linksOver(site, {
        emit: (_area, _name, payload) => void changes.push(payload as LinkValue),
      });
    });
    afterEach(async () => {
      await links.dispose();
      await site.close();
    });

    it('connects once for several users and runs commands', async () => {
      const first = links.acquire(testRef, { kind: 'terminal' });
      const second = links.acquire(testRef, { kind: 'app', service: 'jupyter' });
      const [one, two] = await Promise.all([first.ready(), second.ready()]);
      expect(one).toBe(two);
      const stream = await one.exec('echo hello; exit 3');
      expect(await textOf(stream)).toBe('hello\n');
      await until(() => stream.hasExited, 'exit status');
      expect(stream.exitCode).toBe(3);
      expect(site.handshakes).toEqual(['tcpproxy:sshd']);
      expect(links.list()).toMatchObject([{ state: 'up', terminals: 1, apps: ['jupyter'], sessionName: 'notes' }]);
    });

    it('closes what stands to a session that is to be ended, and takes it up again', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      const before = await use.ready();
      const stream = await before.exec('cat');
      const takeUp = links.letGo(testRef);
      await expect(once(stream, 'close')).rejects.toMatchObject({ code: 'tunnel-lost' });
      expect(use.value).toMatchObject({ state: 'connecting', error: { params: { reason: 'ending' } } });
      takeUp();
      expect(await use.ready()).not.toBe(before);
      expect(links.letGo({ ...testRef, sessionId: 'another' })()).toBeUndefined();
    });

    it('carries bytes both ways unchanged, and ends where the other side ends', async () => {
      const echo: Server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
      await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
      const address = echo.address();
      if (address === null || typeof address === 'string') throw new Error('No port');
      const use = links.acquire(testRef, { kind: 'app', service: 'x' });
      const stream = await (await use.ready()).forward(address.port);
      const sent = randomBytes(3_000_001);
      const received = createHash('sha256');
      let length = 0;
      stream.end(sent);
      for await (const chunk of stream) {
        received.update(chunk);
        length += chunk.length;
      }
      expect(length).toBe(sent.length);
      expect(received.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
      await until(() => stream.closed, 'close');
      echo.close();
    });

    it('comes back after a cut, and tells', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      const before = await use.ready();
      site.cut();
      // The first try follows at once, so being lost may be over before anybody looks.
      await until(() => changes.some(isLost), 'lost');
      const after = await use.ready();
      expect(after).not.toBe(before);
      expect(await textOf(await after.exec('echo again'))).toBe('again\n');
      expect(changes.at(-1)?.state).toBe('up');
    });

    it('fails pending requests at once when the connection is cut', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      const connection = await use.ready();
      site.stall();
      const asked = connection.exec('echo never');
      asked.catch(() => undefined);
      site.cut();
      await expect(asked).rejects.toMatchObject({ code: 'tunnel-lost' });
    });

    it('stays up while nobody uses it: each answer to a question counts', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      await use.ready();
      let answers = 0;
      let seen = links.list()[0]?.bytesIn ?? 0;
      // Three quiet questions and answers, one each 2.5 s: a link that forgets an answer is dropped at the third.
      await until(
        () => {
          const now = links.list()[0]?.bytesIn ?? 0;
          if (now > seen) answers += 1;
          seen = now;
          return answers >= 3 || changes.some(isLost);
        },
        'answers',
        25_000,
      );
      expect(changes.some(isLost)).toBe(false);
    });

    it('reports an end as an end and a cut as an error', async () => {
      const slow = createServer((socket) => {
        socket.write('part');
      });
      await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
      const address = slow.address();
      if (address === null || typeof address === 'string') throw new Error('No port');
      const use = links.acquire(testRef, { kind: 'app', service: 'x' });
      const stream = await (await use.ready()).forward(address.port);
      await new Promise<void>((resolve) => stream.once('data', () => resolve()));
      let ended = false;
      stream.on('end', () => {
        ended = true;
      });
      const failed = new Promise<Error>((resolve) => stream.once('error', resolve));
      site.cut();
      expect(await failed).toMatchObject({ code: 'tunnel-lost' });
      expect(ended).toBe(false);
      slow.close();
    });

    it('launches a service once, forwards to it, and goes around when the port is refused', async () => {
      const port = await freePort();
      site.services.push({ name: 'web', protocol: 'http', ports: [port], urlTemplate: null });
      const web = createServer((socket) => socket.end('hi'));
      site.onLaunch = async (service) => {
        if (service !== 'web' || web.listening) return;
        await new Promise<void>((resolve) => web.listen(port, '127.0.0.1', resolve));
        site.ports.set('web', port);
      };
      expect(await textOf(await links.dial(testRef, 'web', port))).toBe('hi');
      expect(await textOf(await links.dial(testRef, 'web', port))).toBe('hi');
      expect(site.handshakes).toEqual(['tcpproxy:sshd', 'httpproxy:web']);
      // The same service, on a port where nothing listens inside: the site's own way still reaches it.
      expect(await textOf(await links.dial(testRef, 'web', await freePort()))).toBe('hi');
      expect(site.handshakes.at(-1)).toBe('httpproxy:web');
      web.close();
    });

    it('pins the host key of the server that lets us in, not of one that answered before', async () => {
      const stranger = await startRealSshServer(kind);
      try {
        // It knows another user key.
        const real = site.ports.get('sshd') ?? 0;
        site.ports.set('sshd', stranger.port);
        const use = links.acquire(testRef, { kind: 'terminal' });
        await expect(use.ready()).rejects.toMatchObject({ code: 'key-refused' });
        expect(links.hostKeys.fingerprint('site-1234', testRef.sessionId)).toBeNull();
        site.ports.set('sshd', real);
        use.retry();
        await use.ready();
        const pinned = links.hostKeys.fingerprint('site-1234', testRef.sessionId);
        expect(pinned).toMatch(/^SHA256:/);
        // From here on any other blocks, before anyone is let in.
        site.ports.set('sshd', stranger.port);
        site.cut();
        await until(() => use.state === 'failed', 'failed');
        expect(use.value.error).toMatchObject({ code: 'host-key-changed', params: { expected: pinned } });
      } finally {
        await stranger.stop();
      }
    });

    it('a changed host key blocks', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      await use.ready();
      const other = await startRealSshServer(kind);
      try {
        // The same user key is accepted there: only the host key differs.
        await copyFile(join(server.home, '.ssh/authorized_keys'), join(other.home, '.ssh/authorized_keys'));
        site.ports.set('sshd', other.port);
        site.cut();
        await until(() => use.state === 'failed', 'failed');
        expect(use.value.error?.code).toBe('host-key-changed');
        const tries = site.handshakes.length;
        links.retry(testRef);
        await expect(use.ready()).rejects.toMatchObject({ code: 'host-key-changed' });
        expect(site.handshakes.length).toBe(tries);
        // Nothing of ours was said to the other server: not even which key we have.
        expect(other.log()).not.toMatch(/auth succeeded|Accepted publickey/);
        links.acceptHostKey(testRef, String(use.value.error?.params.actual));
        expect(await textOf(await (await use.ready()).exec('echo new'))).toBe('new\n');
      } finally {
        await other.stop();
      }
    });

    it('ends with the session and with the sign-in', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      const connection = await use.ready();
      site.endSession();
      expect(use.state).toBe('failed');
      expect(use.value.error?.code).toBe('session-gone');
      expect(connection.isDead).toBe(true);
      expect(links.list()).toEqual([]);
      const again = links.acquire(testRef, { kind: 'terminal' });
      await again.ready();
      site.signOut();
      await expect(again.ready()).rejects.toMatchObject({ code: 'signed-out' });
    });

    it('drops the connection for sleep and is back after it', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      const before = await use.ready();
      links.suspend();
      expect(isLost(use.value)).toBe(true);
      expect(before.isDead).toBe(true);
      links.resume();
      expect(await use.ready()).not.toBe(before);
    });

    it('gives another SSH client the raw bytes', async () => {
      const raw = await links.openRawSsh(testRef);
      const banner = await new Promise<string>((resolve) => raw.once('data', (chunk) => resolve(String(chunk))));
      expect(banner).toMatch(/^SSH-2\.0-/);
      raw.destroy();
      expect(await accepts(server.port)).toBe(true);
    });

    it('says what is missing: no SSH service, no key, a site that cannot be reached', async () => {
      site.services = [];
      const use = links.acquire(testRef, { kind: 'terminal' });
      await expect(use.ready()).rejects.toMatchObject({ code: 'no-ssh-service' });
      expect(use.value.state).toBe('failed');
      site.services = [{ name: 'sshd', protocol: 'tcp', ports: [2200], urlTemplate: null }];
      const other = linksOver(site);
      site.key = 'no key at all';
      const second = other.acquire(testRef, { kind: 'terminal' });
      await expect(second.ready()).rejects.toMatchObject({ code: 'key-missing' });
      site.key = server.privateKey;
      site.refuse = new BerthError('offline', { place: 'site', retry: 'auto' });
      second.retry();
      await until(() => second.value.nextTryAt !== null, 'waiting');
      expect(second.value.nextTryAt).not.toBeNull();
      site.refuse = null;
      second.retry();
      await second.ready();
      await other.dispose();
    });
  });
});
