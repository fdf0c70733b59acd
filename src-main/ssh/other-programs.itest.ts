/** OpenSSH's own programs, and rsync, through the configuration that Berth writes, to Debian's own SSH servers. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  accepts,
  freePort,
  type RealSshServer,
  startRealSshServer,
  until,
  whyNot,
} from '../links/testing/real-ssh-server.ts';
import { startTestSite, type TestSite, testRef, testSession } from '../links/testing/test-site.ts';
import { type SshRig, startSshRig } from './testing/ssh-rig.ts';

const never = new AbortController().signal;
const noRsync = existsSync('/usr/bin/rsync') ? null : 'rsync is not installed';
if (noRsync) console.warn(`Skipped: ${noRsync}`);

function hashOfTree(root: string): { hash: string; files: number } {
  const hash = createHash('sha256');
  let files = 0;
  for (const entry of (readdirSync(root, { recursive: true }) as string[]).sort()) {
    const path = join(root, entry);
    if (!statSync(path).isFile()) continue;
    files += 1;
    hash.update(`${entry}\0`).update(readFileSync(path));
  }
  return { hash: hash.digest('hex'), files };
}

/** Sends to a local port and answers the first bytes that come back. */
function said(port: number, bytes: Buffer, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let got = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.length >= length) socket.destroy();
    });
    socket.on('close', () => resolve(got));
  });
}

describe.each(['dropbear', 'sshd'] as const)('other programs with %s', (kind) => {
  const reason = whyNot(kind);
  if (reason) console.warn(`Skipped: ${reason}`);
  describe.skipIf(reason !== null)('', () => {
    let server: RealSshServer;
    let site: TestSite;
    let rig: SshRig;

    beforeAll(async () => {
      server = await startRealSshServer(kind);
    });
    afterAll(() => server?.stop());
    beforeEach(async () => {
      site = await startTestSite(server);
      rig = await startSshRig(site);
    });
    afterEach(async () => {
      await rig.dispose();
      await site.close();
    });

    it.each(['agent', 'file'] as const)('ssh, scp, sftp and forwards work with the key by %s', async (keyBy) => {
      await mkdir(dirname(rig.configFile), { mode: 0o700 });
      await writeFile(rig.configFile, 'Host *\n  IdentityFile ~/.ssh/nothing\n  ForwardAgent yes\n', { mode: 0o600 });
      const before = await rig.run('ssh', '-G', 'elsewhere');
      const entry = await rig.entries.add(testRef, keyBy, never);
      expect(entry.alias).toBe('notes');
      expect((await rig.run('ssh', '-G', 'elsewhere')).stdout).toBe(before.stdout);
      const files = (await readdir(rig.dataDir, { recursive: true })).filter((name) => name.endsWith('/key'));
      expect(files.length).toBe(keyBy === 'file' ? 1 : 0);

      // As VS Code does: a shell that reads its script, without a terminal.
      const shell = await rig.run('sh', '-c', 'echo "echo over-$((6*7)); pwd" | ssh -T notes bash -s');
      expect(shell).toMatchObject({ code: 0, stdout: `over-42\n${server.home}\n` });
      expect((await rig.run('ssh', 'notes', 'exit 7')).code).toBe(7);

      const bytes = randomBytes(3_000_001);
      await writeFile(join(rig.home, 'up'), bytes);
      expect(await rig.run('scp', '-q', '/root/up', 'notes:up')).toMatchObject({ code: 0, stderr: '' });
      expect(await rig.run('scp', '-q', '-O', 'notes:up', '/root/down')).toMatchObject({ code: 0, stderr: '' });
      expect((await readFile(join(rig.home, 'down'))).equals(bytes)).toBe(true);
      if (kind === 'sshd' || existsSync('/usr/lib/sftp-server')) {
        const got = await rig.run('sh', '-c', 'echo "get up down-2" | sftp -q -b - notes');
        expect(got.code).toBe(0);
      }

      const echo = createServer((socket) => socket.pipe(socket));
      await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
      const address = echo.address();
      if (address === null || typeof address === 'string') throw new Error('No port');
      // Dynamic and plain forwards at once, as VS Code's remote window has them.
      const [dynamic, plain] = [await freePort(), await freePort()];
      const forwards = rig.start(
        ...['ssh', '-o', 'ExitOnForwardFailure=yes', '-N', '-D', String(dynamic)],
        ...['-L', `${plain}:127.0.0.1:${address.port}`, 'notes'],
      );
      await until(async () => (await accepts(dynamic)) && (await accepts(plain)), 'forwards');
      const high = Buffer.from([address.port >> 8, address.port & 255]);
      // SOCKS 5: no login, then a connection to 127.0.0.1.
      const socks = Buffer.concat([Buffer.from([5, 1, 0]), Buffer.from([5, 1, 0, 1, 127, 0, 0, 1]), high]);
      expect((await said(plain, Buffer.from('plain'), 5)).toString()).toBe('plain');
      expect((await said(dynamic, Buffer.concat([socks, Buffer.from('dynamic')]), 19)).subarray(12).toString()).toBe(
        'dynamic',
      );
      forwards.kill();
      echo.close();
    });

    it.skipIf(noRsync !== null)('rsync carries 5,000 files', async () => {
      await rig.entries.add(testRef, kind === 'dropbear' ? 'agent' : 'file', never);
      for (let folder = 0; folder < 50; folder += 1) {
        mkdirSync(join(rig.home, 'tree', `d${folder}`), { recursive: true });
        for (let file = 0; file < 100; file += 1) {
          writeFileSync(join(rig.home, 'tree', `d${folder}`, `f ${file}`), randomBytes(200 + ((file * 37) % 900)));
        }
      }
      const isUp = kind === 'dropbear';
      const [from, to] = isUp ? ['/root/tree/', 'notes:tree/'] : ['notes:tree/', '/root/back/'];
      if (!isUp) await rename(join(rig.home, 'tree'), join(server.home, 'tree'));
      expect(await rig.run('rsync', '-a', from, to)).toMatchObject({ code: 0, stderr: '' });
      const sides = isUp ? [rig.home, server.home] : [server.home, rig.home];
      const [wanted, got] = sides.map((side, index) => hashOfTree(join(side, index === 1 && !isUp ? 'back' : 'tree')));
      expect(got).toEqual(wanted);
      expect(wanted?.files).toBe(5_000);
    });

    it('leaves nothing: the name means nothing any more, and the configuration is what it was', async () => {
      await mkdir(dirname(rig.configFile), { mode: 0o700 });
      const mine = 'Host mine\r\n  HostName 192.0.2.1\r\n# no end';
      await writeFile(rig.configFile, mine, { mode: 0o640 });
      await rig.entries.add(testRef, 'file', never);
      expect(await readFile(rig.configFile, 'utf8')).not.toBe(mine);
      await rig.entries.remove(testRef);
      expect(await readFile(rig.configFile, 'utf8')).toBe(mine);
      expect((await stat(rig.configFile)).mode & 0o777).toBe(0o640);
      expect(await readdir(rig.dataDir)).toEqual(['berth.lock']);
      const gone = await rig.run('ssh', '-o', 'ConnectTimeout=2', 'notes', 'true');
      expect(gone.code).toBe(255);
      expect(gone.stderr).toContain('Could not resolve hostname notes');
    });

    it('another host key blocks', async () => {
      await rig.entries.add(testRef, 'agent', never);
      const other = await startRealSshServer(kind);
      try {
        await writeFile(
          join(other.home, '.ssh/authorized_keys'),
          await readFile(join(server.home, '.ssh/authorized_keys')),
        );
        site.ports.set('sshd', other.port);
        const changed = await rig.run('ssh', 'notes', 'echo inside');
        expect(changed).toMatchObject({ code: 255, stdout: '' });
        expect(changed.stderr).toContain('Host key verification failed');
        // Nothing is trusted until Berth saw the new one itself and the person accepted it.
        site.cut();
        await expect.poll(() => rig.links.list()[0]?.state).toBe('idle');
        const use = rig.links.acquire(testRef, { kind: 'terminal' });
        await expect(use.ready()).rejects.toMatchObject({ code: 'host-key-changed' });
        expect((await rig.run('ssh', 'notes', 'echo inside')).stderr).toContain('Host key verification failed');
        rig.links.acceptHostKey(testRef, String(use.value.error?.params.actual));
        await use.ready();
        await use.dispose();
        expect(await rig.run('ssh', 'notes', 'echo inside')).toMatchObject({ code: 0, stdout: 'inside\n' });
      } finally {
        await other.stop();
      }
    });

    it('says what is wrong where Berth does not run, the session is over, or nobody is signed in', async () => {
      await rig.entries.add(testRef, 'agent', never);
      rig.sessions.set(testRef.sessionId, testSession({ family: 'finished' }));
      const over = await rig.run('ssh', 'notes', 'true');
      expect(over.code).toBe(255);
      expect(over.stderr).toMatch(/^berth: .*session.*\n/i);
      rig.sessions.clear();
      expect((await rig.run('ssh', 'notes', 'true')).stderr).toMatch(/^berth: /);
      expect(site.handshakes.filter((it) => it.startsWith('tcpproxy')).length).toBe(1);
      await rig.quit();
      const off = await rig.run('ssh', 'notes', 'true');
      expect(off.code).toBe(255);
      expect(off.stderr).toContain('berth: Berth does not run with this data folder');
    });
  });
});

describe('the person’s configuration', () => {
  const reason = whyNot('sshd');
  it.skipIf(reason !== null)('leaves the choice of keys alone for a session that takes one of their own', async () => {
    const server = await startRealSshServer('sshd');
    const site = await startTestSite();
    site.ports.set('sshd', server.port);
    const rig = await startSshRig(site, server.privateKey);
    try {
      await mkdir(dirname(rig.configFile), { mode: 0o700 });
      await writeFile(join(dirname(rig.configFile), 'id_rsa'), server.privateKey, { mode: 0o600 });
      expect(await rig.entries.add(testRef, 'agent', never)).toEqual({ alias: 'notes', keyBy: 'own', keyFile: null });
      expect(await rig.run('ssh', 'notes', 'echo inside')).toMatchObject({ code: 0, stdout: 'inside\n' });
      await rig.entries.remove(testRef);
      expect(await readdir(dirname(rig.configFile))).toEqual(['id_rsa']);
    } finally {
      await rig.dispose();
      await site.close();
      await server.stop();
    }
  });

  it.skipIf(reason !== null)('that may not be written stays, and the line to add by hand is told', async () => {
    const server = await startRealSshServer('sshd');
    const site = await startTestSite(server);
    const rig = await startSshRig(site);
    try {
      await mkdir(dirname(rig.configFile), { mode: 0o700 });
      await writeFile(rig.configFile, '# mine\n');
      await chmod(rig.configFile, 0o400);
      const line = `Include "${join(rig.dataDir, 'ssh', 'config')}"`;
      await expect(rig.entries.add(testRef, 'agent', never)).rejects.toMatchObject({
        code: 'ssh-config',
        params: { reason: 'unwritable', path: rig.configFile, line },
      });
      expect(await readFile(rig.configFile, 'utf8')).toBe('# mine\n');
      expect(await readdir(rig.dataDir)).toEqual(['berth.lock']);
      expect(rig.entries.entry(testRef)).toBeNull();

      // By hand: then there is nothing to write.
      await chmod(rig.configFile, 0o600);
      await writeFile(rig.configFile, `${line}\n# mine\n`);
      await chmod(rig.configFile, 0o400);
      await rig.entries.add(testRef, 'agent', never);
      expect((await rig.run('ssh', 'notes', 'echo inside')).stdout).toBe('inside\n');
      site.endSession();
      await expect.poll(() => rig.entries.entry(testRef)).toBeNull();
      await expect.poll(() => readdir(rig.dataDir)).toEqual(['berth.lock']);
    } finally {
      await rig.dispose();
      await site.close();
      await server.stop();
    }
  });
});
