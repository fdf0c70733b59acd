/**
 * An ssh2 channel as an ordinary Duplex. ssh2's own channels cannot be destroyed with an error and report a cut
 * connection as a clean end, which would make a truncated download look complete; this one tells the two apart.
 */
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { BerthError } from '../base/berth-error.ts';

/** ssh2 would put up to 2 MiB into one packet for dropbear, and keystrokes would wait behind it. */
const maxPacketBytes = 32 * 1024;

export interface ChannelOwner {
  /** True once the connection below is gone. */
  isDead(): boolean;
  /** Nobody reads this channel any more. */
  discard(channel: ClientChannel): void;
}

export class ChannelDuplex extends Duplex {
  readonly channel: ClientChannel;
  readonly #owner: ChannelOwner;
  /** Of exec and shell channels, once the program ended. */
  exitCode: number | null = null;
  exitSignal: string | null = null;
  hasExited = false;

  constructor(channel: ClientChannel, owner: ChannelOwner, allowHalfOpen = false) {
    super({ allowHalfOpen, readableHighWaterMark: 64 * 1024, writableHighWaterMark: 64 * 1024 });
    this.channel = channel;
    this.#owner = owner;
    channel.on('data', (chunk: Buffer) => {
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

  // node:http takes the stream for a net.Socket.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  #onEnd(): void {
    if (this.#owner.isDead()) this.#cut();
    else this.push(null);
  }

  #onClose(): void {
    if (this.#owner.isDead()) this.#cut();
    else {
      if (!this.readableEnded) this.push(null);
      // The other side takes nothing any more.
      if (!this.writableEnded) this.end();
    }
  }

  #cut(): void {
    if (!this.hasExited) this.destroy(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
    else this.push(null);
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
    this.channel.destroy();
    callback(error);
  }
}
