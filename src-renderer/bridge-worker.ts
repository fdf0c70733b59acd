/**
 * The browser host's transport on a thread of its own. Chromium hands a page about 128 KiB of a WebSocket and the rest
 * only as the page's thread reads: while a terminal parses a flood, nothing would come in from the network.
 */
import { webSocketTransport } from './bridge-websocket.ts';

/** From here to the page: a state, or what the main process sent; the other way messages alone. */
export type FromWorker = { readonly state: 'open' | 'lost' } | { readonly message: string | Uint8Array<ArrayBuffer> };

const transport = webSocketTransport();
const tell = (what: FromWorker, moved: Transferable[] = []): void => self.postMessage(what, { transfer: moved });

transport.onState((state) => tell({ state }));
transport.onMessage((message) => {
  if (typeof message === 'string') tell({ message });
  // The socket made this memory for the one message: it is handed over, not copied.
  else tell({ message: message as Uint8Array<ArrayBuffer> }, [message.buffer as ArrayBuffer]);
});
self.onmessage = ({ data }: MessageEvent<string | Uint8Array>) => transport.send(data);
