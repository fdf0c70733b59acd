/**
 * The one place that knows which host this window runs in: picks the transport, and opens further windows the way the
 * host allows. Everything else uses `berth`.
 */
import { type Berth, createClient, type Transport } from '../src-preload/client.ts';
import { webSocketTransport } from './bridge-websocket.ts';
import type { FromWorker } from './bridge-worker.ts';

interface ElectronPort {
  post(data: string | Uint8Array): void;
  onMessage(listener: (data: string | Uint8Array) => void): void;
}

const electronPort = (globalThis as { berthPort?: ElectronPort }).berthPort;

function electronTransport(port: ElectronPort): Transport {
  return {
    send: (message) => port.post(message),
    onMessage: (listener) => port.onMessage(listener),
    onState: (listener) => queueMicrotask(() => listener('open')),
  };
}

/** For windows that take floods: see bridge-worker.ts. */
function workerTransport(): Transport {
  let onMessage: (message: string | Uint8Array) => void = () => {};
  let onState: (state: 'open' | 'lost') => void = () => {};
  let isOpen = false;
  const worker = new Worker(new URL('./bridge-worker.ts', import.meta.url), { type: 'module' });
  let send: Transport['send'] = (message) => worker.postMessage(message);
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ('state' in data) {
      isOpen = data.state === 'open';
      onState(data.state);
    } else onMessage(data.message);
  };
  // It did not load, or broke: slower is better than not at all.
  worker.onerror = () => {
    worker.terminate();
    if (isOpen) onState('lost');
    const own = webSocketTransport();
    own.onMessage((message) => onMessage(message));
    own.onState((state) => onState(state));
    send = own.send;
  };
  return {
    send: (message) => send(message),
    onMessage: (listener) => {
      onMessage = listener;
    },
    onState: (listener) => {
      onState = listener;
    },
  };
}

function browserTransport(): Transport {
  return location.pathname === '/terminal' ? workerTransport() : webSocketTransport();
}

export const berth: Berth = createClient(electronPort ? electronTransport(electronPort) : browserTransport());

export interface SessionTarget {
  readonly accountId: string;
  readonly sessionId: string;
}

/**
 * Opens a terminal window at once; call it in the click's own turn, or the browser's pop-up blocker steps in.
 * @param move names the tab that the window is opened for (tab-moves.ts)
 */
export function openTerminalWindow(target: SessionTarget, move?: string): void {
  if (electronPort) {
    void berth.windows.open({ kind: 'terminal', ...target, ...(move === undefined ? {} : { move }) });
    return;
  }
  popUp(`/terminal?${query(target)}${move === undefined ? '' : `&move=${move}`}`, 960, 600);
}

/** Opens a window for a service of the session at once; it begins on the `/open` page. */
export function openAppWindow(target: SessionTarget, service: string): void {
  if (electronPort) {
    void berth.windows.open({ kind: 'app', ...target, service });
    return;
  }
  popUp(`/open?${query(target)}&service=${encodeURIComponent(service)}`, 1200, 820);
}

function query(target: SessionTarget): string {
  return `account=${encodeURIComponent(target.accountId)}&session=${encodeURIComponent(target.sessionId)}`;
}

function popUp(url: string, width: number, height: number): void {
  // SECURITY: noopener, so that a hostile notebook has no handle on Berth's own window (doors.spec.ts, "finds no bridge, no
  // opener").
  window.open(url, '_blank', `popup,noopener,width=${width},height=${height}`);
}

/**
 * Gives a text this window made (an export, a log) to the person as a file: the browser's own download; Electron asks where
 * to put it. Call it in the click's own turn.
 */
export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes once it has begun; sooner would cut it off.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Own windows tell each other that they are there: `window.open` with `noopener` does not say whether it did. */
const windowsChannel = new BroadcastChannel('berth.windows');
/** A window that was let open loads within this. */
const openedWithinMs = 4_000;

/** Called by a window of a session when it loads. */
export function tellOpened({ accountId, sessionId }: SessionTarget): void {
  windowsChannel.postMessage({ accountId, sessionId });
}

/** Whether a window of the session comes up in time; to be called before it is opened. The Electron host always opens. */
export function wasOpened({ accountId, sessionId }: SessionTarget): Promise<boolean> {
  if (electronPort) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (opened: boolean) => {
      clearTimeout(timer);
      windowsChannel.removeEventListener('message', listen);
      resolve(opened);
    };
    const listen = ({ data }: MessageEvent<unknown>) => {
      const told = data as Partial<SessionTarget> | null;
      if (told?.accountId === accountId && told.sessionId === sessionId) finish(true);
    };
    const timer = setTimeout(() => finish(false), openedWithinMs);
    windowsChannel.addEventListener('message', listen);
  });
}
