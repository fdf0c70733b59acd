/** A real Secret Service (gnome-keyring on a session bus of its own), unlocked, for specs about the keychain. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, scratchFolder, startProcess } from './process.ts';

export interface Keyring {
  /** Environment in which programs find this keyring. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

function runOnce(command: string, args: readonly string[], input: string, env: Record<string, string>): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? done() : reject(new Error(`${command} ended with ${code}`))));
    child.stdin.end(input);
  });
}

export async function startKeyring(): Promise<Keyring> {
  const folder = scratchFolder();
  const runtime = join(folder, 'runtime');
  mkdirSync(runtime);
  chmodSync(runtime, 0o700);
  const base = { HOME: folder, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: join(folder, 'share'), DISPLAY: '' };
  const bus = await startProcess(['dbus-daemon', '--session', '--nofork', '--print-address=1'], /^(unix:\S+)/, {
    env: base,
  });
  const env = { ...base, DBUS_SESSION_BUS_ADDRESS: bus.match[1] ?? '' };
  await runOnce('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--daemonize'], 'a test password', env);
  return {
    env,
    stop: async () => {
      // The daemon ends with its bus.
      await bus.stop();
      removeFolder(folder);
    },
  };
}
