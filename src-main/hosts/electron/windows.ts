/**
 * The only file that makes windows. Two kinds: Berth's own pages, with the preload; and a session's apps, without any,
 * in a partition of that session that lives in memory and ends with its last window.
 */
import { randomUUID } from 'node:crypto';
import {
  BrowserWindow,
  type BrowserWindowConstructorOptions,
  session,
  type WebContents,
  type WebPreferences,
} from 'electron';
import type { AreaLog } from '../../log/log.ts';
import type { AppWindow, Host, TerminalWindow } from '../host.ts';
import type { Claims } from './claims.ts';
import { externalUrl, ownOrigin } from './guard.ts';

/** SECURITY: what no window of Berth ever has (electron-host.test.ts, "webPreferences"). */
const lockedPreferences: WebPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
};

export function ownPreferences(preloadFile: string): WebPreferences {
  return { ...lockedPreferences, preload: preloadFile };
}

/** SECURITY: no preload, a partition in memory: a notebook is hostile script (electron-host.test.ts, "webPreferences"). */
export function appPreferences(partition: string): WebPreferences {
  return { ...lockedPreferences, partition };
}

/** A window whose page crashes twice in this time is not loaded again by itself. */
const crashesWithinMs = 60_000;

export interface WindowsOptions {
  readonly claims: Claims;
  readonly preloadFile: string;
  readonly iconFile: string | null;
  readonly log: AreaLog;
  readonly now?: () => number;
}

export class Windows implements NonNullable<Host['windows']> {
  readonly #options: WindowsOptions;
  readonly #groups = new Map<string, { readonly partition: string; readonly windows: Set<BrowserWindow> }>();
  #main: BrowserWindow | null = null;

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** Shows the main window, making it when there is none. */
  showMain(): void {
    if (this.#main === null) {
      const window = this.#makeOwn('/', { width: 1280, height: 820, minWidth: 720, minHeight: 480, title: 'Berth' });
      window.on('closed', () => {
        this.#main = null;
      });
      this.#main = window;
      return;
    }
    if (this.#main.isMinimized()) this.#main.restore();
    this.#main.show();
    this.#main.focus();
  }

  openTerminal(input: TerminalWindow): void {
    const query = new URLSearchParams({ account: input.accountId, session: input.sessionId });
    if (input.move !== undefined) query.set('move', input.move);
    this.#makeOwn(`/terminal?${query}`, {
      width: 960,
      height: 600,
      title: input.title,
      ...(process.platform === 'darwin' ? {} : { accentColor: input.colour }),
    });
  }

  openApp(input: AppWindow): void {
    const url = externalUrl(input.url);
    if (url === null || url.startsWith('mailto:')) throw new Error('An app window takes web addresses only');
    const group = this.#group(input.group);
    const window = new BrowserWindow({
      ...this.#frame({ width: 1200, height: 820, title: input.title }),
      ...(process.platform === 'darwin' ? {} : { accentColor: input.colour }),
      webPreferences: appPreferences(group.partition),
    });
    const { origin } = new URL(url);
    this.#options.claims.set(window.webContents, {
      kind: 'app',
      origin,
      group: input.group,
      partition: group.partition,
    });
    this.#join(input.group, window);
    this.#load(window, url);
  }

  closeGroups(matches: (name: string) => boolean): void {
    const matching = [...this.#groups].filter(([name]) => matches(name));
    for (const window of matching.flatMap(([, group]) => [...group.windows])) {
      // A page's "are you sure" must not keep a window of a session that is gone.
      if (!window.isDestroyed()) window.destroy();
    }
  }

  /** Options for a window that a session's page opens; null for every other opener. */
  childWindow(opener: WebContents): BrowserWindowConstructorOptions | null {
    const claim = this.#options.claims.get(opener);
    if (claim?.kind !== 'app') return null;
    return { ...this.#frame({ width: 1100, height: 780 }), webPreferences: appPreferences(claim.partition) };
  }

  /** Takes in the window that `childWindow` allowed: the same claim and group as its opener's. */
  adopt(opener: WebContents, child: WebContents): void {
    const claim = this.#options.claims.get(opener);
    const window = BrowserWindow.fromWebContents(child);
    if (claim?.kind !== 'app' || window === null) {
      child.close({ waitForBeforeUnload: false });
      return;
    }
    this.#options.claims.set(child, claim);
    this.#join(claim.group, window);
  }

  #makeOwn(path: string, frame: BrowserWindowConstructorOptions): BrowserWindow {
    const window = new BrowserWindow({
      ...this.#frame(frame),
      webPreferences: ownPreferences(this.#options.preloadFile),
    });
    this.#options.claims.set(window.webContents, { kind: 'own' });
    this.#reloadAfterCrash(window);
    this.#load(window, `${ownOrigin}${path}`);
    return window;
  }

  #frame(options: BrowserWindowConstructorOptions): BrowserWindowConstructorOptions {
    const { iconFile } = this.#options;
    return { autoHideMenuBar: true, show: true, ...(iconFile === null ? {} : { icon: iconFile }), ...options };
  }

  #load(window: BrowserWindow, url: string): void {
    window.loadURL(url).catch((error: unknown) => {
      // A window closed while it loads ends here too.
      if (!window.isDestroyed()) this.#options.log.error('A window could not load its page', { error });
    });
  }

  #group(name: string): { readonly partition: string; readonly windows: Set<BrowserWindow> } {
    const present = this.#groups.get(name);
    if (present !== undefined) return present;
    // Without `persist:` Electron keeps a partition in memory.
    const group = { partition: `session-${randomUUID()}`, windows: new Set<BrowserWindow>() };
    this.#groups.set(name, group);
    return group;
  }

  #join(name: string, window: BrowserWindow): void {
    const group = this.#group(name);
    group.windows.add(window);
    window.on('closed', () => {
      group.windows.delete(window);
      if (group.windows.size > 0 || this.#groups.get(name) !== group) return;
      this.#groups.delete(name);
      session
        .fromPartition(group.partition)
        .clearData()
        .catch((error: unknown) => this.#options.log.warn('A closed partition could not be cleared', { error }));
    });
  }

  #reloadAfterCrash(window: BrowserWindow): void {
    let lastCrash = Number.NEGATIVE_INFINITY;
    const now = this.#options.now ?? Date.now;
    window.webContents.on('render-process-gone', (_event, details) => {
      if (details.reason === 'clean-exit') return;
      this.#options.log.error('A page crashed', { reason: details.reason });
      const isAgain = now() - lastCrash < crashesWithinMs;
      lastCrash = now();
      if (!isAgain && !window.isDestroyed()) window.reload();
    });
  }
}
