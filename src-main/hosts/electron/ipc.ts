/** The bridge's transport in Electron: one channel, one connection a page, and the caller checked on every message. */
import { type IpcMainEvent, ipcMain, type WebContents } from 'electron';
import type { AreaLog } from '../../log/log.ts';
import type { Claims } from './claims.ts';
import { ownOrigin } from './guard.ts';

/** The names that `preload.ts` uses. */
export const channels = { connect: 'berth:connect', message: 'berth:message' } as const;

const maxMessageBytes = 4 * 1024 * 1024;

interface BridgeEnd {
  connect(port: { send(message: string | Uint8Array): void; close(): void }): {
    receive(message: string | Uint8Array): void;
    closed(): void;
  };
}

export interface IpcOptions {
  readonly bridge: BridgeEnd;
  readonly claims: Claims;
  readonly log: AreaLog;
}

/** Null when all is right, else what is wrong. */
export function callerProblem(event: Pick<IpcMainEvent, 'sender' | 'senderFrame'>, claims: Claims): string | null {
  // SECURITY: a window that Berth made for its own pages (electron-host.test.ts, "channels").
  if (claims.get(event.sender)?.kind !== 'own') return 'unknown window';
  // SECURITY: its main frame, not a frame inside, and one that still exists (electron-host.test.ts, "channels").
  if (event.senderFrame === null || event.senderFrame !== event.sender.mainFrame) return 'frame';
  // SECURITY: which shows Berth's own page at this moment (electron-host.test.ts, "channels").
  return event.senderFrame.origin === ownOrigin ? null : 'origin';
}

function isMessage(value: unknown): value is string | Uint8Array {
  if (typeof value === 'string') return value.length <= maxMessageBytes;
  return value instanceof Uint8Array && value.byteLength <= maxMessageBytes;
}

/** Returns what undoes it. */
export function serveIpc(options: IpcOptions): () => void {
  const { bridge, claims, log } = options;
  const connections = new Map<WebContents, { readonly end: ReturnType<BridgeEnd['connect']>; isOpen: boolean }>();
  const watched = new WeakSet<WebContents>();

  const drop = (contents: WebContents): void => {
    const connection = connections.get(contents);
    if (connection === undefined) return;
    connections.delete(contents);
    connection.isOpen = false;
    connection.end.closed();
  };

  const watch = (contents: WebContents): void => {
    if (watched.has(contents)) return;
    watched.add(contents);
    // A connection belongs to the document that asked for it.
    contents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) drop(contents);
    });
    contents.on('render-process-gone', () => drop(contents));
    contents.on('destroyed', () => drop(contents));
  };

  const onConnect = (event: IpcMainEvent): void => {
    const problem = callerProblem(event, claims);
    if (problem !== null) {
      log.warn('Refused a bridge connection', { reason: problem });
      return;
    }
    const { sender } = event;
    watch(sender);
    drop(sender);
    // The bridge greets at once, before `connect` has returned.
    const state = { isOpen: true };
    const end = bridge.connect({
      send: (message) => {
        if (state.isOpen && !sender.isDestroyed()) sender.send(channels.message, message);
      },
      close: () => drop(sender),
    });
    connections.set(sender, Object.assign(state, { end }));
  };

  const onMessage = (event: IpcMainEvent, message: unknown): void => {
    const problem = callerProblem(event, claims);
    // SECURITY: of the two shapes that there are, and bounded (electron-host.test.ts, "channels").
    if (problem !== null || !isMessage(message)) {
      log.warn('Refused a message', { reason: problem ?? 'shape' });
      return;
    }
    connections.get(event.sender)?.end.receive(message);
  };

  ipcMain.on(channels.connect, onConnect);
  ipcMain.on(channels.message, onMessage);
  return () => {
    ipcMain.off(channels.connect, onConnect);
    ipcMain.off(channels.message, onMessage);
    for (const contents of [...connections.keys()]) drop(contents);
  };
}
