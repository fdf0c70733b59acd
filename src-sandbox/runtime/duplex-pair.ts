/**
 * Two ends of a byte stream in memory, in place of a socket. Unlike `stream.duplexPair`, destroying one end ends the
 * other, as closing a socket would.
 */
import { Duplex } from 'node:stream';

class Side extends Duplex {
  peer: Side | null = null;
  private pending: (() => void) | null = null;
  private waiting = false;

  override _read(): void {
    if (this.peer?.waiting) this.peer.taken();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.peer || this.peer.destroyed) {
      done(new Error('the other end of the stream is closed'));
      return;
    }
    this.pending = done;
    // Later, as a socket would: ssh2 is not made for an answer that arrives while it still writes (it loses window).
    process.nextTick(() => this.deliver(chunk));
  }

  private deliver(chunk: Buffer): void {
    const { peer } = this;
    if (!peer || peer.destroyed) return;
    // A full reader takes the next chunk when it reads on.
    if (peer.push(chunk)) this.taken();
    else this.waiting = true;
  }

  private taken(): void {
    this.waiting = false;
    const { pending } = this;
    this.pending = null;
    pending?.();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.peer && !this.peer.destroyed) this.peer.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { peer } = this;
    this.peer = null;
    this.taken();
    if (peer) queueMicrotask(() => peer.hangUp());
    done(error);
  }

  /** The other end is gone: what was already received can still be read, then the stream ends. */
  private hangUp(): void {
    if (this.destroyed) return;
    this.peer = null;
    this.taken();
    if (!this.readableEnded) this.push(null);
    if (!this.writableEnded) this.end();
    if (this.readableEnded || this.readableLength === 0) this.destroy();
    else this.once('end', () => this.destroy());
  }
}

/** @returns both ends; buffers of 256 KiB each way, so that a writer feels a reader that stops. */
export function duplexPair(): [Duplex, Duplex] {
  const options = { readableHighWaterMark: 256 * 1024, writableHighWaterMark: 256 * 1024, allowHalfOpen: true };
  const a = new Side(options);
  const b = new Side(options);
  a.peer = b;
  b.peer = a;
  return [a, b];
}
