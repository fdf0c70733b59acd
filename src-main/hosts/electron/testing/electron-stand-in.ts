/**
 * Stands in for the `electron` module in unit tests: records what Berth asks of it and lets a test fire its events. Its
 * exports have Electron's names; only what Berth uses exists, so that a new use shows up as a failure here.
 */
import { EventEmitter } from 'node:events';

type Handler = (...args: never[]) => unknown;

export class FakeFrame {
  origin: string;
  constructor(origin: string) {
    this.origin = origin;
  }
}

export class FakeWebContents extends EventEmitter {
  readonly session: FakeSession;
  mainFrame = new FakeFrame('berth://app');
  readonly sent: unknown[][] = [];
  openHandler: ((details: { url: string }) => unknown) | null = null;
  destroyed = false;
  closed = false;
  constructor(session: FakeSession) {
    super();
    this.session = session;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => unknown): void {
    this.openHandler = handler;
  }
  send(...args: unknown[]): void {
    this.sent.push(args);
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  close(): void {
    this.closed = true;
  }
}

export class FakeSession extends EventEmitter {
  readonly partition: string;
  readonly handlers: Record<string, Handler> = {};
  readonly protocols: Record<string, (request: { method: string; url: string }) => Promise<Response>> = {};
  beforeRequest: ((details: { url: string }, callback: (answer: { cancel: boolean }) => void) => void) | null = null;
  cleared = 0;
  readonly webRequest = {
    onBeforeRequest: (listener: NonNullable<FakeSession['beforeRequest']>): void => {
      this.beforeRequest = listener;
    },
  };
  readonly protocol = {
    handle: (scheme: string, handler: (request: { method: string; url: string }) => Promise<Response>): void => {
      this.protocols[scheme] = handler;
    },
  };
  constructor(partition: string) {
    super();
    this.partition = partition;
  }
  isPersistent(): boolean {
    return this.partition === '' || this.partition.startsWith('persist:');
  }
  setPermissionRequestHandler(handler: Handler): void {
    this.handlers.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: Handler): void {
    this.handlers.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: Handler): void {
    this.handlers.device = handler;
  }
  setDisplayMediaRequestHandler(handler: Handler): void {
    this.handlers.displayMedia = handler;
  }
  setBluetoothPairingHandler(handler: Handler): void {
    this.handlers.bluetooth = handler;
  }
  async clearData(): Promise<void> {
    this.cleared += 1;
  }
}

const sessions = new Map<string, FakeSession>();

function sessionOf(partition: string): FakeSession {
  const present = sessions.get(partition);
  if (present) return present;
  const made = new FakeSession(partition);
  sessions.set(partition, made);
  app.emit('session-created', made);
  return made;
}

export const session = {
  fromPartition: (partition: string): FakeSession => sessionOf(partition),
  get defaultSession(): FakeSession {
    return sessionOf('');
  },
};

export interface WindowOptions {
  title?: string;
  accentColor?: string;
  webPreferences?: Record<string, unknown>;
}

export class BrowserWindow extends EventEmitter {
  static all: BrowserWindow[] = [];
  readonly options: WindowOptions;
  readonly webContents: FakeWebContents;
  readonly loaded: string[] = [];
  destroyed = false;
  focused = 0;
  reloads = 0;
  static fromWebContents(contents: FakeWebContents): BrowserWindow | null {
    return BrowserWindow.all.find((window) => window.webContents === contents) ?? null;
  }
  constructor(options: WindowOptions) {
    super();
    this.options = options;
    this.webContents = new FakeWebContents(sessionOf(String(options.webPreferences?.partition ?? '')));
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {}
  show(): void {}
  focus(): void {
    this.focused += 1;
  }
  reload(): void {
    this.reloads += 1;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }
}

class FakeApp extends EventEmitter {
  readonly calls: unknown[][] = [];
  isPackaged = false;
  enableSandbox(): void {
    this.calls.push(['enableSandbox']);
  }
  setName(name: string): void {
    this.calls.push(['setName', name]);
  }
  setPath(name: string, path: string): void {
    this.calls.push(['setPath', name, path]);
  }
  async whenReady(): Promise<void> {
    this.calls.push(['whenReady']);
    // Electron makes the default session on its way to ready.
    sessionOf('');
  }
  exit(code: number): void {
    this.calls.push(['exit', code]);
  }
  quit(): void {
    this.calls.push(['quit']);
    this.emit('before-quit', { preventDefault: () => {} });
  }
}

export const app = new FakeApp();
export const ipcMain = new EventEmitter();
export const powerMonitor = new EventEmitter();
export const opened: string[] = [];
export const shell = {
  openExternal: async (url: string): Promise<void> => {
    opened.push(url);
  },
};
export const privileged: unknown[] = [];
export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown[]): void => {
    app.calls.push(['registerSchemes']);
    privileged.push(...schemes);
  },
};
export const menus: unknown[] = [];
export const Menu = {
  setApplicationMenu: (menu: unknown): void => {
    menus.push(menu);
  },
  buildFromTemplate: (template: unknown): unknown => template,
};
export class Notification extends EventEmitter {
  static all: Notification[] = [];
  static isSupported(): boolean {
    return true;
  }
  readonly options: { title: string; body: string };
  state: 'new' | 'shown' | 'closed' = 'new';
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
    Notification.all.push(this);
  }
  show(): void {
    this.state = 'shown';
  }
  close(): void {
    this.state = 'closed';
    this.emit('close');
  }
}
export const errorBoxes: string[] = [];
export const dialog = {
  showErrorBox: (_title: string, words: string): void => {
    errorBoxes.push(words);
  },
};

/** Back to the state before Electron started. */
export function resetElectron(): void {
  app.removeAllListeners();
  ipcMain.removeAllListeners();
  powerMonitor.removeAllListeners();
  app.calls.length = 0;
  opened.length = 0;
  errorBoxes.length = 0;
  menus.length = 0;
  privileged.length = 0;
  BrowserWindow.all = [];
  Notification.all = [];
  sessions.clear();
}
