/**
 * A byte stream to a service that outlives the link below it: when a connection to the relay is cut, the next one goes on
 * at the same byte, both ways. Nothing is sent twice to the service and nothing is left out, because each side keeps what
 * the other has not acknowledged and tells at the start how far it has read.
 */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { SocketLike } from '../base/socket-like.ts';
import { relayKeepsBytes } from './relay-program.ts';
import { acknowledgement, FrameReader, frame, KeptBytes } from './resume-frames.ts';

export interface ResumableDeps {
  /** A new connection to the relay; waits for the link. Throws BerthError. */
  connect(signal: AbortSignal): Promise<Duplex>;
  readonly secret: string;
  /** Of the service, inside the container. */
  readonly port: number;
  readonly clock: Clock;
}

/** For this long a stream waits for its link. Shorter than the relay keeps it. */
export const resumeWithinMs = 120_000;
/** What a window may send while the link is away; above it, its socket is not read. */
const keepsBytes = relayKeepsBytes;
const acknowledgeEvery = 64 * 1024;
const pieceBytes = 64 * 1024;
const answerWithinMs = 10_000;
const againAfterMs = 500;

export class Resumable extends SocketLike {
  readonly #deps: ResumableDeps;
  readonly #name = randomUUID();
  readonly #kept = new KeptBytes();
  readonly #over = new AbortController();
  #stream: Duplex | null = null;
  #received = 0;
  #told = 0;
  #hasBegun = false;
  #hasEnded = false;
  #isFinal = false;
  #isConnecting = false;
  #blocked: (() => void) | null = null;

  constructor(deps: ResumableDeps) {
    super({ allowHalfOpen: false, readableHighWaterMark: 256 * 1024, writableHighWaterMark: 64 * 1024 });
    this.#deps = deps;
  }

  /** The first connection. Throws BerthError: nothing has been said to the service then. */
  async begin(): Promise<void> {
    await this.#attach();
  }

  override _read(): void {
    this.#stream?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#kept.add(chunk);
    if (this.#stream) this.#send(this.#stream, chunk);
    if (this.#kept.length < keepsBytes) callback();
    else this.#blocked = () => callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#isFinal = true;
    this.#stream?.write(frame('E'));
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#over.abort();
    const stream = this.#stream;
    this.#stream = null;
    // Where there is no connection the relay finds out by itself.
    stream?.end(frame('X'));
    this.#blocked = null;
    callback(error);
  }

  #send(stream: Duplex, chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += pieceBytes) stream.write(frame('D', chunk.subarray(at, at + pieceBytes)));
  }

  async #attach(): Promise<void> {
    const stream = await this.#deps.connect(this.#over.signal);
    // Permanent: a connection that is given up may still report its end.
    stream.on('error', () => undefined);
    if (this.destroyed) {
      stream.destroy();
      throw new BerthError('cancelled', { place: 'computer' });
    }
    // Cut while it was opened: its `close` has been told, and would be waited for in vain.
    if (stream.destroyed) throw new BerthError('tunnel-lost', { place: 'container', retry: 'auto' });
    await new Promise<void>((resolve, reject) => {
      let hasAnswer = false;
      const fail = (error: BerthError): void => {
        timer.dispose();
        stream.destroy();
        reject(error);
      };
      const timer = this.#deps.clock.after(answerWithinMs, () =>
        fail(new BerthError('timeout', { place: 'container', retry: 'auto' })),
      );
      const reader = new FrameReader({
        line: (text) => {
          const offset = /^ok (\d+)$/.exec(text)?.[1];
          if (offset === undefined || !this.#kept.forget(Number(offset))) {
            fail(new BerthError(text === 'refused' ? 'service-timeout' : 'tunnel-refused', { place: 'service' }));
            return;
          }
          timer.dispose();
          hasAnswer = true;
          this.#onAttached(stream);
          resolve();
        },
        data: (bytes) => this.#onData(stream, bytes),
        acknowledged: (to) => {
          this.#kept.forget(to);
          this.#unblock();
        },
        end: () => {
          this.#hasEnded = true;
          this.push(null);
        },
      });
      stream.on('data', (chunk: Buffer) => {
        try {
          reader.push(chunk);
        } catch (error) {
          stream.destroy(error instanceof Error ? error : undefined);
        }
      });
      stream.once('close', () => {
        if (hasAnswer) this.#onCut(stream);
        else fail(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
      });
      stream.once('end', () => stream.destroy());
      stream.write(`berth1 ${this.#deps.secret} ${this.#name} ${this.#deps.port} ${this.#received}\n`);
    });
  }

  #onAttached(stream: Duplex): void {
    this.#stream = stream;
    this.#hasBegun = true;
    this.#told = this.#received;
    for (const piece of this.#kept.pieces()) this.#send(stream, piece);
    if (this.#isFinal) stream.write(frame('E'));
    this.#unblock();
  }

  #onData(stream: Duplex, bytes: Buffer): void {
    if (stream !== this.#stream || this.#hasEnded || this.destroyed) return;
    this.#received += bytes.length;
    if (this.#received - this.#told >= acknowledgeEvery) {
      this.#told = this.#received;
      stream.write(acknowledgement(this.#received));
    }
    if (!this.push(bytes)) stream.pause();
  }

  #unblock(): void {
    if (this.#kept.length >= keepsBytes) return;
    const blocked = this.#blocked;
    this.#blocked = null;
    blocked?.();
  }

  #onCut(stream: Duplex): void {
    if (stream !== this.#stream) return;
    this.#stream = null;
    if (this.#hasEnded || this.destroyed || !this.#hasBegun) return;
    void this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    const giveUp = this.#deps.clock.after(resumeWithinMs, () =>
      this.destroy(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' })),
    );
    try {
      while (!this.destroyed && this.#stream === null) {
        try {
          await this.#attach();
        } catch (error) {
          if (!(error instanceof BerthError) || error.retry !== 'auto') {
            this.destroy(error instanceof Error ? error : undefined);
            return;
          }
          await new Promise<void>((resolve) => this.#deps.clock.after(againAfterMs, resolve));
        }
      }
    } finally {
      giveUp.dispose();
      this.#isConnecting = false;
    }
    // Cut again in the moment between.
    if (!this.destroyed && this.#stream === null) void this.#comeBack();
  }
}
