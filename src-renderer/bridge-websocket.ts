/**
 * The browser host's transport: one WebSocket to the page's own host, opened with a one-time token, that comes back by
 * itself after a loss.
 */

import type { Transport } from '../src-preload/client.ts';
import { contractVersion } from '../src-preload/contract/version.ts';

/** First wait after a loss; doubles up to the longest. */
const firstWaitMs = 250;
const longestWaitMs = 5_000;

/** Calls before the first `open` are the client's business; `send` while closed drops the message. */
export function webSocketTransport(): Transport {
  let socket: WebSocket | null = null;
  let waitMs = firstWaitMs;
  let onMessage: (message: string | Uint8Array) => void = () => {};
  let onState: (state: 'open' | 'lost') => void = () => {};

  async function connect(): Promise<void> {
    let token: string;
    try {
      const answer = await fetch('/bridge/token', { method: 'POST', cache: 'no-store' });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      token = await answer.text();
    } catch {
      // Not reachable at this moment; the next try tells.
      again();
      return;
    }
    const it = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/bridge`);
    it.binaryType = 'arraybuffer';
    it.onopen = () => {
      socket = it;
      it.send(JSON.stringify({ t: 'hello', version: contractVersion, token }));
      onState('open');
    };
    it.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      // Any message means that the token was taken; only then is the next wait short again.
      waitMs = firstWaitMs;
      onMessage(typeof event.data === 'string' ? event.data : new Uint8Array(event.data));
    };
    it.onclose = () => {
      if (socket === it) {
        socket = null;
        onState('lost');
      }
      again();
    };
  }

  function again(): void {
    setTimeout(() => void connect(), waitMs * (0.8 + Math.random() * 0.4));
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }

  // A microtask later, so that the client has its listeners in place.
  queueMicrotask(() => void connect());
  return {
    send: (message) => {
      if (socket?.readyState !== WebSocket.OPEN) return;
      socket.send(message as string | Uint8Array<ArrayBuffer>);
    },
    onMessage: (listener) => {
      onMessage = listener;
    },
    onState: (listener) => {
      onState = listener;
    },
  };
}
