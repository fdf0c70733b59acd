/** Keeping files of a session over Debian's own SSH servers: every byte, once, across cuts, pauses and restarts. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeepInput, Transfer } from '../../src-preload/contract/transfers.ts';
import { BerthError } from '../base/berth-error.ts';
import { systemClock } from '../base/clock.ts';
import { until, whyNot } from '../links/testing/real-ssh-server.ts';
import { testRef, testSession } from '../links/testing/test-site.ts';
import { quietLog } from '../sites/testing.ts';
import { Looks } from './looks.ts';
import { lookLimits } from './loss-check.ts';
import { type FilesRig, startFilesRig, testUid } from './testing/files-rig.ts';
import { asUser, manyFilesScript, oddNames } from './testing/odd-tree.ts';
import { TransfersService } from './transfers-service.ts';

/** Relative path -> what it is; content by its hash. */
function treeOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  // As bytes: a name may be no text.
  const visit = (path: Buffer, shown: string): void => {
    for (const name of readdirSync(path, { encoding: 'buffer' })) {
      const below = Buffer.concat([path, Buffer.from('/'), name]);
      const label = shown === '' ? name.toString() : `${shown}/${name}`;
      const info = lstatSync(below);
      if (info.isDirectory()) visit(below, label);
      else if (info.isSymbolicLink()) found.set(label, `-> ${readlinkSync(below)}`);
      else found.set(label, createHash('sha256').update(readFileSync(below)).digest('hex'));
    }
  };
  visit(Buffer.from(folder), '');
  return found;
}

describe.each(['dropbear', 'sshd'] as const)('keeping files through %s', (kind) => {
  const reason = whyNot(kind);
  if (reason) console.warn(`Skipped: ${reason}`);
  describe.skipIf(reason !== null)('', () => {
    let rig: FilesRig;
    let here: string;
    let service: TransfersService;
    let looks: Looks;
    let ended: string[];
    let told: Transfer[];
    let gone: boolean;

    const make = (): void => {
      looks = new Looks({
        links: rig.links,
        known: { ...rig.site.known, get: () => testSession({ startedAt: '2026-01-01T00:00:00Z', mounts: ['vault'] }) },
        clock: systemClock,
      });
      service = new TransfersService({
        links: rig.links,
        accounts: rig.site.accounts,
        known: rig.site.known,
        clock: systemClock,
        emit: (_area, name, payload) => {
          if (name === 'changed') told.push(payload as Transfer);
        },
        log: quietLog,
        dataDir: join(here, 'data'),
        looked: (id) => looks.looked(id),
        lookAt: (ref, connection, within) => looks.lookAt(ref, connection, within, lookLimits),
        checkSession: async ({ sessionId }) => {
          if (gone) throw new BerthError('session-gone', { place: 'manager', params: { session: sessionId } });
        },
        endSession: async ({ sessionId }) => void ended.push(sessionId),
      });
    };

    beforeAll(async () => {
      rig = await startFilesRig(kind);
      mkdirSync(join(rig.home, 'vault'));
      chownSync(join(rig.home, 'vault'), testUid, testUid);
    });
    afterAll(() => rig?.stop());
    beforeEach(async () => {
      here = await mkdtemp(join(tmpdir(), 'berth-keep-'));
      ended = [];
      gone = false;
      told = [];
      make();
    });
    afterEach(async () => {
      await service.dispose();
      rmSync(join(rig.home, 'work'), { recursive: true, force: true });
      await rm(here, { recursive: true, force: true });
    });

    const signal = new AbortController().signal;
    const keep = async (to: KeepInput['to'], thenEnd = false): Promise<Transfer> => {
      const report = await looks.look(testRef, signal);
      const count = report.files + report.links;
      return service.keep({ checkId: report.checkId, chosen: [[0, count - 1]], to, thenEnd }, signal);
    };
    const stateOf = async (id: string): Promise<Transfer> => {
      const found = (await service.list()).find((it) => it.id === id);
      if (!found) throw new Error('No such transfer');
      return found;
    };
    const settled = async (id: string, withinMs = 60_000): Promise<Transfer> => {
      const over = ['done', 'failed', 'cancelled', 'paused'];
      await until(async () => over.includes((await stateOf(id)).state), 'the transfer', withinMs);
      return stateOf(id);
    };
    const download = (thenEnd = false) => keep({ kind: 'download', folder: join(here, 'downloads') }, thenEnd);

    it('downloads odd names, modes, times and links as they are, then ends the session', async () => {
      const work = join(rig.home, 'work');
      mkdirSync(work);
      chownSync(work, testUid, testUid);
      for (const name of oddNames) writeFileSync(join(work, name), `content of ${name}`);
      writeFileSync(Buffer.concat([Buffer.from(`${work}/latin`), Buffer.from([0xff])]), 'bytes');
      writeFileSync(join(work, 'empty'), '');
      asUser(
        testUid,
        work,
        'echo run > tool; chmod 750 tool; touch -d 2020-05-05T05:05:05Z tool; ln -s tool inside; ln -s /etc/issue outside; ln -s ../../x up',
      );
      const before = treeOf(work);
      const transfer = await settled((await download(true)).id);
      expect(transfer).toMatchObject({
        state: 'done',
        failedCount: 0,
        verifiedBy: 'hash',
        filesDone: transfer.filesTotal,
      });
      expect(transfer.folder).toBe(join(here, 'downloads', 'notes'));
      const after = treeOf(join(transfer.folder, 'work'));
      // No link leads out of the folder; the byte that is no text is written out.
      for (const link of ['outside', 'up']) before.delete(link);
      const odd = [...before.keys()].find((name) => name.startsWith('latin')) ?? '';
      before.set('latin%FF', createHash('sha256').update('bytes').digest('hex'));
      before.delete(odd);
      expect([...after].sort()).toEqual([...before].sort());
      expect(readFileSync(join(transfer.folder, 'links of the session.txt'), 'utf8')).toContain(
        'work/outside -> /etc/issue',
      );
      const tool = lstatSync(join(transfer.folder, 'work', 'tool'));
      expect(tool.mode & 0o777).toBe(0o750);
      expect(tool.mtime.toISOString()).toBe('2020-05-05T05:05:05.000Z');
      expect(readdirSync(transfer.folder).sort()).toEqual(['links of the session.txt', 'work']);
      expect(ended).toEqual([testRef.sessionId]);

      // A second one takes nothing's place.
      const again = await settled((await download()).id);
      expect(again.folder).toBe(join(here, 'downloads', 'notes (2)'));
      expect(treeOf(join(transfer.folder, 'work'))).toEqual(after);
    });

    // Both servers get the cuts; one of them the full number.
    const many = kind === 'dropbear' ? 20_000 : 3_000;
    it(`downloads ${many} files across two cuts of the link: nothing lost, nothing doubled`, async () => {
      asUser(testUid, rig.home, `mkdir work; cd work; ${manyFilesScript(many / 100)}`);
      const before = performance.now();
      const { id } = await download();
      for (const share of [0.2, 0.6]) {
        await until(() => (told.at(-1)?.filesDone ?? 0) > many * share, 'some of the files', 60_000);
        rig.site.cut();
      }
      const transfer = await settled(id, 90_000);
      console.info(
        `${kind}: ${many} files downloaded, with two cuts, in ${((performance.now() - before) / 1000).toFixed(1)} s`,
      );
      expect(transfer).toMatchObject({
        state: 'done',
        filesDone: many,
        failedCount: 0,
        bytesDone: transfer.bytesTotal,
      });
      expect(told.some(({ state }) => state === 'reconnecting')).toBe(true);
      expect(treeOf(transfer.folder)).toEqual(treeWithPrefix('work', treeOf(join(rig.home, 'work'))));
    });

    it('goes on with a large file where it was: cut, paused, and after Berth was quit', async () => {
      asUser(testUid, rig.home, 'mkdir work; head -c 150000000 /dev/urandom > work/big');
      const before = performance.now();
      const { id } = await download(true);
      const some = (bytes: number) => until(() => (told.at(-1)?.bytesDone ?? 0) > bytes, `${bytes} bytes`, 60_000);
      await some(20e6);
      rig.site.cut();
      await some(60e6);
      await service.pause(id);
      const paused = await stateOf(id);
      expect(paused).toMatchObject({ state: 'paused', interrupted: false });
      await service.resume(id);
      await some(paused.bytesDone + 10e6);
      await service.dispose();
      expect(ended).toEqual([]);

      make();
      expect(await stateOf(id)).toMatchObject({ state: 'paused', interrupted: true });
      await service.resume(id);
      const transfer = await settled(id);
      console.info(
        `${kind}: 143 MiB with a cut, a pause and a restart in ${((performance.now() - before) / 1000).toFixed(1)} s`,
      );
      const fastest = Math.max(...told.map(({ bytesPerSecond }) => bytesPerSecond ?? 0)) / 2 ** 20;
      console.info(`${kind}: up to ${fastest.toFixed(0)} MiB/s`);
      expect(transfer).toMatchObject({ state: 'done', bytesDone: 150_000_000 });
      expect(treeOf(transfer.folder)).toEqual(treeWithPrefix('work', treeOf(join(rig.home, 'work'))));
      expect(ended).toEqual([testRef.sessionId]);
    });

    it('does not end the session when a file cannot be kept, and keeps the rest', async () => {
      asUser(testUid, rig.home, 'mkdir work; echo 1 > work/good; echo 2 > work/secret; chmod 0 work/secret');
      const transfer = await settled((await download(true)).id);
      expect(transfer).toMatchObject({ state: 'failed', filesDone: 1, failedCount: 1 });
      expect(transfer.failures).toMatchObject([
        { path: `${rig.home}/work/secret`, error: { code: 'file-unreadable' } },
      ]);
      expect(ended).toEqual([]);
      asUser(testUid, rig.home, 'chmod 644 work/secret');
      await service.resume(transfer.id);
      expect(await settled(transfer.id)).toMatchObject({ state: 'done', filesDone: 2 });
      expect(ended).toEqual([testRef.sessionId]);
    });

    it('ends nothing when files came up after the look, says which, and ends once nobody is surprised', async () => {
      asUser(testUid, rig.home, 'mkdir work; echo 1 > work/kept; echo 2 > work/let-go');
      const report = await looks.look(testRef, signal);
      expect(looks.entries(report.checkId).map(([path]) => path)).toEqual(['work/kept', 'work/let-go']);
      asUser(testUid, rig.home, 'echo more >> work/let-go');
      expect(await looks.lookAgain(report.checkId, signal)).toMatchObject({ count: 0, report: null });
      asUser(testUid, rig.home, 'echo new > work/new');
      const news = await looks.lookAgain(report.checkId, signal);
      expect(news).toMatchObject({ count: 1, bytes: 4, names: ['work/new'], report: { files: 3 } });

      const of = async (checkId: string, last: number) => {
        const to = { kind: 'download', folder: join(here, 'downloads') } as const;
        return settled((await service.keep({ checkId, chosen: [[0, last]], to, thenEnd: true }, signal)).id);
      };
      const refused = await of(report.checkId, 0);
      expect(refused).toMatchObject({
        state: 'failed',
        filesDone: 1,
        error: { code: 'file-changed', params: { reason: 'since-look', count: 1, names: `${rig.home}/work/new` } },
      });
      // Also from what was noted on disk, and of a kept file that changed.
      await service.dispose();
      make();
      asUser(testUid, rig.home, 'rm work/new; echo again >> work/kept');
      await service.resume(refused.id);
      expect(await settled(refused.id)).toMatchObject({
        error: { code: 'file-changed', params: { names: `${rig.home}/work/kept` } },
      });
      expect(ended).toEqual([]);
      expect(await of((await looks.look(testRef, signal)).checkId, 1)).toMatchObject({ state: 'done', filesDone: 2 });
      expect(ended).toEqual([testRef.sessionId]);
    });

    it('asks first whether the session still exists', async () => {
      asUser(testUid, rig.home, 'mkdir work; head -c 80000000 /dev/zero > work/big');
      const { id } = await download(true);
      await until(() => (told.at(-1)?.bytesDone ?? 0) > 1e6, 'some bytes', 60_000);
      await service.pause(id);
      gone = true;
      await expect(service.resume(id)).rejects.toMatchObject({ code: 'session-gone' });
      expect(await stateOf(id)).toMatchObject({ state: 'failed', error: { code: 'session-gone' } });
    });

    it('stops where the disk is full, ends nothing, and goes on when there is room', async (context) => {
      const small = join(here, 'small');
      mkdirSync(small);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', small], { stdio: 'pipe' });
      } catch (error) {
        const why = error instanceof Error ? error.message.split('\n')[1] : String(error);
        context.skip(`No small file system can be mounted here: ${why}`);
      }
      try {
        asUser(testUid, rig.home, 'mkdir work; head -c 40000000 /dev/urandom > work/big; echo 1 > work/one');
        const ballast = join(small, 'ballast');
        const { id } = await keep({ kind: 'download', folder: small }, true);
        writeFileSync(ballast, Buffer.alloc(30_000_000));
        const full = await settled(id);
        expect(full).toMatchObject({ state: 'failed', error: { code: 'no-space' } });
        expect(full.bytesDone).toBeLessThan(40_000_000);
        expect(ended).toEqual([]);
        rmSync(ballast);
        await service.resume(id);
        expect(await settled(id)).toMatchObject({ state: 'done', filesDone: 2 });
        expect(treeOf(full.folder)).toEqual(treeWithPrefix('work', treeOf(join(rig.home, 'work'))));
        expect(ended).toEqual([testRef.sessionId]);
        // What can be known before is said before anything is moved.
        const none = keep({ kind: 'download', folder: small });
        await expect(none).rejects.toMatchObject({ code: 'no-space' });
      } finally {
        await service.dispose();
        execFileSync('umount', [small]);
      }
    });

    it('reads a second time where the session cannot hash', async () => {
      const bare = await startFilesRig(kind, ['/usr/bin/sha256sum']);
      const first = rig;
      try {
        rig = bare;
        make();
        asUser(testUid, bare.home, 'mkdir work; head -c 3000000 /dev/urandom > work/blob; echo small > work/small');
        writeFileSync(Buffer.concat([Buffer.from(`${bare.home}/work/latin`), Buffer.from([0xff])]), 'bytes');
        const transfer = await settled((await download(true)).id);
        expect(transfer).toMatchObject({ state: 'done', filesDone: 3, failedCount: 0, verifiedBy: 'second-read' });
        for (const name of ['blob', 'small']) {
          const here = readFileSync(join(transfer.folder, 'work', name));
          expect(here.equals(readFileSync(join(bare.home, 'work', name)))).toBe(true);
        }
        expect(ended).toEqual([testRef.sessionId]);
      } finally {
        await service.dispose();
        rig = first;
        await bare.stop();
      }
    });

    it('reads by commands where there is no SFTP, many files at once', async () => {
      const bare = await startFilesRig(kind, ['/usr/lib/openssh/sftp-server']);
      const first = rig;
      const warnings: string[] = [];
      const onWarning = ({ message }: Error): void => void warnings.push(message);
      process.on('warning', onWarning);
      try {
        rig = bare;
        make();
        asUser(testUid, bare.home, 'mkdir work; for n in $(seq 40); do echo "file $n" > work/$n; done');
        const transfer = await settled((await download()).id);
        expect(transfer).toMatchObject({ state: 'done', filesDone: 40, failedCount: 0 });
        expect(readFileSync(join(transfer.folder, 'work', '40'), 'utf8')).toBe('file 40\n');
        // More workers wait for one signal than Node takes for usual.
        expect(warnings).toEqual([]);
      } finally {
        process.off('warning', onWarning);
        await service.dispose();
        rig = first;
        await bare.stop();
      }
    });

    it('copies to a mounted folder, verified there, and replaces nothing', async () => {
      const work = join(rig.home, 'work');
      mkdirSync(work);
      chownSync(work, testUid, testUid);
      for (const name of oddNames) writeFileSync(join(work, name), `content of ${name}`);
      asUser(
        testUid,
        rig.home,
        'mkdir -p vault/from-notes work/deep; echo mine > vault/from-notes/mine; head -c 3000000 /dev/urandom > work/deep/blob; ln -s /nowhere work/dangling',
      );
      const report = await looks.look(testRef, signal);
      expect(report.folders).toMatchObject([{ path: `${rig.home}/vault` }]);
      expect(report.folders[0]?.freeBytes).toBeGreaterThan(0);
      const transfer = await settled((await keep({ kind: 'copy', folder: `${rig.home}/vault` }, true)).id);
      expect(transfer).toMatchObject({ state: 'done', folder: `${rig.home}/vault/from-notes (2)`, failedCount: 0 });
      expect(treeOf(join(rig.home, 'vault', 'from-notes (2)'))).toEqual(treeWithPrefix('work', treeOf(work)));
      expect(readFileSync(join(rig.home, 'vault', 'from-notes', 'mine'), 'utf8')).toBe('mine\n');
      expect(ended).toEqual([testRef.sessionId]);
    });
  });
});

function treeWithPrefix(prefix: string, tree: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...tree].map(([path, it]) => [`${prefix}/${path}`, it]));
}
