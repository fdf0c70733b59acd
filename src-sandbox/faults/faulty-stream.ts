/**
 * A tunnel's byte stream that obeys faults: it ends early, falls silent for a while or for good, loses bytes or
 * is late.
 */
import { Duplex } from 'node:stream';

export interface StreamFault {
  readonly kind: 'cut' | 'half-open' | 'stall' | 'drop' | 'delay';
  /** Bytes towards the client that pass untouched first. */
  readonly afterBytes: number;
  /** `drop`: so many are lost. */
  readonly bytes: number;
  /** `delay`: each piece comes so much later; `stall`: the silence lasts so long. */
  readonly ms: number;
}

export class FaultyStream extends Duplex {
  private readonly inner: Duplex;
  private readonly fault: StreamFault | null;
  private readonly onSilence: () => void;
  private passed = 0;
  private dropped = 0;
  private silent = false;
  /** What waits for the end of a stall, in its order; null while nothing stands still. */
  private waiting: (() => void)[] | null = null;
  private stalled = false;

  /** `onSilence` runs when nothing moves any more, so that whoever answers pings stops too. */
  constructor(inner: Duplex, fault: StreamFault | null, onSilence: () => void) {
    super({ allowHalfOpen: true });
    this.inner = inner;
    this.fault = fault;
    this.onSilence = onSilence;
    inner.on('data', (chunk: Buffer) => this.pass(chunk));
    inner.once('end', () => this.inTurn(() => this.later(() => this.silent || this.push(null))));
    inner.once('close', () => {
      if (!this.silent) this.destroy();
    });
    inner.on('error', (error) => this.destroy(error));
    if (fault?.kind === 'half-open' && fault.afterBytes === 0) queueMicrotask(() => this.fallSilent());
    if (fault?.kind === 'stall' && fault.afterBytes === 0) queueMicrotask(() => this.stall(fault.ms));
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
    if (!this.silent && this.waiting === null) this.inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Never calling back is what silence means to whoever writes.
    if (this.silent) return;
    this.inTurn(() => this.inner.write(chunk, done));
  }

  override _final(done: () => void): void {
    if (!this.silent) this.inTurn(() => this.inner.end());
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.inner.destroy();
    done(error);
  }

  /** Once: nothing moves until the time is over. */
  private stall(ms: number): void {
    if (this.stalled) return;
    this.stalled = true;
    this.waiting = [];
    this.inner.pause();
    setTimeout(() => {
      const acts = this.waiting ?? [];
      this.waiting = null;
      for (const act of acts) act();
      this.inner.resume();
    }, ms).unref();
  }

  private inTurn(act: () => void): void {
    if (this.waiting === null) act();
    else this.waiting.push(act);
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
      else if (fault.kind === 'half-open') this.fallSilent();
      else {
        this.stall(fault.ms);
        this.give(chunk.subarray(left));
      }
    }
  }

  private give(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.inTurn(() =>
      this.later(() => {
        if (!this.silent && !this.push(chunk)) this.inner.pause();
      }),
    );
  }
}
