/**
 * An ssh2 channel as an ordinary Duplex. ssh2's own channels cannot be destroyed with an error and report a cut
 * connection as a clean end, which would make a truncated download look complete; this one tells the two apart.
 */
import type { ClientChannel } from 'ssh2';
import { BerthError } from '../base/berth-error.ts';
import { SocketLike } from '../base/socket-like.ts';
import { onTerminalOverrun } from './terminal-window.ts';

/** ssh2 would put up to 2 MiB into one packet for dropbear, and keystrokes would wait behind it. */
const maxPacketBytes = 32 * 1024;

const closeWithinMs = 5_000;

export interface ChannelOwner {
  /** True once the connection below is gone. */
  isDead(): boolean;
  /** Nobody reads this channel any more. */
  discard(channel: ClientChannel): void;
}

export class ChannelDuplex extends SocketLike {
  readonly channel: ClientChannel;
  readonly #owner: ChannelOwner;
  readonly #isSession: boolean;
  #sawEnd = false;
  /** Of exec and shell channels, once the program ended. */
  exitCode: number | null = null;
  exitSignal: string | null = null;
  hasExited = false;
  /**
   * Of a program that only carries: what it means that it ended badly without a byte. Until its end is known to be a good one,
   * the end of its output is none.
   */
  failure: Error | null = null;
  #hasData = false;

  /**
   * @param isSession true for exec and shell: their other side closes by itself after the exit status. Ending ours
   * before makes ssh2 send CLOSE, upon which dropbear may close the channel that is opened next.
   * @param halfOpen the other side's end does not end ours
   */
  constructor(channel: ClientChannel, owner: ChannelOwner, isSession: boolean, halfOpen = isSession) {
    super({
      allowHalfOpen: halfOpen,
      // The exit status of a program comes after the end of its output.
      autoDestroy: false,
      // A terminal's holds less (terminal-window.ts).
      readableHighWaterMark: Math.min(64 * 1024, channel.readableHighWaterMark),
      writableHighWaterMark: 64 * 1024,
    });
    this.channel = channel;
    this.#owner = owner;
    this.#isSession = isSession;
    channel.on('data', (chunk: Buffer) => {
      this.#hasData = true;
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.#onEnd());
    channel.on('close', () => this.#onClose());
    channel.on('error', (error: Error) => this.destroy(error));
    channel.on('exit', (code: number | null, signal?: string) => {
      this.hasExited = true;
      this.exitCode = code;
      this.exitSignal = signal ?? null;
    });
    channel.stderr?.resume();
    this.on('error', () => undefined);
  }

  /** Of a terminal: calls back once when its server goes on sending although nobody reads. */
  onOverrun(listener: () => void): void {
    onTerminalOverrun(this.channel, listener);
  }

  #onEnd(): void {
    this.#sawEnd = true;
    if (this.#owner.isDead()) this.#cut();
    else if (this.failure === null || this.#hasData) this.push(null);
  }

  #onClose(): void {
    if (this.#owner.isDead()) {
      this.#cut();
      return;
    }
    if (this.failure !== null && !this.#hasData && this.exitCode !== 0) {
      this.destroy(this.failure);
      return;
    }
    this.push(null);
    // Not before the reader had it all.
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }

  #cut(): void {
    if (this.hasExited && this.readableEnded) this.destroy();
    else this.destroy(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
  }

  override _read(): void {
    this.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (!this.channel.writable || this.#owner.isDead()) {
      callback(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
      return;
    }
    let from = 0;
    while (from + maxPacketBytes < chunk.length) {
      this.channel.write(chunk.subarray(from, from + maxPacketBytes));
      from += maxPacketBytes;
    }
    this.channel.write(chunk.subarray(from), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    // Without this end the channel's `close` never comes: forwarded channels half-close.
    this.channel.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#owner.discard(this.channel);
    this.channel.removeAllListeners('data');
    this.channel.resume();
    if (error || !this.#sawEnd) this.channel.destroy();
    else {
      // Both directions ended, so the other side will close; one that never does must not keep the channel.
      if (!this.#isSession) this.channel.end();
      const timer = setTimeout(() => this.channel.destroy(), closeWithinMs);
      timer.unref();
      this.channel.once('close', () => clearTimeout(timer));
    }
    callback(error);
  }
}
