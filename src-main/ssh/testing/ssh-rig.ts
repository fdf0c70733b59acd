/**
 * A person's computer with Berth on it, for OpenSSH's own programs: a home of its own, Berth's SSH entries over a test site,
 * the control channel, and the built ssh-proxy.
 */
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { BerthError } from '../../base/berth-error.ts';
import { buildProgram } from '../../hosts/browser/testing/build-program.ts';
import { ControlServer } from '../../hosts/control-channel.ts';
import { newControlAddress } from '../../hosts/control-folder.ts';
import type { DocumentStore } from '../../hosts/host.ts';
import { lockFile } from '../../hosts/instance-lock.ts';
import { sshProxyCommand } from '../../hosts/ssh-proxy-command.ts';
import { signerOf } from '../../links/key-signer.ts';
import type { LinksService } from '../../links/links-service.ts';
import { linksOver } from '../../links/testing/test-links.ts';
import { memoryStore, type TestSite, testRef, testSession } from '../../links/testing/test-site.ts';
import { SshEntries } from '../ssh-entries.ts';
import { openForProgram } from '../ssh-proxy.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SshRig {
  readonly home: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly entries: SshEntries;
  readonly links: LinksService;
  readonly store: DocumentStore;
  /** What the site knows; the key is a session's id. */
  readonly sessions: Map<string, Session>;
  /** Runs a program as the person whose home this is. */
  run(program: string, ...args: string[]): Promise<Ran>;
  /** The same, running until it is killed. */
  start(program: string, ...args: string[]): ChildProcess;
  /** Berth ends; what is on disk stays. */
  quit(): Promise<void>;
  dispose(): Promise<void>;
}

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** OpenSSH asks the system for the home, not the environment: in a mount namespace of its own this is root's. */
const asPerson = 'mount --bind "$1" /root && shift && exec "$@"';

/**
 * @param site with a key and a port for `sshd`
 * @param ownKey of the person's, for sessions without one
 */
export async function startSshRig(site: TestSite, ownKey: string | null = null): Promise<SshRig> {
  const root = await mkdtemp(join(tmpdir(), 'berth-rig-'));
  const home = join(root, 'home');
  const dataDir = join(root, 'data dir');
  await mkdir(home, { mode: 0o700 });
  const program = await buildProgram('src-main/hosts/browser/ssh-proxy.ts');
  const sessions = new Map([[testRef.sessionId as string, testSession()]]);
  const session = async (ref: { sessionId: string }): Promise<Session> => {
    const found = sessions.get(ref.sessionId);
    if (!found) throw new BerthError('session-gone', { place: 'manager' });
    return found;
  };
  const links = linksOver(site, {
    ownIdentity: async () => (ownKey === null ? null : { kind: 'key', key: ownKey }),
  });
  const store = memoryStore();
  const address = newControlAddress();
  const entries = new SshEntries({
    links,
    accounts: site.accounts,
    known: site.known,
    onConnected: () => () => undefined,
    session,
    store,
    dataDir,
    home,
    isWindows: false,
    proxyCommand: (ref) => sshProxyCommand(process.execPath, program.file, dataDir, ref),
    privateSocket: newControlAddress,
    signerOf,
    log: quiet,
  });
  const control = new ControlServer(
    {
      entryUrl: async () => null,
      openLaunch: async () => undefined,
      openRawSsh: (ref) => openForProgram({ session, entries, links }, ref),
    },
    quiet,
  );
  await control.listen(address);
  await mkdir(dataDir, { mode: 0o700 });
  await writeFile(lockFile(dataDir), JSON.stringify({ pid: process.pid, control: address }));
  const start = ([...command]: string[], done: (ran: Ran) => void): ChildProcess =>
    execFile(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', asPerson, 'sh', home, ...command],
      { timeout: 100_000, env: { PATH: process.env.PATH ?? '/usr/bin:/bin' }, cwd: root, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        done({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, stdout, stderr }),
    );
  let hasQuit = false;
  const quit = async (): Promise<void> => {
    if (hasQuit) return;
    hasQuit = true;
    await rm(lockFile(dataDir));
    await control.close();
    await entries.dispose();
    await links.dispose();
  };
  return {
    home,
    dataDir,
    configFile: join(home, '.ssh', 'config'),
    entries,
    links,
    store,
    sessions,
    run: (...command) => new Promise((resolve) => start(command, resolve)),
    start: (...command) => start(command, () => undefined),
    quit,
    dispose: async () => {
      await quit();
      program.dispose();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
