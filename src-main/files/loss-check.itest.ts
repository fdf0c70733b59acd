/** The loss check against Debian's own SSH servers, as a user without special rights. */
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { whyNot } from '../links/testing/real-ssh-server.ts';
import { type LookLimits, lookForLoss, lookLimits } from './loss-check.ts';
import { shownPath } from './raw-path-policy.ts';
import { type FilesRig, startFilesRig, testUid } from './testing/files-rig.ts';
import { asUser, manyFilesScript, oddNames } from './testing/odd-tree.ts';

describe.each(['dropbear', 'sshd'] as const)('looking for loss through %s', (kind) => {
  const reason = whyNot(kind);
  if (reason) console.warn(`Skipped: ${reason}`);
  describe.skipIf(reason !== null)('', () => {
    let rig: FilesRig;
    let startedAt: number;

    beforeAll(async () => {
      rig = await startFilesRig(kind);
      // What was there before the session's start is not told.
      asUser(testUid, rig.home, 'mkdir old; echo old > old/before.txt');
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      startedAt = Date.now() / 1000;
      asUser(
        testUid,
        rig.home,
        'echo key > id_container; echo hist > .bash_history; mkdir -p .cache/pip; echo c > .cache/pip/x',
      );
    });
    afterAll(() => rig?.stop());
    afterEach(() => rmSync(join(rig.home, 'work'), { recursive: true, force: true }));

    const look = async (connection: SshConnection, limits: LookLimits = lookLimits, mounts: readonly string[] = []) =>
      lookForLoss({
        connection,
        signal: new AbortController().signal,
        clock: systemClock,
        limits,
        startedAt,
        mountNames: mounts,
      });
    const connect = () => rig.use.ready();
    const names = (paths: readonly { readonly path: Buffer }[]) =>
      paths.map(({ path }) => path.subarray(rig.home.length + 1));

    it('finds what changed: odd names byte for byte, links as links, old dates that are new here', async () => {
      mkdirSync(join(rig.home, 'work'));
      for (const name of oddNames) writeFileSync(join(rig.home, 'work', name), name);
      writeFileSync(Buffer.concat([Buffer.from(`${rig.home}/work/latin`), Buffer.from([0xe9, 0xff])]), 'bytes');
      writeFileSync(join(rig.home, 'work', 'unpacked'), 'x');
      utimesSync(join(rig.home, 'work', 'unpacked'), 1_000_000_000, 1_000_000_000);
      mkdirSync(join(rig.home, 'work', 'mounted'));
      writeFileSync(join(rig.home, 'work', 'mounted', 'stays'), 'x');
      symlinkSync('/etc', join(rig.home, 'work', 'etc'));
      symlinkSync('mounted/stays', join(rig.home, 'work', 'into-mount'));
      const loss = await look(await connect(), lookLimits, ['work/mounted']);
      const found = names(loss.found).map((it) => it.toString('latin1'));
      expect(found.sort()).toEqual(
        [
          ...oddNames.map((it) => Buffer.from(`work/${it}`).toString('latin1')),
          'work/latin\xe9\xff',
          'work/unpacked',
          'work/etc',
        ].sort(),
      );
      expect(loss.found.find(({ path }) => path.toString().endsWith('/etc'))).toMatchObject({
        kind: 'link',
        target: Buffer.from('/etc'),
      });
      expect(loss.found.find(({ path }) => path.toString().endsWith('unpacked'))).toMatchObject({
        bytes: 1,
        mode: 0o644,
      });
      expect(loss).toMatchObject({ stopped: null, unreadable: { count: 0 }, comparedBy: 'changed', canHash: true });
      expect(shownPath(names(loss.found.filter(({ path }) => path.includes(0xff)))[0] ?? Buffer.alloc(0))).toBe(
        'work/latin\\xE9\\xFF',
      );
    });

    it('names folders that it may not enter', async () => {
      asUser(
        testUid,
        rig.home,
        'mkdir -p work/locked work/open; echo 1 > work/open/a; echo 2 > work/locked/b; chmod 0 work/locked',
      );
      const loss = await look(await connect());
      expect(names(loss.found).map(String)).toEqual(['work/open/a']);
      expect(loss.unreadable.count).toBe(1);
      expect(names(loss.unreadable.names.map((path) => ({ path }))).map(String)).toEqual(['work/locked']);
    });

    it('counts 20,000 files in seconds, stops at a limit, and can be ended', async () => {
      asUser(testUid, rig.home, `mkdir work; cd work; ${manyFilesScript(200)}`);
      const connection = await connect();
      const before = performance.now();
      const loss = await look(connection);
      const seconds = (performance.now() - before) / 1000;
      console.info(`${kind}: 20,000 files looked at in ${seconds.toFixed(2)} s`);
      expect(loss.found).toHaveLength(20_000);
      expect(loss.found.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(20_000);
      expect(seconds).toBeLessThan(10);

      const some = await look(connection, { ...lookLimits, entries: 500 });
      expect(some.stopped).toBe('entries');
      expect(some.found).toHaveLength(500);

      const cancel = new AbortController();
      const cancelled = lookForLoss({
        connection,
        signal: cancel.signal,
        clock: systemClock,
        limits: lookLimits,
        startedAt,
        mountNames: [],
      });
      cancel.abort();
      await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    });

    it('walks over SFTP where there is no GNU find', async () => {
      const bare = await startFilesRig(kind, ['/usr/bin/find']);
      try {
        asUser(
          testUid,
          bare.home,
          'mkdir -p work/deep/er work/locked work/mounted; echo 1 > work/deep/er/a; echo 2 > work/locked/b; ' +
            'echo 3 > work/mounted/c; ln -s /etc work/etc; chmod 0 work/locked; printf x > "work/$(printf \'odd\\377\')"',
        );
        const connection = await bare.use.ready();
        const loss = await look(connection, lookLimits, ['work/mounted']);
        expect(loss.found.map(({ path }) => path.toString().slice(bare.home.length + 1))).toEqual([
          'work/deep/er/a',
          'work/etc',
        ]);
        expect(loss).toMatchObject({ comparedBy: 'modified', oddNames: 1, unreadable: { count: 1 }, stopped: null });
        const hurried = await look(connection, { timeMs: 1, entries: 10 }).catch((error: unknown) => error);
        expect(hurried).toMatchObject({ code: 'timeout' });
      } finally {
        await bare.stop();
      }
    });
  });
});
