import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { doubleOf } from '../base/test-double.ts';
import type { HostKeys } from '../links/host-keys.ts';
import { startTestSite, type TestSite, testRef, testSession } from '../links/testing/test-site.ts';
import { nobodysAfterMs, PinFiles } from './pin-files.ts';

const other = '11111111-2222-4333-8444-555555555555';

describe('files of pinned host keys', () => {
  let dataDir: string;
  let site: TestSite;
  let pinned: boolean;
  let connect: (accountId: string) => void;
  let sessions: Map<string, 'running' | 'finished' | 'unreachable'>;
  let files: PinFiles;
  let warnings: unknown[];

  const left = async (): Promise<string[]> => {
    await files.dispose();
    return (await readdir(join(dataDir, 'ssh')).catch(() => [])).sort();
  };
  const fileOf = (sessionId: string) => `known_hosts-${sessionId}`;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'berth-pins-'));
    site = await startTestSite();
    pinned = true;
    warnings = [];
    sessions = new Map([
      [testRef.sessionId, 'running'],
      [other, 'running'],
    ]);
    files = new PinFiles({
      hostKeys: Object.assign(new (doubleOf<HostKeys>())(), {
        knownHostsLine: (_site: string, _session: string, alias: string) => (pinned ? `${alias} ssh-rsa AAAA` : null),
      }),
      accounts: site.accounts,
      known: site.known,
      onConnected: (listener) => {
        connect = listener;
        return () => undefined;
      },
      session: async ({ sessionId }) => {
        const found = sessions.get(sessionId);
        if (found === 'unreachable') throw new BerthError('offline', { place: 'site' });
        if (found === undefined) throw new BerthError('session-gone', { place: 'manager' });
        return testSession({ id: sessionId, family: found });
      },
      dataDir,
      log: { warn: (...warning) => warnings.push(warning) },
    });
  });
  afterEach(async () => {
    expect(warnings).toEqual([]);
    await site.close();
    await rm(dataDir, { recursive: true });
  });

  it('hold the pin as OpenSSH reads it, and go with the pin', async () => {
    const { file, isPinned } = await files.write(testRef);
    expect(isPinned).toBe(true);
    expect(await readFile(file, 'utf8')).toMatch(/^# .*\nberth-\S+ ssh-rsa AAAA\n$/);
    pinned = false;
    expect(await files.write(testRef)).toEqual({ file, isPinned: false });
    expect(await left()).toEqual([]);
  });

  it('go with their session, and the folder with the last', async () => {
    await files.write(testRef);
    await files.write({ ...testRef, sessionId: other });
    site.endSession();
    expect(await left()).toEqual([fileOf(other)]);
  });

  it.each([
    ['finished', []],
    ['gone', []],
    ['running', [fileOf(testRef.sessionId)]],
    ['unreachable', [fileOf(testRef.sessionId)]],
  ] as const)('of a session that is %s when its account connects', async (state, remaining) => {
    await files.write(testRef);
    if (state === 'gone') sessions.delete(testRef.sessionId);
    else sessions.set(testRef.sessionId, state);
    connect(testRef.accountId);
    expect(await left()).toEqual(remaining);
  });

  it('of another account are no business of the one that connects, until nobody has come for very long', async () => {
    sessions.clear();
    const { file } = await files.write(testRef);
    const old = join(dataDir, 'ssh', fileOf(other));
    await writeFile(old, 'written before files told their account\n');
    const longAgo = new Date(Date.now() - nobodysAfterMs - 60_000);
    await utimes(old, longAgo, longAgo);
    await writeFile(join(dataDir, 'ssh', 'config'), 'not ours to look at\n');
    connect('account-of-someone-else');
    expect(await left()).toEqual(['config', fileOf(testRef.sessionId)]);
    expect(file).toContain(testRef.sessionId);
  });

  it('of a session that goes on are kept as long as their account comes by', async () => {
    const { file } = await files.write(testRef);
    const longAgo = new Date(Date.now() - nobodysAfterMs - 60_000);
    await utimes(file, longAgo, longAgo);
    connect(testRef.accountId);
    connect('account-of-someone-else');
    expect(await left()).toEqual([fileOf(testRef.sessionId)]);
  });
});
