/**
 * The window of a terminal's channel. The answer to Ctrl-C stands behind everything that was printed before it and is not
 * yet on the screen, so a terminal may have far less under way than a transfer: ssh2's 2 MiB, which may wait here a second
 * time, are two seconds of `yes`. OpenSSH, too, gives terminals a smaller window than other channels.
 */
import {
  type ChannelInternals,
  type ClientInternals,
  type LoadedSsh2,
  windowThresholdBytes,
} from './ssh2-internals.ts';

/** While the screen is slower than the way to it. One packet more than the step in which ssh2 grants anew. */
export const leastWindowBytes = windowThresholdBytes + 32 * 1024;
/** While the way is slower than the screen: the more, the faster it gets over a long distance or a busy computer. */
export const mostWindowBytes = 1024 * 1024;
export const firstWindowBytes = 512 * 1024;
/** No server that minds windows has so much under way. */
const overrunBytes = mostWindowBytes + 256 * 1024;
/** Unread in the channel above which nothing is granted. */
const unreadBytes = 16 * 1024;

/** How large a window should be: smaller each time its reader falls behind, larger with each windowful that it kept up with. */
export class WindowSize {
  #bytes = firstWindowBytes;
  #keptUpBytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  received(bytes: number): void {
    this.#keptUpBytes += bytes;
    if (this.#keptUpBytes < this.#bytes) return;
    this.#keptUpBytes = 0;
    this.#bytes = Math.min(mostWindowBytes, this.#bytes + windowThresholdBytes);
  }

  fellBehind(): void {
    this.#keptUpBytes = 0;
    this.#bytes = Math.max(leastWindowBytes, this.#bytes - windowThresholdBytes);
  }
}

/**
 * Lets `ask` open a session channel with a terminal's window. ssh2 has no option for it and goes on counting from 2 MiB:
 * its count stays that much higher than what the server may send, and grants come in time all the same.
 */
export function withTerminalWindow<T>({ _protocol: protocol }: ClientInternals, ask: () => T): T {
  const open = protocol.session;
  protocol.session = (id, _windowBytes, packetBytes) => open.call(protocol, id, firstWindowBytes, packetBytes);
  try {
    return ask();
  } finally {
    protocol.session = open;
  }
}

const sizes = new WeakMap<ChannelInternals, WindowSize>();

/** Larger or smaller than before: ssh2 grants by its own count, so that the count is moved the other way. */
function resize(channel: ChannelInternals, size: WindowSize, change: () => void): void {
  const before = size.bytes;
  change();
  channel.incoming.window += before - size.bytes;
}

/**
 * Stops granting while little waits unread, and grants again once it was read: ssh2 alone waits until half of its own
 * 2 MiB are used, which a server with a smaller window never gets to.
 */
export function grantAsRead(channel: ChannelInternals, { adjustWindow, maxWindowBytes }: LoadedSsh2): void {
  const size = new WindowSize();
  sizes.set(channel, size);
  channel._readableState.highWaterMark = unreadBytes;
  channel._read = () => {
    if (!channel._waitChanDrain) return;
    channel._waitChanDrain = false;
    resize(channel, size, () => size.fellBehind());
    if (channel.incoming.window <= maxWindowBytes - windowThresholdBytes) adjustWindow(channel);
  };
}

const overruns = new WeakMap<object, () => void>();

/**
 * Calls back once when more waits unread in a terminal's channel than any window allowed: its server ignores windows, and
 * stopping to read only fills memory.
 */
export function onTerminalOverrun(channel: object, listener: () => void): void {
  overruns.set(channel, listener);
}

/** To be told of all data that a channel took, after ssh2 has counted it; does nothing for channels of other kinds. */
export function tookData(channel: ChannelInternals, bytes: number): void {
  const size = sizes.get(channel);
  if (size && !channel._waitChanDrain) resize(channel, size, () => size.received(bytes));
  if (channel.readableLength <= overrunBytes) return;
  const overran = overruns.get(channel);
  overruns.delete(channel);
  overran?.();
}
