/** The Electron host from command line to main window. Everything Electron does not know of is in `app.ts`. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, dialog, Menu, powerMonitor, session, shell } from 'electron';
import type { App, AppOptions } from '../../app.ts';
import { BerthError } from '../../base/berth-error.ts';
import { type AreaLog, createLog } from '../../log/log.ts';
import { createSecretStore } from '../../secrets/secret-store.ts';
import { berthVersion } from '../build-facts.ts';
import { newControlAddress } from '../control-folder.ts';
import { defaultDataDir, policyFile } from '../data-dir.ts';
import { type Flags, parseFlags } from '../flags.ts';
import type { Host } from '../host.ts';
import { launchProblem, readLaunchText } from '../launch-text.ts';
import { becomeInstance } from '../one-instance.ts';
import { Shutdown } from '../shutdown.ts';
import { sshProxyCommand } from '../ssh-proxy-command.ts';
import { StartProblem } from '../start-problem.ts';
import { Claims } from './claims.ts';
import { openElectronDocument } from './document-store.ts';
import { externalUrl } from './guard.ts';
import { hardenEverything } from './harden.ts';
import { serveIpc } from './ipc.ts';
import { systemNotifications } from './notifications.ts';
import { registerScheme, serveScheme } from './scheme.ts';
import { Windows } from './windows.ts';

export interface ElectronHostParts {
  /** Where the built programs are; `renderer` and `preload` are beside it. */
  readonly mainDir: string;
  readonly loadApp: () => Promise<{ createApp: (host: Host, options: AppOptions) => Promise<App> }>;
}

/** Whatever hangs, the process is gone by then. */
const hardStopMs = 1_950;
const appEndsWithinMs = 1_650;
const otherEndsWithinMs = 50;

function fail(sentence: string, exitCode: number): never {
  process.stderr.write(`${sentence}\n`);
  app.exit(exitCode);
  // `app.exit` ends the process in Electron; this is for the type checker and for a stand-in of it.
  throw new StartProblem(sentence, exitCode);
}

/** The sandbox and the SSH proxy are Node programs, and the packaged runtime refuses to be one (`runAsNode` is off). */
function nodeProgram(): string {
  return process.env.npm_node_execpath ?? 'node';
}

function sandboxCommand(mainDir: string, dataDir: string): AppOptions['sandbox'] {
  return {
    command: nodeProgram(),
    args: [join(mainDir, 'sandbox.js'), '--port', '0', '--data-dir', join(dataDir, 'sandbox'), '--exit-with-stdin'],
  };
}

function onPower(name: 'suspend' | 'resume', listener: () => void): () => void {
  // Electron types the two names apart; the listener takes nothing from either.
  if (name === 'suspend') powerMonitor.on('suspend', listener);
  else powerMonitor.on('resume', listener);
  return () => {
    if (name === 'suspend') powerMonitor.off('suspend', listener);
    else powerMonitor.off('resume', listener);
  };
}

const localFolders = {
  async pick(start: string): Promise<string | null> {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      defaultPath: start,
      properties: ['openDirectory', 'createDirectory'],
    });
    return canceled ? null : (filePaths[0] ?? null);
  },
  async pickFile(start: string): Promise<string | null> {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      defaultPath: start,
      // Keys mostly lie in a folder that begins with a dot.
      properties: ['openFile', 'showHiddenFiles'],
    });
    return canceled ? null : (filePaths[0] ?? null);
  },
  async open(path: string): Promise<void> {
    const problem = await shell.openPath(path);
    if (problem !== '') throw new BerthError('file-missing', { place: 'computer', params: { path }, detail: problem });
  },
};

function setMenu(): void {
  // Linux and Windows need none; on a Mac copy and paste are menu items.
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    isMac ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]) : null,
  );
}

/** What must stand before Electron is ready; returns what the rest needs. */
function prepare(argv: readonly string[]): { flags: Flags; dataDir: string; machinePolicy: string } {
  const parsed = parseFlags(argv);
  if (!parsed.ok) fail(parsed.message, 2);
  const machine = { platform: process.platform, env: process.env, home: homedir() };
  const dataDir = resolve(parsed.flags.dataDir ?? defaultDataDir(machine));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  app.setName('Berth');
  app.setPath('userData', dataDir);
  app.setPath('sessionData', join(dataDir, 'electron'));
  // SECURITY: every process of every page in the operating system's sandbox (electron-host.test.ts, "before ready").
  app.enableSandbox();
  registerScheme();
  return { flags: parsed.flags, dataDir, machinePolicy: policyFile(machine) };
}

/** @param argv without the program's own name and path */
export async function startElectronHost(argv: readonly string[], parts: ElectronHostParts): Promise<void> {
  const { flags, dataDir, machinePolicy } = prepare(argv);
  const log = createLog({ file: join(dataDir, 'logs', 'berth.log') });
  const hostLog = log.area('host');
  const shutdown = new Shutdown(hostLog);
  shutdown.add('log', otherEndsWithinMs, () => log.close());

  const openExternal = async (target: string): Promise<void> => {
    const url = externalUrl(target);
    if (url === null)
      throw new BerthError('invalid-input', {
        place: 'computer',
        detail: 'Only http, https and mailto addresses are opened',
      });
    await shell.openExternal(url);
  };
  const claims = new Claims();
  const windows = new Windows({
    claims,
    preloadFile: join(parts.mainDir, '..', 'preload', 'preload.cjs'),
    iconFile: null,
    log: hostLog,
  });
  hardenEverything({
    claims,
    log: hostLog,
    openExternal: (url) => {
      openExternal(url).catch((error: unknown) => hostLog.warn('An address could not be opened', { error }));
    },
    childWindow: (opener) => windows.childWindow(opener),
    adopt: (opener, child) => windows.adopt(opener, child),
  });
  const stop = (exitCode: number): void => {
    if (shutdown.hasBegun) return;
    const hardStop = setTimeout(() => app.exit(exitCode), hardStopMs);
    void shutdown.run().then(() => {
      clearTimeout(hardStop);
      app.exit(exitCode);
    });
  };
  app.on('before-quit', (event) => {
    // Electron would not wait for what has to end in order; `app.exit` asks nobody again.
    event.preventDefault();
    stop(0);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => windows.showMain());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(0));
  process.on('unhandledRejection', (error) => hostLog.error('A defect: nobody waited for this failure', { error }));

  let running: App | null = null;
  /** A launch that came while Berth started. */
  let requested: string | null = null;
  const openLaunch = (text: string): void => {
    if (running === null) requested = text;
    else running.openLaunch(text);
  };
  // A Mac hands over the link that started Berth before it is ready.
  // SECURITY: a link only ever fills a form that a person then launches, or shows a session (recipe-policy.test.ts, "links";
  // session-link.test.ts).
  app.on('open-url', (event, url) => {
    event.preventDefault();
    if (running === null) {
      requested = url;
      return;
    }
    showRequested(running, url, hostLog);
    windows.showMain();
  });

  try {
    await app.whenReady();
    const launch = flags.launch === null ? null : readLaunchText(flags.launch, process.env.INIT_CWD ?? process.cwd());
    const instance = await becomeInstance({
      dataDir,
      launch,
      shutdown,
      opens: true,
      log: log.area('control'),
      handlers: {
        entryUrl: async () => {
          // While Berth still starts, its window comes by itself, once there is a bridge for it.
          if (running !== null) windows.showMain();
          return null;
        },
        openLaunch: async (text) => openLaunch(text),
        openRawSsh: async (ref) => {
          if (running === null)
            throw new BerthError('cancelled', { place: 'computer', retry: 'auto', detail: 'Berth is still starting' });
          return running.openRawSsh(ref);
        },
      },
    });
    if (instance.kind === 'second') {
      if (instance.url !== null) await shell.openExternal(instance.url);
      stop(0);
      return;
    }
    setMenu();
    // In development this would bind links to a bare Electron.
    if (app.isPackaged) app.setAsDefaultProtocolClient('berth');
    serveScheme(session.defaultSession, join(parts.mainDir, '..', 'renderer'));
    const secrets = createSecretStore({ kind: flags.secrets, service: 'Berth', log });
    const { createApp } = await parts.loadApp();
    const theApp = await createApp(
      {
        kind: 'electron',
        version: berthVersion,
        dataDir,
        secrets,
        openDocument: (name) => openElectronDocument(dataDir, name),
        openExternal,
        folders: localFolders,
        windows,
        notifications: systemNotifications(() => windows.showMain()),
        onSuspend: (listener) => onPower('suspend', listener),
        onResume: (listener) => onPower('resume', listener),
      },
      {
        log,
        settings: { policyFile: machinePolicy, ...(flags.configFile === null ? {} : { configFile: flags.configFile }) },
        sandbox: sandboxCommand(parts.mainDir, dataDir),
        proxyCommand: (ref) => sshProxyCommand(nodeProgram(), join(parts.mainDir, 'ssh-proxy.js'), dataDir, ref),
        privateSocket: newControlAddress,
      },
    );
    running = theApp;
    requested ??= launch;
    if (requested !== null) showRequested(theApp, requested, hostLog);
    shutdown.add('app', appEndsWithinMs, () => theApp.dispose());
    const endIpc = serveIpc({ bridge: theApp.bridge, claims, log: hostLog });
    shutdown.add('ipc', otherEndsWithinMs, endIpc);
    windows.showMain();
    void secrets.check();
    if (flags.sandbox) {
      await theApp.startSandbox().catch((error: unknown) => {
        hostLog.error('The sandbox did not start', { error });
        const why = log.clean(error instanceof Error ? error.message : String(error));
        process.stderr.write(`The local sandbox did not start (${why}); Berth runs without it.\n`);
      });
    }
  } catch (error) {
    explain(error, log.clean, (field) => hostLog.error('Berth could not start', field));
    stop(
      error instanceof StartProblem
        ? error.exitCode
        : error instanceof BerthError && error.code === 'settings-invalid'
          ? 2
          : 1,
    );
  }
}

/** From outside, so it may be anything: what is no launch is said, and Berth goes on. */
function showRequested(theApp: App, text: string, log: AreaLog): void {
  try {
    theApp.openLaunch(text);
  } catch (error) {
    const problem = launchProblem(text, error);
    if (problem === null) throw error;
    log.warn('What was asked to be opened is neither a launch nor a link to a session', { error });
    dialog.showErrorBox('Berth', problem);
  }
}

function explain(error: unknown, clean: (text: string) => string, logIt: (fields: { error: unknown }) => void): void {
  logIt({ error });
  const words =
    error instanceof BerthError
      ? (error.detail ?? error.message)
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`${clean(words)}\n`);
  // Who started Berth from an icon sees no stderr.
  if (app.isPackaged) dialog.showErrorBox('Berth cannot start', clean(words));
}
