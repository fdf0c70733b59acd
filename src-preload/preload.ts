/**
 * Runs in Berth's own windows before their page, sandboxed: gives the page one opaque transport and nothing else. Names
 * of calls are not known here; the bridge in the main process judges every message.
 */
import { contextBridge, ipcRenderer } from 'electron';

/** The names that `hosts/electron/ipc.ts` listens to. */
const connect = 'berth:connect';
const message = 'berth:message';

let isConnected = false;

contextBridge.exposeInMainWorld('berthPort', {
  post: (data: string | Uint8Array): void => ipcRenderer.send(message, data),
  /** The connection begins with the listener, so that nothing is said before somebody listens. One listener a page. */
  onMessage: (listener: (data: string | Uint8Array) => void): void => {
    if (isConnected) return;
    isConnected = true;
    // Only the data: the event would hand the page `ipcRenderer` itself.
    ipcRenderer.on(message, (_event, data: string | Uint8Array) => listener(data));
    ipcRenderer.send(connect);
  },
});
