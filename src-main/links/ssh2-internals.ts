/**
 * The one door to ssh2. It loads the package on first use (126 ms, which start-up must not pay), raises the window
 * refill threshold before the first load, and names the internals that the window guard relies on.
 */
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import type * as Ssh2 from 'ssh2';

type Handler = (...args: unknown[]) => unknown;

export interface ChannelInternals extends Duplex {
  incoming: { window: number; state: string };
  outgoing: { state: string };
  stderr: { readableLength: number; resume(): unknown };
  close(): void;
  _readableState: { highWaterMark: number };
  _read(bytes: number): void;
  /** Data came above the mark; what was used is granted on the next read. */
  _waitChanDrain: boolean;
}

export interface ClientInternals {
  _protocol: {
    _handlers: Record<string, Handler>;
    ping(): void;
    /** Asks for a session channel. */
    session(id: number, windowBytes: number, packetBytes: number): void;
  };
  _chanMgr: { _channels: Record<string, unknown>; get(id: number): unknown };
  _callbacks: Handler[];
  _remoteVer: string | undefined;
}

interface ChannelModule {
  MAX_WINDOW: number;
  WINDOW_THRESHOLD: number;
  windowAdjust(channel: ChannelInternals): void;
}

interface SshConstants {
  SUPPORTED_KEX: string[];
  SUPPORTED_CIPHER: string[];
  SUPPORTED_MAC: string[];
  SUPPORTED_SERVER_HOST_KEY: string[];
}

export interface LoadedSsh2 {
  readonly ssh2: typeof Ssh2;
  readonly maxWindowBytes: number;
  /** Grants what was used of the window. */
  readonly adjustWindow: (channel: ChannelInternals) => void;
  readonly constants: SshConstants;
}

/** Used bytes of a window from which on they are granted anew: 4 packets. */
export const windowThresholdBytes = 4 * 32 * 1024;

let loaded: LoadedSsh2 | null = null;

/**
 * Loads ssh2 once.
 * @throws Error when the installed version lacks what Berth relies on: then links must not run at all
 */
export function loadSsh2(): LoadedSsh2 {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const channel: ChannelModule = require('ssh2/lib/Channel.js');
  if (
    typeof channel.WINDOW_THRESHOLD !== 'number' ||
    typeof channel.windowAdjust !== 'function' ||
    channel.MAX_WINDOW !== 2 * 1024 * 1024
  ) {
    throw new Error('ssh2 has other window constants than 1.17.0');
  }
  tuneCollector();
  // ssh2 refills a window only when half of it is used; at 50 ms of distance that costs half the speed.
  channel.WINDOW_THRESHOLD = channel.MAX_WINDOW - windowThresholdBytes;
  loaded = {
    ssh2: require('ssh2'),
    constants: require('ssh2/lib/protocol/constants.js'),
    maxWindowBytes: channel.MAX_WINDOW,
    adjustWindow: channel.windowAdjust,
  };
  return loaded;
}

/**
 * Packets live outside V8's heap, but count. Young ones are freed from 32 MiB on, while beside a heap as small as ours
 * (13 MiB) half of that already starts a full collection: without end at full speed, and at half of it (measured). Full
 * collections wait for five times what is alive, where V8 alone lets it be up to four times.
 */
function tuneCollector(): void {
  setFlagsFromString('--heap-growing-percent=400');
}

/**
 * The client's internals, checked.
 * @throws Error when ssh2 changed inside; nothing may be received then, because data could vanish silently
 */
export function internalsOf(client: Ssh2.Client): ClientInternals {
  const inside = client as unknown as Partial<ClientInternals>;
  const handlers = inside._protocol?._handlers;
  if (
    typeof handlers?.CHANNEL_DATA !== 'function' ||
    typeof handlers.CHANNEL_EXTENDED_DATA !== 'function' ||
    typeof inside._protocol?.ping !== 'function' ||
    typeof inside._protocol.session !== 'function' ||
    typeof inside._chanMgr?.get !== 'function' ||
    typeof inside._chanMgr._channels !== 'object' ||
    !Array.isArray(inside._callbacks)
  ) {
    throw new Error('ssh2 has other internals than 1.17.0');
  }
  return inside as ClientInternals;
}

export function isChannel(value: unknown): value is ChannelInternals {
  return typeof value === 'object' && value !== null && 'incoming' in value && '_readableState' in value;
}
