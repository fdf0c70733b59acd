/** Forwards through a real link to Debian's own SSH servers, used as other programs of this computer use them. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Forward } from '../../src-preload/contract/forwards.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import { systemClock } from '../base/clock.ts';
import type { LinksService } from '../links/links-service.ts';
import { freePort, type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { linksOver } from '../links/testing/test-links.ts';
import { memoryStore, startTestSite, type TestSite, testRef, testSession } from '../links/testing/test-site.ts';
import { ForwardsService } from './forwards-service.ts';

const quiet = { info: () => undefined, warn: () => undefined };

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

/** Everything that the other side sends until its end; ours stays open. */
async function readAll(socket: Socket, onChunk: (chunk: Buffer) => void = () => undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    onChunk(chunk);
  });
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const kernelNamed = (hostname: string) => ({ id: hostname, hostname, role: hostname.slice(0, -1), status: 'RUNNING' });

const open = (port: number): Socket => connect({ port, host: '127.0.0.1', allowHalfOpen: true });

describe.each(['dropbear', 'sshd'] as const)('forwards over %s', (kind) => {
  const reason = whyNot(kind);
  if (reason) console.warn(`Skipped: ${reason}`);
  describe.skipIf(reason !== null)('', () => {
    let server: RealSshServer;
    let site: TestSite;
    let links: LinksService;
    let forwards: ForwardsService;
    let session: Session;
    let events: string[];
    let idleMinutes: number;
    /** True here, where the servers are on this computer. */
    let sharesPorts: boolean;
    const store = memoryStore();
    const connected = new Set<(accountId: string) => void>();
    const servers: Server[] = [];

    const start = (): ForwardsService =>
      new ForwardsService({
        links,
        accounts: site.accounts,
        known: site.known,
        onConnected: (listener) => {
          connected.add(listener);
          return () => connected.delete(listener);
        },
        session: async (ref) => {
          if (ref.sessionId !== session.id) throw new BerthError('session-gone', { place: 'manager' });
          return session;
        },
        sharesPorts: () => sharesPorts,
        store,
        emit: (area, name, payload) => {
          if (area === 'forwards') events.push(`${name}:${JSON.stringify(payload)}`);
        },
        clock: systemClock,
        log: quiet,
      });
    /** A program in the session. */
    const serve = async (onSocket: (socket: Socket) => void, host?: string): Promise<number> => {
      const program = createServer({ allowHalfOpen: true }, (socket) => {
        socket.on('error', () => undefined);
        onSocket(socket);
      });
      servers.push(program);
      return listen(program, host);
    };
    const target = (port: number) => ({ ...testRef, kernel: 'main1', port });
    const now = (id: string): Forward | undefined => forwards.list().find((it) => it.id === id);

    beforeAll(async () => {
      server = await startRealSshServer(kind);
    });
    afterAll(() => server?.stop());
    beforeEach(async () => {
      site = await startTestSite(server);
      session = testSession();
      events = [];
      idleMinutes = 30;
      sharesPorts = true;
      store.write({});
      links = linksOver(site, { idleMinutes: () => idleMinutes });
      forwards = start();
    });
    afterEach(async () => {
      await forwards.dispose();
      await links.dispose();
      await site.close();
      for (const it of servers.splice(0)) it.close();
    });

    it('carry 100 MB each way unchanged, with half-closes from either side', async () => {
      const bytes = randomBytes(100 * 2 ** 20);
      const wanted = hashOf(bytes);
      const hashes: string[] = [];
      const up = await serve(async (socket) => {
        hashes.push(hashOf(await readAll(socket)));
        // After the other side's end.
        socket.end('had it all');
      });
      const down = await serve((socket) => {
        socket.end(bytes);
        readAll(socket).then((all) => hashes.push(all.toString()));
      });
      const { localPort } = await forwards.open(target(up), null);
      const sending = open(localPort);
      sending.end(bytes);
      expect((await readAll(sending)).toString()).toBe('had it all');
      const receiving = open((await forwards.open(target(down), null)).localPort);
      let seen = 0;
      const got = await readAll(receiving, (chunk) => {
        // A reader that stands still now and then: what is ahead has to wait, not to be lost.
        if (Math.floor(seen / 2 ** 23) !== Math.floor((seen + chunk.length) / 2 ** 23)) {
          receiving.pause();
          setTimeout(() => receiving.resume(), 50);
        }
        seen += chunk.length;
      });
      expect(hashOf(got)).toBe(wanted);
      receiving.end('still heard');
      await until(() => hashes.length === 2, 'both hashes');
      expect(hashes.sort()).toEqual([wanted, 'still heard'].sort());
      const upward = () => forwards.list().find((it) => it.port === up);
      await until(() => upward()?.connections === 0, 'the end');
      expect(upward()).toMatchObject({ total: 1, bytesOut: bytes.length, bytesIn: 10 });
    });

    it('serve 500 connections at once, and let them all go', async () => {
      const port = await serve((socket) => socket.pipe(socket));
      const { localPort, id } = await forwards.open(target(port), null);
      const sockets = Array.from({ length: 500 }, () => open(localPort));
      const first = sockets.map((socket) => once(socket, 'data'));
      for (const [index, socket] of sockets.entries()) socket.write(`number ${index}`);
      const answers = await Promise.all(first);
      expect(answers.map(([data]) => String(data))).toEqual(sockets.map((_, index) => `number ${index}`));
      await until(() => now(id)?.connections === 500, 'count');
      for (const socket of sockets) socket.end();
      await until(() => now(id)?.connections === 0, 'the end');
      expect(now(id)?.total).toBe(500);
    });

    it('listen on no other address, and reach no other hosts', async () => {
      const port = await serve((socket) => socket.end());
      const { localPort } = await forwards.open(target(port), null);
      const hex = localPort.toString(16).toUpperCase().padStart(4, '0');
      const listening = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => line.trim().split(/\s+/))
          .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')
          .map(([, local]) => local),
      );
      expect(listening).toEqual([`0100007F:${hex}`]);
      const others = Object.values(networkInterfaces()).flatMap((it) => it ?? []);
      for (const { address, internal } of others.filter((it) => !it.internal && it.family === 'IPv4')) {
        expect(internal).toBe(false);
        const [error] = await once(connect(localPort, address), 'error');
        expect(error.code).toBe('ECONNREFUSED');
      }
      await expect(forwards.open({ ...target(port), kernel: 'db.internal' }, null)).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('wait for a link that is away, keep their port, and say what went wrong', async () => {
      const port = await serve((socket) => socket.pipe(socket));
      const { localPort, id } = await forwards.open(target(port), null);
      const before = open(localPort);
      before.write('x');
      await once(before, 'data');
      site.cutAndStayAway();
      const [error] = await once(before, 'error');
      expect(error.code).toBe('ECONNRESET');
      expect(now(id)).toMatchObject({ state: 'open', error: { code: 'tunnel-lost' } });
      const during = open(localPort);
      during.write('y');
      await until(() => now(id)?.waiting === 1, 'waiting');
      site.mend();
      expect(String((await once(during, 'data'))[0])).toBe('y');
      during.destroy();
      // Nobody listens there any more.
      for (const it of servers.splice(0)) it.close();
      const refused = open(localPort);
      await once(refused, 'error');
      await until(() => now(id)?.error?.code === 'service-failed', 'error');
      expect(now(id)?.state).toBe('open');
    });

    it('let the link rest without traffic, and wake it', async () => {
      idleMinutes = 1 / 60;
      const port = await serve((socket) => socket.pipe(socket));
      const { localPort } = await forwards.open(target(port), null);
      const silent = open(localPort);
      silent.on('error', () => undefined);
      silent.write('x');
      await once(silent, 'data');
      await until(() => links.list()[0]?.state === 'idle', 'rest');
      const next = open(localPort);
      next.write('again');
      expect(String((await once(next, 'data'))[0])).toBe('again');
      next.destroy();
    });

    it('reach programs that listen on the IPv6 side of localhost alone', async () => {
      const port = await serve((socket) => socket.end('six'), '::1');
      const socket = open((await forwards.open(target(port), null)).localPort);
      expect((await readAll(socket)).toString()).toBe('six');
    });

    it('remember their port, name a free one where it is taken, come back when pinned, and end with the session', async () => {
      const port = await serve((socket) => socket.end('hello'));
      const wanted = await freePort();
      const opened = await forwards.open(target(port), wanted);
      expect(opened).toMatchObject({ localPort: wanted, state: 'open', pinned: false, sessionName: 'notes' });
      const failed = await forwards.open(target(port + 1), wanted).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'port-taken', params: { port: wanted, free: expect.any(Number) } });
      expect(forwards.list().length).toBe(1);
      const own = await freePort();
      await expect(forwards.open(target(own), own)).rejects.toMatchObject({ code: 'port-taken' });
      sharesPorts = false;
      expect(await forwards.suggest(target(own))).toEqual({ localPort: own, remembered: false });
      sharesPorts = true;
      await forwards.stop(opened.id);
      expect(now(opened.id)?.state).toBe('stopped');
      const refused = once(open(wanted), 'error');
      expect((await refused)[0].code).toBe('ECONNREFUSED');
      expect(await forwards.suggest(target(port))).toEqual({ localPort: wanted, remembered: true });
      await forwards.restart(opened.id);
      expect((await readAll(open(wanted))).toString()).toBe('hello');
      forwards.pin(opened.id, true);

      await forwards.dispose();
      forwards = start();
      expect(forwards.list()).toMatchObject([
        { state: 'stopped', pinned: true, localPort: wanted, sessionName: 'notes' },
      ]);
      for (const listener of connected) listener(testRef.accountId);
      await until(() => now(opened.id)?.state === 'open', 'open again');
      expect((await readAll(open(wanted))).toString()).toBe('hello');

      site.endSession();
      await until(() => events.at(-1) === `removed:${JSON.stringify({ id: opened.id })}`, 'the end');
      expect(forwards.list()).toEqual([]);
      expect(store.read().pinned).toEqual([]);
      session = testSession({ id: '7e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11' });
      const again = { ...target(port), sessionId: session.id };
      expect(await forwards.suggest(again)).toEqual({ localPort: wanted, remembered: true });
    });

    it('tell what listens in the session while its link is up', async () => {
      const port = await serve(() => undefined);
      expect(await forwards.listeners.look(testRef, false)).toEqual({ ports: [], asOf: null });
      expect(site.handshakes).toEqual([]);
      const found = await forwards.listeners.look(testRef, true);
      expect(found.ports).toContainEqual({ port, program: null });
      expect(found.asOf).not.toBeNull();
    });

    it('tell what listens in another kernel of a cluster, by the way that the platform makes there', async () => {
      // The configuration of a person with an own id: OpenSSH looks into no other home.
      const uid = 12_345;
      const [main, sub] = await Promise.all([startRealSshServer(kind, [], uid), startRealSshServer(kind, [], uid)]);
      try {
        site.key = main.privateKey;
        site.ports.set('sshd', main.port);
        session = testSession({ kernels: [kernelNamed('main1'), kernelNamed('sub1'), kernelNamed('sub2')] });
        const look = (kernel: string) => forwards.listening(testRef, kernel, true);
        await expect(look('db.internal')).rejects.toMatchObject({ code: 'not-found' });
        expect(await look('sub1')).toMatchObject({ ports: [], unseen: 'not-reached' });
        const key = join(main.home, '.ssh', 'id_cluster');
        await writeFile(key, sub.privateKey, { mode: 0o600 });
        await chown(key, uid, uid);
        await writeFile(
          join(main.home, '.ssh', 'config'),
          `Host sub1\n\tHostName 127.0.0.1\n\tUser work\n\tPort ${sub.port}\n\tStrictHostKeyChecking no\n\tIdentityFile ${key}\n`,
        );
        const port = await freePort();
        const serving = `exec python3 -m http.server --bind 127.0.0.1 ${port}`;
        const way = ['-n', '-i', key, '-p', String(sub.port), '-o', 'StrictHostKeyChecking=no'];
        const noFile = ['-o', 'UserKnownHostsFile=/dev/null', '-F', 'none'];
        const inside = spawn('ssh', [...way, ...noFile, 'work@127.0.0.1', serving], { stdio: 'ignore' });
        try {
          await until(async () => (await look('sub1')).ports.some((it) => it.port === port), 'it listens');
          expect((await look('sub1')).ports).toContainEqual({ port, program: 'python3' });
          // Seen from the main kernel, nobody is behind it.
          expect((await look('main1')).ports).toContainEqual({ port, program: null });
          expect(await look('sub2')).toMatchObject({ ports: [], unseen: 'not-reached' });
          // No name of a network leads there, and the program listens on the kernel's own loopback.
          const { localPort, id } = await forwards.open({ ...testRef, kernel: 'sub1', port }, null);
          expect((await fetch(`http://127.0.0.1:${localPort}/`)).status).toBe(200);
          const nobody = await forwards.open({ ...testRef, kernel: 'sub1', port: await freePort() }, null);
          const refused = open(nobody.localPort);
          expect((await once(refused, 'error'))[0].code).toBe('ECONNRESET');
          await until(() => now(nobody.id)?.error?.code === 'service-failed', 'the error');
          expect(now(id)?.error).toBeUndefined();
        } finally {
          inside.kill();
        }
      } finally {
        await Promise.all([main.stop(), sub.stop()]);
      }
    });
  });
});
