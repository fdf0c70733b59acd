/**
 * A byte stream over an open WebSocket, for ssh2 and for direct connections. Not `createWebSocketStream` of `ws`: there a
 * pending channel request never fails when the server goes away; here a close ends the stream at once.
 */
import type { RawData, WebSocket } from 'ws';
import { BerthError } from '../base/berth-error.ts';
import { SocketLike } from '../base/socket-like.ts';
import { socketQueueOf } from './socket-queue.ts';

/** Managers close a WebSocket on larger messages than 16 MiB, webservers on 4 MiB; 256 KiB is what managers send. */
const maxMessageBytes = 256 * 1024;
/** Above this much unsent, a write completes only when the socket took it. */
const highWaterBytes = 512 * 1024;
/** How long a closed WebSocket may take to answer the close before its socket is cut. */
const closeGraceMs = 1_000;

/** 1001 is what a manager sends when the container closed the connection. */
const cleanCloseCodes: ReadonlySet<number> = new Set([1000, 1001, 1005]);

function closeError(code: number): BerthError {
  // 1013: the agent's port refused the connection (tunnels reference, section 1.5).
  if (code === 1013) return new BerthError('tunnel-refused', { place: 'agent', retry: 'auto' });
  return new BerthError('tunnel-lost', { place: 'site', retry: 'auto', params: { closeCode: code } });
}

export class WsDuplex extends SocketLike {
  readonly #ws: WebSocket;
  readonly #queue: (() => number) | null;
  #lastQueued = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #lastProgressAt = performance.now();
  #lastReceivedAt = performance.now();
  #pending: ((error?: Error | null) => void) | null = null;
  /** The WebSocket's close code once it closed; managers use 1013 for "connection refused". */
  closeCode: number | null = null;
  /** How long it may lie idle between two requests before it has to be taken for dead; null: its end will be heard. */
  freeForMs: number | null = null;

  constructor(ws: WebSocket) {
    super({ allowHalfOpen: false, readableHighWaterMark: 256 * 1024, writableHighWaterMark: 256 * 1024 });
    this.#ws = ws;
    this.#queue = socketQueueOf(ws);
    ws.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    ws.on('close', (code) => this.#onClose(code));
    // Permanent: a late ECONNRESET without a listener would end the process.
    ws.on('error', (error) => this.destroy(error));
    this.on('error', () => undefined);
    if (ws.readyState !== ws.OPEN) queueMicrotask(() => this.#onClose(1006));
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  /** Bytes handed over but not yet taken by the operating system. */
  get backlogBytes(): number {
    return this.writableLength + this.#ws.bufferedAmount;
  }

  get seesBacklogShrink(): boolean {
    return this.#queue !== null;
  }

  /** `performance.now()` of the last sign of life: bytes in, or backlog shrinking since this was asked before. */
  get lastProgressAt(): number {
    const queued = this.#queue?.() ?? 0;
    if (queued < this.#lastQueued) this.#lastProgressAt = performance.now();
    this.#lastQueued = queued;
    return this.#lastProgressAt;
  }

  /** `performance.now()` of the last bytes in: only they answer a question. */
  get lastReceivedAt(): number {
    return this.#lastReceivedAt;
  }

  /** Middle boxes cut connections that are silent for 60 s; the pong is data on the way back. */
  ping(): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#lastProgressAt = performance.now();
    this.#lastReceivedAt = this.#lastProgressAt;
    // Text has no meaning on a tunnel; managers ignore it too.
    if (!isBinary) return;
    const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
    if (bytes.length === 0) return;
    const isFirst = this.#bytesIn === 0;
    this.#bytesIn += bytes.length;
    // Somebody is there: an accepted WebSocket alone says nothing about the service.
    if (isFirst) this.emit('alive');
    if (!this.push(bytes)) this.#ws.pause();
  }

  #onClose(code: number): void {
    this.closeCode ??= code;
    if (this.destroyed) return;
    // A cut must not look like an end: what was read until then may be half of a file.
    if (cleanCloseCodes.has(code)) this.push(null);
    else this.destroy(closeError(code));
    const pending = this.#pending;
    this.#pending = null;
    pending?.(closeError(code));
  }

  override _read(): void {
    this.#ws.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send(chunk, callback);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    this.#send(Buffer.concat(chunks.map((entry) => entry.chunk)), callback);
  }

  #send(bytes: Buffer, callback: (error?: Error | null) => void): void {
    const ws = this.#ws;
    if (ws.readyState !== ws.OPEN) {
      callback(closeError(this.closeCode ?? 1006));
      return;
    }
    this.#bytesOut += bytes.length;
    for (let from = 0; from < bytes.length; from += maxMessageBytes) {
      const part = bytes.subarray(from, from + maxMessageBytes);
      const isLast = from + maxMessageBytes >= bytes.length;
      ws.send(part, { binary: true, compress: false }, (error) => {
        if (error) this.destroy(error);
        else if (this.#pending) this.#lastProgressAt = performance.now();
        if (isLast && this.#pending === callback) {
          this.#pending = null;
          callback(error);
        }
      });
    }
    if (ws.bufferedAmount > highWaterBytes) this.#pending = callback;
    else callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.close(1000);
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const ws = this.#ws;
    if (error) ws.terminate();
    else if (ws.readyState !== ws.CLOSED) {
      ws.close(1000);
      // A paused socket would never see the other side's close.
      ws.resume();
      setTimeout(() => ws.terminate(), closeGraceMs).unref();
    }
    callback(error);
  }
}
