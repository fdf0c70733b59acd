import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebContents } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { App, AppOptions } from '../../app.ts';
import type { Host } from '../host.ts';
import { startElectronHost } from './start-electron-host.ts';
import {
  app,
  BrowserWindow,
  FakeFrame,
  type FakeSession,
  type FakeWebContents,
  ipcMain,
  menus,
  opened,
  powerMonitor,
  privileged,
  resetElectron,
  session,
} from './testing/electron-stand-in.ts';

vi.mock('electron', () => import('./testing/electron-stand-in.ts'));
vi.mock('electron-store', () => ({
  default: class {
    store: unknown;
  },
}));

const service = 'http://g-abc.localhost:4000/enter#t';

let folder: string;
let host: Host;
let options: AppOptions;
let received: unknown[];
let closed: number;
let ports: { send(message: string | Uint8Array): void; close(): void }[];
const signals = new Map<string, NodeJS.SignalsListener[]>();

beforeEach(async () => {
  resetElectron();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    signals.set(name, process.listeners(name) as NodeJS.SignalsListener[]);
  folder = mkdtempSync(join(tmpdir(), 'berth-electron-'));
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer', 'index.html'), '<title>page</title>');
  received = [];
  ports = [];
  closed = 0;
  const fakeApp = {
    bridge: {
      connect: (port: { send(message: string | Uint8Array): void; close(): void }) => {
        ports.push(port);
        port.send('{"t":"hello"}');
        return {
          receive: (message: unknown) => received.push(message),
          closed: () => {
            closed += 1;
          },
        };
      },
    },
    dispose: async () => {},
    startSandbox: async () => 'a',
  } as unknown as App;
  await startElectronHost(['--data-dir', join(folder, 'data'), '--secrets', 'memory'], {
    mainDir: join(folder, 'main'),
    loadApp: async () => ({
      createApp: async (theHost, theOptions) => {
        host = theHost;
        options = theOptions;
        return fakeApp;
      },
    }),
  });
});

afterEach(async () => {
  app.quit();
  await vi.waitUntil(() => app.calls.some(([name]) => name === 'exit'));
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    for (const listener of process.listeners(name))
      if (!signals.get(name)?.includes(listener as NodeJS.SignalsListener)) process.off(name, listener);
  }
  process.removeAllListeners('unhandledRejection');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const main = (): BrowserWindow => BrowserWindow.all[0] as BrowserWindow;
const openApp = (group = 'g'): BrowserWindow => {
  host.windows?.openApp({ url: service, title: 'Jupyter', colour: '#123456', group });
  return BrowserWindow.all.at(-1) as BrowserWindow;
};
const event = () => ({ preventDefault: vi.fn() });

describe('before ready', () => {
  it('turns on the sandbox, sets its folders and names its scheme', () => {
    const names = app.calls.map(([name]) => name);
    for (const name of ['enableSandbox', 'registerSchemes', 'setPath']) {
      expect(names).toContain(name);
      expect(names.indexOf(name)).toBeLessThan(names.indexOf('whenReady'));
    }
    expect(app.calls).toContainEqual(['setPath', 'userData', join(folder, 'data')]);
    expect(privileged).toEqual([
      { scheme: 'berth', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ]);
  });

  it('gives the app what the browser host gives, by its own means', () => {
    expect(host.kind).toBe('electron');
    expect(options.sandbox.args).toContain(join(folder, 'data', 'sandbox'));
    expect(existsSync(join(folder, 'data', 'berth.lock'))).toBe(true);
    expect(menus).toEqual([process.platform === 'darwin' ? expect.anything() : null]);
    let wakes = 0;
    const off = host.onResume(() => {
      wakes += 1;
    });
    powerMonitor.emit('resume');
    off();
    powerMonitor.emit('resume');
    expect(wakes).toBe(1);
  });
});

describe('webPreferences', () => {
  const locked = {
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

  it('of own windows: the locked ones and the preload', () => {
    host.windows?.openTerminal({ accountId: 'a', sessionId: 's', title: 'T', colour: '#123456', move: 'm123' });
    expect(BrowserWindow.all).toHaveLength(2);
    for (const window of BrowserWindow.all)
      expect(window.options.webPreferences).toEqual({ ...locked, preload: join(folder, 'preload', 'preload.cjs') });
    expect(main().loaded).toEqual(['berth://app/']);
    expect(BrowserWindow.all[1]?.loaded).toEqual(['berth://app/terminal?account=a&session=s&move=m123']);
  });

  it('of app windows: no preload, and a partition in memory that their session alone has', () => {
    const [one, two, other] = [openApp('a'), openApp('a'), openApp('b')];
    for (const window of [one, two, other]) {
      const { partition, ...rest } = window?.options.webPreferences ?? {};
      expect(rest).toEqual(locked);
      expect(partition).toMatch(/^session-[0-9a-f-]{36}$/);
    }
    expect(one?.options.webPreferences?.partition).toBe(two?.options.webPreferences?.partition);
    expect(one?.options.webPreferences?.partition).not.toBe(other?.options.webPreferences?.partition);
  });

  it('of a closed session are gone: data cleared, a new partition the next time', () => {
    const [one, two] = [openApp('a'), openApp('a')];
    const partition = String(one?.options.webPreferences?.partition);
    host.windows?.closeGroups((group) => group === 'a');
    expect([one?.destroyed, two?.destroyed]).toEqual([true, true]);
    expect((session.fromPartition(partition) as FakeSession).cleared).toBe(1);
    expect(openApp('a').options.webPreferences?.partition).not.toBe(partition);
  });

  it('of an account close together', () => {
    const [one, two, other] = [openApp('a/1'), openApp('a/2'), openApp('ab/1')];
    host.windows?.closeGroups((group) => group.startsWith('a/'));
    expect([one?.destroyed, two?.destroyed, other?.destroyed]).toEqual([true, true, false]);
  });

  it('refuses to show anything but web addresses in an app window', () => {
    for (const url of ['file:///etc/passwd', 'berth://app/', 'javascript:1', 'mailto:a@b']) {
      expect(() => host.windows?.openApp({ url, title: '', colour: '#000000', group: 'g' })).toThrow();
    }
    expect(BrowserWindow.all).toHaveLength(1);
  });
});

describe('guards', () => {
  it('judge every way to navigate, and the unclaimed may go nowhere', () => {
    const unclaimed = new BrowserWindow({}).webContents;
    const cases: [FakeWebContents, string, boolean][] = [
      [main().webContents, 'berth://app/terminal', true],
      [main().webContents, 'https://evil.example/', false],
      [openApp().webContents, 'http://g-abc.localhost:4000/tree', true],
      [openApp().webContents, 'berth://app/', false],
      [unclaimed, 'berth://app/', false],
    ];
    for (const [contents, url, allowed] of cases) {
      for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
        const details = { ...event(), url, isMainFrame: true };
        contents.emit(name, details);
        expect(details.preventDefault.mock.calls.length, `${name} ${url}`).toBe(allowed ? 0 : 1);
      }
    }
  });

  it('attach no webview', () => {
    const details = event();
    main().webContents.emit('will-attach-webview', details);
    expect(details.preventDefault).toHaveBeenCalled();
  });

  it('decide on window open: the same session, outside, or nothing', () => {
    const window = openApp();
    expect(window.webContents.openHandler?.({ url: 'https://docs.example/a b' })).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://docs.example/a%20b']);
    expect(window.webContents.openHandler?.({ url: 'file:///x' })).toEqual({ action: 'deny' });
    expect(window.webContents.openHandler?.({ url: 'about:blank' })).toMatchObject({
      action: 'allow',
      overrideBrowserWindowOptions: { webPreferences: window.options.webPreferences },
    });
    expect(main().webContents.openHandler?.({ url: 'berth://app/' })).toEqual({ action: 'deny' });
    expect(opened).toHaveLength(1);
  });

  it('take a child window of a session into it', () => {
    const window = openApp('a');
    const child = new BrowserWindow({ webPreferences: window.options.webPreferences ?? {} });
    window.webContents.emit('did-create-window', child);
    const details = { ...event(), url: 'https://evil.example/', isMainFrame: true };
    child.webContents.emit('will-navigate', details);
    expect(details.preventDefault).toHaveBeenCalled();
    const inside = { ...event(), url: 'http://g-abc.localhost:4000/tree', isMainFrame: true };
    child.webContents.emit('will-navigate', inside);
    expect(inside.preventDefault).not.toHaveBeenCalled();
    host.windows?.closeGroups((group) => group === 'a');
    expect(child.destroyed).toBe(true);
  });
});

describe('sessions', () => {
  type Request = (
    contents: FakeWebContents | null,
    permission: string,
    callback: (granted: boolean) => void,
    details: { requestingUrl: string },
  ) => void;
  type Check = (
    contents: FakeWebContents | null,
    permission: string,
    origin: string,
    details: { requestingUrl?: string },
  ) => boolean;

  const both = (): FakeSession[] => [main().webContents.session, openApp().webContents.session];

  it('deny permissions but those of the policy, asked and looked at', () => {
    for (const it of both()) {
      const granted = vi.fn();
      (it.handlers.permissionRequest as unknown as Request)(main().webContents, 'media', granted, {
        requestingUrl: 'berth://app/',
      });
      (it.handlers.permissionRequest as unknown as Request)(main().webContents, 'clipboard-read', granted, {
        requestingUrl: 'https://evil.example/',
      });
      (it.handlers.permissionRequest as unknown as Request)(main().webContents, 'clipboard-read', granted, {
        requestingUrl: 'berth://app/',
      });
      expect(granted.mock.calls).toEqual([[false], [false], [true]]);
      const check = it.handlers.permissionCheck as unknown as Check;
      expect(check(null, 'clipboard-read', 'berth://app', {})).toBe(false);
      expect(check(main().webContents, 'clipboard-read', 'berth://app', {})).toBe(true);
      expect(
        check(main().webContents, 'clipboard-read', 'berth://app', { requestingUrl: 'https://evil.example/' }),
      ).toBe(false);
    }
  });

  it('give no devices and no screen', () => {
    for (const it of both()) {
      expect((it.handlers.device as () => boolean)()).toBe(false);
      for (const [name, refusal] of Object.entries({ displayMedia: null, bluetooth: { confirmed: false } })) {
        const answer = vi.fn();
        (it.handlers[name] as unknown as (asked: object, answer: (given: unknown) => void) => void)({}, answer);
        expect(answer).toHaveBeenCalledWith(refusal);
      }
      for (const name of ['select-hid-device', 'select-usb-device']) {
        const details = event();
        const callback = vi.fn();
        it.emit(name, details, {}, callback);
        expect(details.preventDefault).toHaveBeenCalled();
        expect(callback.mock.calls[0]?.[0] ?? null).toBeNull();
      }
      const details = event();
      const callback = vi.fn();
      it.emit('select-serial-port', details, [], main().webContents, callback);
      expect(callback).toHaveBeenCalledWith('');
    }
  });

  it('cancel requests: own pages reach nothing else, apps no file and no own page', () => {
    const answer = (it: FakeSession, url: string): boolean => {
      const callback = vi.fn();
      it.beforeRequest?.({ url }, callback);
      return callback.mock.calls[0]?.[0].cancel;
    };
    const [own, appSession] = both();
    expect(own && answer(own, 'berth://app/assets/x.js')).toBe(false);
    expect(own && answer(own, 'https://evil.example/')).toBe(true);
    expect(appSession && answer(appSession, 'http://g-abc.localhost:4000/')).toBe(false);
    for (const url of ['file:///etc/passwd', 'berth://app/']) expect(appSession && answer(appSession, url)).toBe(true);
  });

  it('ask where to put a download, under a plain name', () => {
    const [own, appSession] = both();
    const details = event();
    const item = { getFilename: () => '../../x.sh', getURL: () => 'https://a.b/', setSaveDialogOptions: vi.fn() };
    own?.emit('will-download', details, item);
    expect(details.preventDefault).toHaveBeenCalled();
    appSession?.emit('will-download', event(), item);
    expect(item.setSaveDialogOptions).toHaveBeenCalledWith({ defaultPath: 'x.sh' });
  });

  it('serve own pages to own windows only', async () => {
    const [own, appSession] = both();
    expect(Object.keys(own?.protocols ?? {})).toEqual(['berth']);
    expect(Object.keys(appSession?.protocols ?? {})).toEqual([]);
    const page = await own?.protocols.berth?.({ method: 'GET', url: 'berth://app/' });
    expect(await page?.text()).toContain('page');
  });
});

describe('channels', () => {
  const send = (channel: string, sender: FakeWebContents, data?: unknown, frame: FakeFrame | null = sender.mainFrame) =>
    ipcMain.emit(channel, { sender: sender as unknown as WebContents, senderFrame: frame }, data);

  it('are two, and carry text and bytes of own pages', () => {
    expect(ipcMain.eventNames()).toEqual(['berth:connect', 'berth:message']);
    const { webContents } = main();
    send('berth:message', webContents, 'too early');
    send('berth:connect', webContents);
    expect(webContents.sent).toEqual([['berth:message', '{"t":"hello"}']]);
    send('berth:message', webContents, 'text');
    send('berth:message', webContents, new Uint8Array([1]));
    expect(received).toEqual(['text', new Uint8Array([1])]);
  });

  it('refuse an unknown window, an app window, a frame, another origin and a wrong shape', () => {
    const { webContents } = main();
    send('berth:connect', webContents);
    for (const contents of [new BrowserWindow({}).webContents, openApp().webContents]) {
      send('berth:connect', contents);
      send('berth:message', contents, 'text');
    }
    send('berth:message', webContents, 'text', new FakeFrame('berth://app'));
    send('berth:message', webContents, 'text', null);
    webContents.mainFrame.origin = 'https://evil.example';
    send('berth:message', webContents, 'text');
    send('berth:connect', webContents);
    webContents.mainFrame.origin = 'berth://app';
    for (const data of [undefined, null, 1, {}, ['text'], 'x'.repeat(4 * 1024 * 1024 + 1)])
      send('berth:message', webContents, data);
    expect(received).toEqual([]);
    expect(ports).toHaveLength(1);
  });

  it('end the connection with its document', () => {
    const { webContents } = main();
    send('berth:connect', webContents);
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    expect(closed).toBe(0);
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    expect(closed).toBe(1);
    ports[0]?.send('late');
    expect(webContents.sent.flat()).not.toContain('late');
    send('berth:message', webContents, 'text');
    expect(received).toEqual([]);
    send('berth:connect', webContents);
    ports[1]?.close();
    expect(closed).toBe(2);
  });
});

describe('life', () => {
  it('reloads a crashed page once, not in a circle', () => {
    for (let round = 0; round < 3; round += 1)
      main().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(main().reloads).toBe(1);
  });

  it('shows the one main window when asked again', () => {
    app.emit('activate');
    expect(BrowserWindow.all).toHaveLength(1);
    expect(main().focused).toBe(1);
  });

  it('ends in order on quit and leaves no lock', async () => {
    app.quit();
    await vi.waitUntil(() => app.calls.some(([name]) => name === 'exit'));
    expect(app.calls).toContainEqual(['exit', 0]);
    expect(existsSync(join(folder, 'data', 'berth.lock'))).toBe(false);
  });
});
