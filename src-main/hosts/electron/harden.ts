/** Puts the policies of `guard.ts` on every session and web contents that Electron ever makes, claimed or not. */
import { app, type Session, type WebContents } from 'electron';
import type { AreaLog } from '../../log/log.ts';
import type { Claims } from './claims.ts';
import {
  judgeOpening,
  mayAppRequest,
  mayNavigate,
  mayOwnPageRequest,
  mayOwnPageSave,
  mayUse,
  safeFileName,
} from './guard.ts';

export interface HardenOptions {
  readonly claims: Claims;
  readonly log: AreaLog;
  readonly openExternal: (url: string) => void;
  /** webPreferences for a window that a session's page opens. */
  readonly childWindow: (opener: WebContents) => Electron.BrowserWindowConstructorOptions | null;
  readonly adopt: (opener: WebContents, child: WebContents) => void;
}

function hardenSession(session: Session, isOwn: boolean, options: HardenOptions): void {
  const { claims, log } = options;
  // SECURITY: permissions are denied unless the policy names them, when asked for and when looked at
  // (electron-host.test.ts, "sessions").
  session.setPermissionRequestHandler((contents, permission, callback, details) => {
    const granted = mayUse(claims.get(contents), permission, details.requestingUrl);
    if (!granted) log.info('Denied a permission', { permission });
    callback(granted);
  });
  session.setPermissionCheckHandler((contents, permission, requestingOrigin, details) =>
    mayUse(claims.get(contents), permission, details.requestingUrl ?? requestingOrigin),
  );
  // SECURITY: no device of any kind, no screen (electron-host.test.ts, "sessions").
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }));
  session.on('select-hid-device', (event, _details, callback) => {
    event.preventDefault();
    callback(null);
  });
  session.on('select-serial-port', (event, _ports, _contents, callback) => {
    event.preventDefault();
    callback('');
  });
  session.on('select-usb-device', (event, _details, callback) => {
    event.preventDefault();
    callback();
  });
  // SECURITY: Berth's pages load nothing from anywhere else, a session's pages no file (electron-host.test.ts, "sessions").
  session.webRequest.onBeforeRequest((details, callback) => {
    const allowed = isOwn ? mayOwnPageRequest(details.url) : mayAppRequest(details.url);
    if (!allowed) log.warn('Cancelled a request', { scheme: details.url.split(':', 1)[0] });
    callback({ cancel: !allowed });
  });
  session.on('will-download', (event, item) => {
    // SECURITY: Berth's own pages save only what they made themselves, and the person says where (electron-host.test.ts,
    // "ask where to put a download").
    if (isOwn && !mayOwnPageSave(item.getURL())) {
      event.preventDefault();
      return;
    }
    item.setSaveDialogOptions({ defaultPath: safeFileName(item.getFilename()) });
  });
}

function hardenContents(contents: WebContents, options: HardenOptions): void {
  const { claims, log } = options;
  const judge = (event: { preventDefault(): void }, url: string, isMainFrame: boolean): void => {
    if (mayNavigate(claims.get(contents), url, isMainFrame)) return;
    event.preventDefault();
    log.warn('Stopped a navigation', { kind: claims.get(contents)?.kind ?? 'unclaimed' });
  };
  // SECURITY: every way to another address is judged (electron-host.test.ts, "guards").
  contents.on('will-navigate', (event) => judge(event, event.url, event.isMainFrame));
  contents.on('will-redirect', (event) => judge(event, event.url, event.isMainFrame));
  contents.on('will-frame-navigate', (event) => judge(event, event.url, event.isMainFrame));
  // SECURITY: (electron-host.test.ts, "guards").
  contents.on('will-attach-webview', (event) => event.preventDefault());
  // SECURITY: (electron-host.test.ts, "guards").
  contents.setWindowOpenHandler(({ url }) => {
    const verdict = judgeOpening(claims.get(contents), url);
    if (verdict.action === 'external') options.openExternal(verdict.url);
    const child = verdict.action === 'same-session' ? options.childWindow(contents) : null;
    return child === null ? { action: 'deny' } : { action: 'allow', overrideBrowserWindowOptions: child };
  });
  contents.on('did-create-window', (window) => options.adopt(contents, window.webContents));
}

/** Call before `ready`, so that nothing exists yet that would be missed. */
export function hardenEverything(options: HardenOptions): void {
  const done = new WeakSet<Session>();
  app.on('session-created', (session) => {
    if (done.has(session)) return;
    done.add(session);
    // Berth's own pages live in the default session, the only one with a place on disk.
    hardenSession(session, session.isPersistent(), options);
  });
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, options));
}
