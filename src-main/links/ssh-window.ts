/**
 * Keeps ssh2 from losing data. Stock ssh2 drops channel data without a word when its window counter is exactly 0, and
 * the SSH server of Backend.AI containers ignores windows, so the counter does get there. Here a window of 0 counts as
 * overrun instead; what overruns is bounded by pausing the transport, and a reader that stands still is cut off.
 */
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type ChannelInternals, internalsOf, isChannel } from './ssh2-internals.ts';
import { tookData } from './terminal-window.ts';

export interface WindowLimits {
  /** Unread bytes of all channels above which the transport pauses. */
  readonly highBytes: number;
  /** Close to `highBytes`: a pause lasts (high - low) / reader's rate, and dropbear hangs up after 45 s. */
  readonly lowBytes: number;
  /** A pause this long ends with the fullest channel closed. */
  readonly stallMs: number;
}

export const windowLimits: WindowLimits = {
  highBytes: 16 * 1024 * 1024,
  lowBytes: 15 * 1024 * 1024,
  stallMs: 10_000,
};

/** Poll distance while paused; readers have no event for "has read some". */
const pollMs = 10;
/** A channel with less unread needs no sum over all channels. */
const worthSummingBytes = 64 * 1024;

export interface WindowGuard extends Disposable {
  /** True while nothing is parsed, so silence says nothing about the other side. */
  readonly isPaused: boolean;
  /** What still comes for this channel is thrown away; used once its reader is gone. */
  discard(channel: Duplex): void;
}

/**
 * Wraps the client's two data handlers. Call right after `connect()`.
 * @param abort ends the reader of a channel with an error, so that the loss is seen
 * @throws Error when ssh2's internals are not as expected
 */
export function guardWindows(
  client: Client,
  transport: Duplex,
  clock: Clock,
  abort: (channel: Duplex) => void,
  limits: WindowLimits = windowLimits,
): WindowGuard {
  const inside = internalsOf(client);
  const handlers = inside._protocol._handlers;
  const discarded = new WeakSet<Duplex>();
  let pausedAt: number | null = null;
  let poll: Disposable | null = null;

  const unreadOf = (channel: ChannelInternals): number =>
    discarded.has(channel) ? 0 : channel.readableLength + channel.stderr.readableLength;
  const channels = (): ChannelInternals[] => Object.values(inside._chanMgr._channels).filter(isChannel);
  const total = (): number => channels().reduce((sum, channel) => sum + unreadOf(channel), 0);

  const check = (): void => {
    poll = null;
    if (pausedAt === null) return;
    if (total() <= limits.lowBytes) {
      pausedAt = null;
      transport.resume();
      return;
    }
    if (clock.now() - pausedAt >= limits.stallMs) {
      const fullest = channels().reduce<ChannelInternals | null>(
        (best, channel) => (best === null || unreadOf(channel) > unreadOf(best) ? channel : best),
        null,
      );
      if (fullest) {
        discarded.add(fullest);
        abort(fullest);
      }
      pausedAt = clock.now();
    }
    poll = clock.after(pollMs, check);
  };

  const wrap = (name: 'CHANNEL_DATA' | 'CHANNEL_EXTENDED_DATA'): void => {
    const original = handlers[name];
    if (!original) return;
    handlers[name] = (...args: unknown[]) => {
      const channel = typeof args[1] === 'number' ? inside._chanMgr.get(args[1]) : undefined;
      if (!isChannel(channel)) return original(...args);
      if (discarded.has(channel)) return undefined;
      // Exactly 0 is what ssh2 drops on; below 0 it counts on and keeps the data.
      if (channel.incoming.window === 0) channel.incoming.window = -1;
      original(...args);
      if (Buffer.isBuffer(args[2])) tookData(channel, args[2].length);
      if (pausedAt === null && unreadOf(channel) >= worthSummingBytes && total() > limits.highBytes) {
        pausedAt = clock.now();
        transport.pause();
        poll = clock.after(pollMs, check);
      }
      return undefined;
    };
  };
  wrap('CHANNEL_DATA');
  wrap('CHANNEL_EXTENDED_DATA');

  return {
    get isPaused() {
      return pausedAt !== null;
    },
    discard: (channel) => {
      discarded.add(channel);
    },
    dispose: () => {
      poll?.dispose();
      poll = null;
      pausedAt = null;
    },
  };
}
