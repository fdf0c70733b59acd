/** One port of a session on this computer: the listener, its connections, and what went through them. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Forward, ForwardState, ForwardTarget } from '../../src-preload/contract/forwards.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { resetSocket } from '../base/reset-socket.ts';
import { join } from './join.ts';
import { listenOnLoopback } from './local-port.ts';

/** How long a connection waits for the link before it is closed. */
export const waitMs = 20_000;
/** Backend.AI's SSH server takes a thousand channels, and windows need some. */
const maxConnections = 900;
/** Traffic is counted, and told, once in this time. */
const tickMs = 1_000;

/** The link as a forward needs it: held while there are connections, told of traffic. */
export interface ForwardWay {
  readonly use: { touch(): void } & Disposable;
  connect(signal: AbortSignal): Promise<Duplex>;
}

export interface PortForwardDeps {
  readonly target: ForwardTarget;
  sessionName(): string;
  /** Holds the session's link. */
  hold(): ForwardWay;
  readonly clock: Clock;
  onChange(): void;
}

export class PortForward implements Disposable {
  readonly id: string;
  readonly target: ForwardTarget;
  readonly #deps: PortForwardDeps;
  localPort: number;
  pinned = false;
  #state: ForwardState = 'stopped';
  #since: number;
  #error: { readonly error: BerthError; readonly at: number } | null = null;
  #server: Server | null = null;
  #way: ForwardWay | null = null;
  #timer: Disposable | null = null;
  #ending = new AbortController();
  readonly #sockets = new Set<Socket>();
  /** One a connection that is still being made; the end of the forward ends them. */
  readonly #limits = new Set<AbortController>();
  #waiting = 0;
  #total = 0;
  #before = { in: 0, out: 0 };
  #told = '';

  constructor(id: string, localPort: number, deps: PortForwardDeps) {
    this.id = id;
    this.target = deps.target;
    this.localPort = localPort;
    this.#deps = deps;
    this.#since = deps.clock.now();
  }

  get state(): ForwardState {
    return this.#state;
  }

  get value(): Forward {
    const { in: bytesIn, out: bytesOut } = this.#bytes();
    return {
      ...this.target,
      id: this.id,
      sessionName: this.#deps.sessionName(),
      localPort: this.localPort,
      state: this.#state,
      since: new Date(this.#since).toISOString(),
      connections: this.#sockets.size,
      waiting: this.#waiting,
      total: this.#total,
      bytesIn,
      bytesOut,
      pinned: this.pinned,
      ...(this.#error ? { error: this.#error.error.toValue() } : {}),
      errorAt: this.#error ? new Date(this.#error.at).toISOString() : null,
    };
  }

  /** Listens. Throws BerthError `port-taken`, and is `failed` then. */
  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) =>
      this.#accept(socket),
    );
    server.maxConnections = maxConnections;
    this.#server = server;
    try {
      this.localPort = await listenOnLoopback(server, this.localPort);
    } catch (error) {
      this.#server = null;
      this.fail(error);
      throw error;
    }
    server.on('error', (error) => this.fail(error));
    this.#ending = new AbortController();
    this.#error = null;
    this.#total = 0;
    this.#before = { in: 0, out: 0 };
    this.#set('open');
  }

  /** Closes the port and every connection. */
  async stop(): Promise<void> {
    await this.#close();
    if (this.#state === 'open') this.#set('stopped');
  }

  /** Could not be opened, for this reason. */
  fail(error: unknown): void {
    this.#note(error);
    this.#set('failed');
  }

  async dispose(): Promise<void> {
    await this.#close();
    this.#state = 'stopped';
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#ending.abort();
    for (const limit of this.#limits) limit.abort();
    for (const socket of this.#sockets) resetSocket(socket);
    if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    this.#release();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#total += 1;
    socket.on('error', () => undefined);
    socket.once('close', () => this.#gone(socket));
    this.#serve(socket).catch((error: unknown) => {
      if (!this.#ending.signal.aborted) this.#note(error);
      resetSocket(socket);
    });
    this.#tick();
  }

  async #serve(socket: Socket): Promise<void> {
    this.#way ??= this.#deps.hold();
    this.#waiting += 1;
    let remote: Duplex;
    const limit = new AbortController();
    // Not AbortSignal.any: a forward lives for days, and would keep something of every connection.
    this.#limits.add(limit);
    const timer = this.#deps.clock.after(waitMs, () => limit.abort());
    try {
      remote = await this.#way.connect(limit.signal);
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      throw new BerthError('tunnel-lost', { place: 'site', retry: 'auto', cause: error });
    } finally {
      timer.dispose();
      this.#limits.delete(limit);
      this.#waiting -= 1;
    }
    if (socket.destroyed || this.#ending.signal.aborted) {
      remote.destroy();
      socket.destroy();
      return;
    }
    // The program listens by now.
    if (this.#error?.error.code === 'service-failed') this.#error = null;
    join(socket, remote, (error) => {
      if (!this.#ending.signal.aborted) this.#note(error);
    });
  }

  #gone(socket: Socket): void {
    if (!this.#sockets.delete(socket)) return;
    this.#before = {
      in: this.#before.in + socket.bytesWritten,
      out: this.#before.out + socket.bytesRead,
    };
  }

  #bytes(): { in: number; out: number } {
    const sum = { ...this.#before };
    for (const socket of this.#sockets) {
      sum.in += socket.bytesWritten;
      sum.out += socket.bytesRead;
    }
    return sum;
  }

  /** While there are connections: traffic keeps the link, silence does not. Afterwards the link is let go. */
  #tick(): void {
    if (this.#timer) return;
    let seen = -1;
    const look = (): void => {
      this.#timer = null;
      const { in: bytesIn, out: bytesOut } = this.#bytes();
      if (bytesIn + bytesOut !== seen) this.#way?.use.touch();
      seen = bytesIn + bytesOut;
      this.#tell();
      if (this.#sockets.size === 0) this.#release();
      else this.#timer = this.#deps.clock.after(tickMs, look);
    };
    // The first soon: a connection should be seen.
    this.#timer = this.#deps.clock.after(100, look);
  }

  #release(): void {
    this.#timer?.dispose();
    this.#timer = null;
    const way = this.#way;
    this.#way = null;
    void way?.use.dispose();
  }

  #note(error: unknown): void {
    const at = this.#deps.clock.now();
    const known = error instanceof BerthError ? error : new BerthError('internal', { place: 'computer', cause: error });
    this.#error = { error: known, at };
  }

  #set(state: ForwardState): void {
    if (state !== this.#state) this.#since = this.#deps.clock.now();
    this.#state = state;
    this.#deps.onChange();
  }

  #tell(): void {
    const { connections, waiting, total, bytesIn, bytesOut, errorAt } = this.value;
    const now = [connections, waiting, total, bytesIn, bytesOut, errorAt].join();
    if (now === this.#told) return;
    this.#told = now;
    this.#deps.onChange();
  }
}
