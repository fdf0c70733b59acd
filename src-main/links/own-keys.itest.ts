/** A session that holds no key for its person, as with a `.ssh` folder of their own, against Debian's SSH servers. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Link as LinkValue } from '../../src-preload/contract/links.ts';
import type { LinksService } from './links-service.ts';
import { type OwnKeyStore, OwnKeys } from './own-keys.ts';
import { type RealSshServer, startRealSshServer, until, whyNot } from './testing/real-ssh-server.ts';
import { linksOver } from './testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from './testing/test-site.ts';

const { accountId } = testRef;
const passphrase = 'a passphrase of three words';

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

function memory(): OwnKeyStore & { readonly values: Map<string, string>; readonly asked: string[] } {
  const values = new Map<string, string>();
  const asked: string[] = [];
  return {
    values,
    asked,
    get: async (name) => {
      asked.push(name);
      return values.get(name) ?? null;
    },
    set: async (name, value) => {
      values.set(name, value);
      return 'memory';
    },
    delete: async (name) => void values.delete(name),
  };
}

describe.each(['dropbear', 'sshd'] as const)('own key for %s', (kind) => {
  const reason = whyNot(kind);
  if (reason) console.warn(`Skipped: ${reason}`);
  describe.skipIf(reason !== null)('', () => {
    let server: RealSshServer;
    let site: TestSite;
    let links: LinksService;
    let own: OwnKeys;
    let store: ReturnType<typeof memory>;
    let changes: LinkValue[];
    let agent: string | null = null;
    let dir: string;
    const file = (name: string): string => join(dir, name);

    beforeAll(async () => {
      server = await startRealSshServer(kind);
      dir = await mkdtemp(join(tmpdir(), 'berth-own-'));
      const make = (name: string, ...more: string[]): void =>
        void execFileSync('ssh-keygen', ['-q', '-C', name, '-f', file(name), ...more]);
      make('locked', '-t', 'ed25519', '-N', passphrase);
      make('plain', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '');
      make('other', '-t', 'ed25519', '-N', '');
      for (const name of ['locked', 'plain']) {
        await appendFile(join(server.home, '.ssh/authorized_keys'), await readFile(file(`${name}.pub`)));
      }
    });
    afterAll(async () => {
      await server?.stop();
      await rm(dir, { recursive: true, force: true });
    });
    beforeEach(async () => {
      site = await startTestSite();
      site.ports.set('sshd', server.port);
      site.key = 'nothing of a key';
      changes = [];
      store = memory();
      own = new OwnKeys({
        store,
        keptIn: () => 'memory',
        agent: () => agent,
        onChanged: (id) => links.keyChanged(id),
        log: { warn: () => undefined },
      });
      links = linksOver(site, {
        emit: (_area, _name, payload) => void changes.push(payload as LinkValue),
        ownIdentity: (id) => own.identity(id),
      });
    });
    afterEach(async () => {
      await links.dispose();
      await site.close();
    });

    const works = async (): Promise<void> => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      expect(await textOf(await (await use.ready()).exec('echo hello'))).toBe('hello\n');
    };

    it('says that there is none, then takes one with a passphrase, and keeps it for the next session', async () => {
      const use = links.acquire(testRef, { kind: 'terminal' });
      await expect(use.ready()).rejects.toMatchObject({ code: 'key-missing' });
      const choose = (secret: string | null) => own.chooseFile(accountId, file('locked'), secret);
      await expect(choose(null)).rejects.toMatchObject({ code: 'key-file', params: { reason: 'passphrase-needed' } });
      await expect(choose('wrong')).rejects.toMatchObject({ code: 'key-file', params: { reason: 'passphrase-wrong' } });
      expect(store.values.size).toBe(0);
      const chosen = await choose(passphrase);
      const [, printed] = execFileSync('ssh-keygen', ['-lf', file('locked.pub')], { encoding: 'utf8' }).split(' ');
      expect(chosen).toEqual({ kind: 'file', type: 'ssh-ed25519', fingerprint: printed, keptIn: 'memory' });
      // Chosen, and the link comes by itself.
      await until(() => use.state === 'up', 'up');
      await works();
      site.cut();
      await until(
        () => changes.at(-1)?.state !== 'up' || changes.some(({ error }) => error?.code === 'tunnel-lost'),
        'lost',
      );
      await works();
      expect(await own.describe(accountId)).toEqual(chosen);
      // Windows are told of states, never of keys.
      const body = (await readFile(file('locked'), 'utf8')).split('\n')[1] ?? '';
      expect(JSON.stringify([changes, chosen])).not.toContain(body);
      await own.forget(accountId);
      expect(store.values.size).toBe(0);
    });

    it('offers the container’s own key first, and the person’s where that is refused', async () => {
      site.key = server.privateKey;
      await works();
      // A keychain may take its time, and most sessions need none of it.
      expect(store.asked).toEqual([]);
      site.cut();
      await own.chooseFile(accountId, file('other'), null);
      await until(() => links.list()[0]?.state === 'up', 'up');
      await links.dispose();
      site.key = await readFile(file('other'), 'utf8');
      await own.chooseFile(accountId, file('plain'), null);
      links = linksOver(site, { ownIdentity: (id) => own.identity(id) });
      await works();
    });

    it('says that a key is refused', async () => {
      await own.chooseFile(accountId, file('other'), null);
      const use = links.acquire(testRef, { kind: 'terminal' });
      await expect(use.ready()).rejects.toMatchObject({ code: 'key-refused' });
      await own.chooseFile(accountId, file('plain'), null);
      await until(() => use.state === 'up', 'up');
    });

    it('lets the person’s agent sign', async () => {
      await expect(own.chooseAgent(accountId)).rejects.toMatchObject({ params: { reason: 'no-agent' } });
      agent = file('agent');
      const running = spawn('ssh-agent', ['-D', '-a', agent], { stdio: 'ignore' });
      try {
        await until(async () => {
          try {
            execFileSync('ssh-add', ['-q', file('plain')], {
              stdio: 'ignore',
              env: { ...process.env, SSH_AUTH_SOCK: agent ?? '' },
            });
            return true;
          } catch {
            // Not listening yet.
            return false;
          }
        }, 'agent');
        expect(await own.chooseAgent(accountId)).toEqual({ kind: 'agent', keptIn: 'memory' });
        await works();
      } finally {
        agent = null;
        running.kill('SIGTERM');
        if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
      }
    });

    it('reads private keys alone', async () => {
      await writeFile(file('text'), 'hello');
      await writeFile(file('large'), Buffer.alloc(100_000));
      await writeFile(file('cut'), (await readFile(file('plain'), 'utf8')).slice(0, 300));
      await writeFile(file('putty'), 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n');
      for (const [name, expected] of [
        ['nowhere', 'unreadable'],
        ['text', 'no-key'],
        ['large', 'too-large'],
        ['cut', 'no-key'],
        ['putty', 'putty'],
        ['plain.pub', 'public'],
      ] as const) {
        await expect(own.chooseFile(accountId, file(name), null)).rejects.toMatchObject({
          params: { reason: expected },
        });
      }
      expect(store.values.size).toBe(0);
      // PKCS#8, as OpenSSL writes it.
      execFileSync('openssl', [
        'pkcs8',
        '-topk8',
        '-in',
        file('plain'),
        '-out',
        file('pkcs8'),
        '-passout',
        `pass:${passphrase}`,
      ]);
      await chmod(file('pkcs8'), 0o600);
      await own.chooseFile(accountId, file('pkcs8'), passphrase);
      await works();
    });
  });
});
