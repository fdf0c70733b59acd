/** Finding a browser and showing an address in it. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Disposable } from '../../base/disposable.ts';

export interface Environment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A program that may be run. */
  exists(path: string): boolean;
}

export type OpenPlan =
  /** A window without tabs and address bar, with a profile of its own. */
  | { readonly kind: 'app-window'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'default-browser'; readonly command: string; readonly args: readonly string[] }
  /** `why` is a clause for people. */
  | { readonly kind: 'none'; readonly why: string };

const linuxNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const windowsPrograms = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
];

export function systemEnvironment(): Environment {
  return {
    platform: process.platform,
    env: process.env,
    exists: (path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function onPath(name: string, environment: Environment): string | undefined {
  return (environment.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => environment.exists(path));
}

/** The first browser of the Chromium family, or undefined. */
export function findChromium(environment: Environment): string | undefined {
  const { platform, env } = environment;
  if (platform === 'darwin') {
    return ['/Applications', join(env.HOME ?? '', 'Applications')]
      .flatMap((folder) => macApps.map((name) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)))
      .find((path) => environment.exists(path));
  }
  if (platform === 'win32') {
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => windowsPrograms.map((parts) => [folder, ...parts].join('\\')))
      .find((path) => environment.exists(path));
  }
  return linuxNames.map((name) => onPath(name, environment)).find((path) => path !== undefined);
}

/** How to show a web address in the person's own browser, or null when there is no way. */
function defaultBrowser(url: string, environment: Environment): { command: string; args: string[] } | null {
  if (environment.platform === 'darwin') return { command: 'open', args: [url] };
  // Not `cmd /c start`: that would read `&` in an address as a command.
  if (environment.platform === 'win32') return { command: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', url] };
  const program = onPath('xdg-open', environment);
  return program === undefined ? null : { command: program, args: [url] };
}

/**
 * Decides how Berth's first window opens.
 * @param isRoot Chromium gives up its own sandbox as root, so it is not opened then
 */
export function planOpening(url: string, profileDir: string, isRoot: boolean, environment: Environment): OpenPlan {
  if (isRoot) return { kind: 'none', why: 'Berth runs as root, and a browser as root would run without its sandbox' };
  const { platform, env } = environment;
  if (platform !== 'darwin' && platform !== 'win32' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    return { kind: 'none', why: 'there is no display' };
  }
  const chromium = findChromium(environment);
  if (chromium !== undefined) {
    // No size or position: they would override those of every later window (toolchain, 4). Pop-ups: what was asked to open
    // when a session runs opens long after the click, and this profile shows Berth only.
    const args = [
      `--app=${url}`,
      `--user-data-dir=${profileDir}`,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-popup-blocking',
    ];
    return { kind: 'app-window', command: chromium, args };
  }
  const other = defaultBrowser(url, environment);
  return other === null ? { kind: 'none', why: 'no browser was found' } : { kind: 'default-browser', ...other };
}

/** Runs the plan; the returned part ends a browser that belongs to Berth alone. */
export function startBrowser(plan: Exclude<OpenPlan, { kind: 'none' }>, onFailure: (error: Error) => void): Disposable {
  const child = spawn(plan.command, plan.args, { stdio: 'ignore', detached: true });
  child.on('error', onFailure);
  child.unref();
  return {
    dispose: () => {
      if (plan.kind !== 'app-window' || child.pid === undefined || child.exitCode !== null) return;
      try {
        // Its whole group: the program found may be a script in front of the browser.
        if (process.platform === 'win32') child.kill();
        else process.kill(-child.pid, 'SIGTERM');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    },
  };
}

/** Opens an address that the caller has checked. Rejects when there is no program for it. */
export async function openExternally(url: string, environment: Environment): Promise<void> {
  const found = defaultBrowser(url, environment);
  const chromium = found === null ? findChromium(environment) : undefined;
  const plan = found ?? (chromium === undefined ? null : { command: chromium, args: [url] });
  if (plan === null) throw new Error('There is no program here to open addresses with');
  await new Promise<void>((resolve, reject) => {
    const child = spawn(plan.command, plan.args, { stdio: 'ignore', detached: true });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
