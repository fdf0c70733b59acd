/** Where Berth keeps what it writes, and where a machine's owner may put a policy. Pure. */
import { posix, win32 } from 'node:path';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** The platform's own folder for application data. */
export function defaultDataDir(machine: Machine): string {
  const { platform, env, home } = machine;
  if (platform === 'win32') return win32.join(env.APPDATA ?? win32.join(home, 'AppData', 'Roaming'), 'Berth');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Berth');
  // The XDG base directory specification: a relative value is invalid and ignored.
  const xdg = env.XDG_DATA_HOME;
  return posix.join(xdg !== undefined && posix.isAbsolute(xdg) ? xdg : posix.join(home, '.local', 'share'), 'berth');
}

/** Settings that nobody on this machine may change, where an administrator alone can write. */
export function policyFile(machine: Machine): string {
  if (machine.platform === 'win32')
    return win32.join(machine.env.PROGRAMDATA ?? 'C:\\ProgramData', 'Berth', 'policy.json');
  if (machine.platform === 'darwin') return '/Library/Application Support/Berth/policy.json';
  return '/etc/berth/policy.json';
}
