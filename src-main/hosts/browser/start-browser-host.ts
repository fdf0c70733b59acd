/**
 * The browser host from data folder to `berth ready`: one instance, one app, one loopback server. Every part that must
 * end is handed to `Shutdown` the moment it exists, so that a signal at any time leaves nothing behind.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { App, AppOptions } from '../../app.ts';
import { BerthError } from '../../base/berth-error.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Log } from '../../log/log.ts';
import { newControlAddress } from '../control-folder.ts';
import type { Flags } from '../flags.ts';
import type { Host, SecretStore } from '../host.ts';
import { launchProblem, readLaunchText } from '../launch-text.ts';
import { becomeInstance } from '../one-instance.ts';
import type { Shutdown } from '../shutdown.ts';
import { StartProblem } from '../start-problem.ts';
import { type Environment, type OpenPlan, openExternally, planOpening, startBrowser } from './browsers.ts';
import { openConfDocument } from './document-store.ts';
import { LoopbackServer } from './loopback-server.ts';
import { SleepWatch } from './sleep-watch.ts';

export interface BrowserHostParts {
  readonly flags: Flags;
  readonly dataDir: string;
  readonly policyFile: string;
  /** The built pages. */
  readonly rendererDir: string;
  readonly sandbox: AppOptions['sandbox'];
  readonly proxyCommand: AppOptions['proxyCommand'];
  readonly version: string;
  readonly log: Log;
  readonly secrets: SecretStore;
  /** Settles once it is known whether the keychain can be used. */
  readonly secretsChecked: Promise<unknown>;
  readonly shutdown: Shutdown;
  readonly environment: Environment;
  readonly isRoot: boolean;
  readonly createApp: (host: Host, options: AppOptions) => Promise<App>;
  /** The one line on stdout. */
  readonly printReady: (url: string) => void;
  /** Lines for people, on stderr. */
  readonly tell: (line: string) => void;
}

/** An address that Berth opened itself is used at once or never; one that a person copies has no hurry. */
const openedEntryLifetimeMs = 60_000;
/** The first window should know, but a keychain that thinks must not hold up the start. */
const secretsCheckWithinMs = 150;
/** Together under the 2 s that design section 6 gives a SIGTERM. */
const limitsMs = { server: 100, app: 1_650, other: 50 } as const;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** How the address would be shown. It does not depend on the token, and the token's time depends on it. */
function planFor(parts: BrowserHostParts, url: string): OpenPlan | null {
  if (parts.flags.noOpen) return null;
  return planOpening(url, join(parts.dataDir, 'browser'), parts.isRoot, parts.environment);
}

function willOpen(parts: BrowserHostParts): boolean {
  return (planFor(parts, '')?.kind ?? 'none') !== 'none';
}

/** Prints the address and opens it, or says why not. Returns the browser when it is Berth's own to end. */
function show(parts: BrowserHostParts, url: string): Disposable | null {
  const plan = planFor(parts, url);
  if (plan?.kind === 'none') {
    parts.tell(
      `Berth opens no window because ${plan.why}; open the address that follows in a browser on this computer.`,
    );
  }
  parts.printReady(url);
  if (plan === null || plan.kind === 'none') return null;
  return startBrowser(plan, (error) => {
    parts.log.area('host').warn('The browser could not be started', { error });
    parts.tell(`Berth could not start ${plan.command}; run npm start -- --no-open for an address to open by hand.`);
  });
}

function prepareDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartProblem(
      `The data folder ${dataDir} cannot be made (${codeOf(error)}); choose another with --data-dir.`,
      1,
      error,
    );
  }
}

function browserHost(parts: BrowserHostParts, sleepWatch: SleepWatch): Host {
  return {
    kind: 'browser',
    version: parts.version,
    dataDir: parts.dataDir,
    secrets: parts.secrets,
    openDocument: (name) => openConfDocument(parts.dataDir, name),
    openExternal: (url) => openExternally(url, parts.environment),
    folders: {
      pick: null,
      pickFile: null,
      open: (path) => openExternally(pathToFileURL(path).href, parts.environment),
    },
    windows: null,
    notifications: null,
    onSuspend: () => () => {},
    onResume: (listener) => sleepWatch.onResume(listener),
  };
}

/** Throws StartProblem when it is none. */
function showLaunch(app: App, target: string, text: string): void {
  try {
    app.openLaunch(text);
  } catch (error) {
    const problem = launchProblem(target, error);
    throw problem === null ? error : new StartProblem(problem, 2, error);
  }
}

/**
 * Resolves once `berth ready` is printed.
 * @returns `second` when a Berth with this data folder ran already and gave its address
 * @throws StartProblem
 */
export async function startBrowserHost(parts: BrowserHostParts): Promise<'first' | 'second'> {
  const { flags, dataDir, shutdown, tell } = parts;
  const log = parts.log.area('host');
  prepareDataDir(dataDir);

  let app: App | null = null;
  let server: LoopbackServer | null = null;
  const launch = flags.launch === null ? null : readLaunchText(flags.launch, process.env.INIT_CWD ?? process.cwd());
  const stillStarting = (): never => {
    throw new BerthError('cancelled', { place: 'computer', retry: 'auto', detail: 'Berth is still starting' });
  };
  let announceReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    announceReady = resolve;
  });
  const instance = await becomeInstance({
    dataDir,
    shutdown,
    opens: willOpen(parts),
    launch,
    log: parts.log.area('control'),
    handlers: {
      entryUrl: async (opens) => {
        await ready;
        return server === null ? stillStarting() : server.entryUrl(opens ? openedEntryLifetimeMs : null);
      },
      openLaunch: async (text) => {
        await ready;
        if (app === null) stillStarting();
        else app.openLaunch(text);
      },
      openRawSsh: async (ref) => (app === null ? stillStarting() : app.openRawSsh(ref)),
    },
  });
  if (instance.kind === 'second') {
    log.info('Another Berth has this data folder');
    if (instance.url === null) tell('Berth runs already; its window is in front now.');
    else show(parts, instance.url);
    return 'second';
  }

  const sleepWatch = new SleepWatch();
  shutdown.add('sleep watch', limitsMs.other, () => sleepWatch.dispose());
  app = await parts.createApp(browserHost(parts, sleepWatch), {
    log: parts.log,
    settings: { policyFile: parts.policyFile, ...(flags.configFile === null ? {} : { configFile: flags.configFile }) },
    sandbox: parts.sandbox,
    proxyCommand: parts.proxyCommand,
    privateSocket: newControlAddress,
  });
  const theApp = app;
  shutdown.add('app', limitsMs.app, () => theApp.dispose());

  if (launch !== null) showLaunch(theApp, flags.launch ?? '', launch);
  server = new LoopbackServer({
    port: flags.port,
    rendererDir: parts.rendererDir,
    bridge: app.bridge,
    log: parts.log.area('loopback'),
  });
  const theServer = server;
  shutdown.add('loopback server', limitsMs.server, () => theServer.close());
  try {
    await server.listen();
  } catch (error) {
    const why = codeOf(error) === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${codeOf(error)})`;
    throw new StartProblem(`Port ${flags.port} ${why}; choose another with --port, or leave the flag out.`, 1, error);
  }

  if (flags.sandbox) {
    try {
      await app.startSandbox();
    } catch (error) {
      log.error('The sandbox did not start', { error });
      tell(
        `The local sandbox did not start (${parts.log.clean(error instanceof Error ? error.message : String(error))}); Berth runs without it.`,
      );
    }
  }
  await Promise.race([parts.secretsChecked, delay(secretsCheckWithinMs)]);
  announceReady();
  const browser = show(parts, theServer.entryUrl(willOpen(parts) ? openedEntryLifetimeMs : null));
  if (browser !== null) shutdown.add('browser', limitsMs.other, () => browser.dispose());
  theServer.warm().catch((error: unknown) => log.error('The bridge cannot be loaded', { error }));
  return 'first';
}
