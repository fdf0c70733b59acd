/**
 * A tunnel's byte stream that obeys faults: it ends early, falls silent, loses bytes or is late.
 */
import { Duplex } from 'node:stream';

export interface StreamFault {
  readonly kind: 'cut' | 'half-open' | 'drop' | 'delay';
  /** Bytes towards the client that pass untouched first. */
  readonly afterBytes: number;
  /** `drop`: so many are lost. */
  readonly bytes: number;
  /** `delay`: each piece comes so much later. */
  readonly ms: number;
}

export class FaultyStream extends Duplex {
  private readonly inner: Duplex;
  private readonly fault: StreamFault | null;
  private readonly onSilence: () => void;
  private passed = 0;
  private dropped = 0;
  private silent = false;

  /** `onSilence` runs when nothing moves any more, so that whoever answers pings stops too. */
  constructor(inner: Duplex, fault: StreamFault | null, onSilence: () => void) {
    super({ allowHalfOpen: true });
    this.inner = inner;
    this.fault = fault;
    this.onSilence = onSilence;
    inner.on('data', (chunk: Buffer) => this.pass(chunk));
    inner.once('end', () => this.later(() => this.silent || this.push(null)));
    inner.once('close', () => {
      if (!this.silent) this.destroy();
    });
    inner.on('error', (error) => this.destroy(error));
    if (fault?.kind === 'half-open' && fault.afterBytes === 0) queueMicrotask(() => this.fallSilent());
    if (fault?.kind === 'cut' && fault.afterBytes === 0) queueMicrotask(() => this.destroy());
  }

  /** From now on nothing moves in either direction, and nothing is closed. */
  fallSilent(): void {
    if (this.silent) return;
    this.silent = true;
    this.inner.pause();
    this.onSilence();
  }

  override _read(): void {
    if (!this.silent) this.inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Never calling back is what silence means to whoever writes.
    if (this.silent) return;
    this.inner.write(chunk, done);
  }

  override _final(done: () => void): void {
    if (!this.silent) this.inner.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.inner.destroy();
    done(error);
  }

  private later(act: () => void): void {
    if (this.fault?.kind === 'delay') setTimeout(act, this.fault.ms).unref();
    else act();
  }

  private pass(chunk: Buffer): void {
    if (this.silent || this.destroyed) return;
    const { fault } = this;
    const left = fault === null ? chunk.length : Math.max(0, fault.afterBytes - this.passed);
    this.passed += chunk.length;
    if (fault === null || fault.kind === 'delay' || left >= chunk.length) {
      this.give(chunk);
    } else if (fault.kind === 'drop') {
      const lost = Math.min(fault.bytes - this.dropped, chunk.length - left);
      this.dropped += lost;
      this.give(Buffer.concat([chunk.subarray(0, left), chunk.subarray(left + lost)]));
    } else {
      this.give(chunk.subarray(0, left));
      if (fault.kind === 'cut') setImmediate(() => this.destroy());
      else this.fallSilent();
    }
  }

  private give(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.later(() => {
      if (!this.silent && !this.push(chunk)) this.inner.pause();
    });
  }
}
