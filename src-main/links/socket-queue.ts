/**
 * How much of what a WebSocket was given the operating system has not taken yet. `bufferedAmount` shrinks by whole
 * writes of up to 512 KiB, which a slow uplink takes longer for than a dead peer may go unnoticed; the handle below the
 * socket counts on, as node:net's own time-out does.
 */
import type { WebSocket } from 'ws';

interface Handle {
  readonly writeQueueSize?: unknown;
  /** Of TLS: what carries it. */
  readonly _parent?: Handle | null;
}

/** @returns a reader of the bytes; null where this Node or `ws` keeps its handle elsewhere */
export function socketQueueOf(ws: WebSocket): (() => number) | null {
  const socket: unknown = Reflect.get(ws, '_socket');
  if (typeof socket !== 'object' || socket === null) return null;
  const lowest = (): Handle | null => {
    let handle = Reflect.get(socket, '_handle') as Handle | null | undefined;
    while (handle?._parent) handle = handle._parent;
    return handle ?? null;
  };
  if (typeof lowest()?.writeQueueSize !== 'number') return null;
  return () => {
    const size = lowest()?.writeQueueSize;
    return typeof size === 'number' ? size : 0;
  };
}
