/** A real Secret Service on a private bus: `dbus-daemon` and `gnome-keyring-daemon` with a home of their own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why there can be no real keyring here, or null. */
export function keyringProblem(): string | null {
  if (process.platform !== 'linux') return 'a Secret Service runs on Linux only';
  const missing = ['/usr/bin/dbus-daemon', '/usr/bin/gnome-keyring-daemon'].filter((file) => !existsSync(file));
  return missing.length === 0 ? null : `${missing.join(' and ')} is not installed`;
}

export interface Keyring {
  /** What a program needs to find it. No display: nobody can be asked. */
  readonly env: Record<string, string>;
  /** Closes the collection as a locked screen does. */
  lock(): void;
  dispose(): Promise<void>;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`dbus-daemon ended with ${code}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

/** @param withService false: a bus on which nobody offers the service */
export async function startKeyring(withService = true): Promise<Keyring> {
  const home = mkdtempSync(join(tmpdir(), 'berth-keyring-'));
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const base = { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: runtime };
  // A configuration of its own: the system's would start a service by itself when one is asked for.
  const config = join(home, 'bus.conf');
  writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=${join(runtime, 'bus')}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  );
  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
    env: base,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const env = { ...base, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus) };
  let daemon: ChildProcess | null = null;
  if (withService) {
    daemon = spawn('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--foreground'], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    daemon.stdin?.end('testpw');
    await waitForService(env);
  }
  return {
    env,
    lock: () => {
      const call = [
        '--session',
        '--print-reply',
        '--dest=org.freedesktop.secrets',
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.Lock',
        'array:objpath:/org/freedesktop/secrets/collection/login',
      ];
      const { status, stderr } = spawnSync('dbus-send', call, { env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`the keyring could not be locked: ${stderr}`);
    },
    dispose: async () => {
      if (daemon !== null) await ended(daemon);
      await ended(bus);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function waitForService(env: Record<string, string>): Promise<void> {
  const until = Date.now() + 10_000;
  const ask = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.secrets',
    '/org/freedesktop/secrets/collection/login',
    'org.freedesktop.DBus.Properties.Get',
    'string:org.freedesktop.Secret.Collection',
    'string:Locked',
  ];
  while (!spawnSync('dbus-send', ask, { env, encoding: 'utf8' }).stdout.includes('false')) {
    if (Date.now() > until) throw new Error('gnome-keyring did not come up unlocked');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
