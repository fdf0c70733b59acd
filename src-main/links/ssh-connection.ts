/**
 * One SSH connection over a byte stream. The only file that calls ssh2's `Client.connect`; it never does so without a
 * host key verifier.
 */
import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, AuthHandlerMiddleware, ClientChannel, ParsedKey, PseudoTtyOptions } from 'ssh2';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { Emitter, type Unsubscribe } from '../base/emitter.ts';
import { ChannelDuplex } from './channel-duplex.ts';
import { sshUser } from './link-policy.ts';
import { PeerWatch, type Signs } from './peer-watch.ts';
import { SessionChannels } from './session-channels.ts';
import { isOddRefusal, openSftp, type Sftp } from './sftp.ts';
import { sshAlgorithms } from './ssh-algorithms.ts';
import { channelError, connectError } from './ssh-errors.ts';
import { guardWindows, type WindowGuard, type WindowLimits, windowLimits } from './ssh-window.ts';
import { internalsOf, isChannel, loadSsh2 } from './ssh2-internals.ts';
import { grantAsRead, withTerminalWindow } from './terminal-window.ts';

/** The container's port opens before its SSH server answers at times, and the service starts on the first request. */
const readyTimeoutMs = 60_000;
/** An accepted tunnel to a black-holed agent stays silent (tunnels reference, section 1.5). */
const bannerTimeoutMs = 15_000;
/** What makes up a byte stream below SSH, with the counters that tell whether the other side lives. */
export interface Transport extends Duplex, Signs {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What proves the person to the SSH server: a private key, as text without a passphrase or opened, or an agent that has one. */
export type SshIdentity =
  | { readonly kind: 'key'; readonly key: string | ParsedKey }
  | { readonly kind: 'agent'; readonly socket: string };

export interface SshConnectOptions {
  readonly transport: Transport;
  /** Offered one after another; one that has to be fetched is fetched only when those before it were refused. */
  readonly identities: readonly (SshIdentity | (() => Promise<SshIdentity | null>))[];
  /** SECURITY: required, because ssh2 accepts any key without one ('a changed host key blocks' in links.itest.ts). */
  readonly hostVerifier: (key: Buffer) => boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly limits?: WindowLimits;
}

export interface Pty {
  readonly cols: number;
  readonly rows: number;
}

/** What the rest of Berth may do with a connection. */
export interface SshConnection {
  readonly isDead: boolean;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /**
   * Opens a connection from inside the container to one of its own ports. Throws BerthError.
   * @param halfOpen its end does not end our side of it
   */
  forward(port: number, host?: string, halfOpen?: boolean): Promise<ChannelDuplex>;
  exec(command: string, pty?: Pty): Promise<ChannelDuplex>;
  shell(pty: Pty): Promise<ChannelDuplex>;
  /** Throws BerthError `no-sftp` where the container's SSH server cannot, or its shell prints into it. */
  sftp(): Promise<Sftp>;
  /** Calls back once, also when the connection is gone already. */
  onClose(listener: (error: BerthError) => void): Unsubscribe;
  /** Told when the other side becomes late, with when it counts as gone, and with null when it answers again. */
  onLate(listener: (goneInMs: number | null) => void): void;
  /** Asks the other side now: without an answer within 2 s the connection closes. */
  probe(): void;
  /** Calls back once the other side has answered a request, and so has everything that was written before. */
  confirm(answered: () => void): void;
  end(): void;
}

type Ask = (done: (error: Error | undefined, channel: ClientChannel) => void) => unknown;

class Connection implements SshConnection {
  readonly #client: import('ssh2').Client;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #streams = new Map<Duplex, ChannelDuplex>();
  readonly #closeListeners = new Set<(error: BerthError) => void>();
  readonly #guard: WindowGuard;
  readonly #sessions = new SessionChannels();
  readonly #late = new Emitter<number | null>();
  #watch: PeerWatch | null = null;
  #closedWith: BerthError | null = null;
  #holder: ClientChannel | null = null;

  constructor(client: import('ssh2').Client, options: SshConnectOptions) {
    this.#client = client;
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#guard = guardWindows(
      client,
      options.transport,
      options.clock,
      (channel) =>
        this.#streams
          .get(channel)
          ?.destroy(new BerthError('tunnel-lost', { place: 'computer', params: { reason: 'reader-stalled' } })),
      options.limits ?? windowLimits,
    );
    client.on('close', () => this.#closed(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' })));
  }

  get isDead(): boolean {
    return this.#closedWith !== null;
  }
  get bytesIn(): number {
    return this.#transport.bytesIn;
  }
  get bytesOut(): number {
    return this.#transport.bytesOut;
  }

  start(): void {
    this.#watch = new PeerWatch({
      signs: this.#transport,
      isPaused: () => this.#guard.isPaused,
      ask: (answered) => this.confirm(answered),
      onLate: (goneInMs) => this.#late.emit(goneInMs),
      onGone: (silentMs) => {
        const params = { reason: 'silent', seconds: Math.round(silentMs / 1_000) };
        this.#closed(new BerthError('tunnel-lost', { place: 'site', retry: 'auto', params }));
        this.#transport.destroy();
      },
      clock: this.#clock,
      now: () => performance.now(),
    });
    // sshd leaves Nagle on until a session exists: 46 ms a request instead of 1. dropbear does not care.
    if (internalsOf(this.#client)._remoteVer?.startsWith('OpenSSH')) {
      this.#client.exec('exec cat', (error, channel) => {
        if (error) return;
        this.#holder = channel;
        channel.on('error', () => undefined);
        channel.resume();
        channel.stderr.resume();
      });
    }
  }

  forward(port: number, host = '127.0.0.1', halfOpen = false): Promise<ChannelDuplex> {
    return this.#open(false, (done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done), halfOpen);
  }

  exec(command: string, pty?: Pty): Promise<ChannelDuplex> {
    if (!pty) return this.#openSession((done) => this.#client.exec(command, done));
    return this.#openTerminal((done) => this.#client.exec(command, { pty: ptyOptions(pty) }, done));
  }

  shell(pty: Pty): Promise<ChannelDuplex> {
    return this.#openTerminal((done) => this.#client.shell(ptyOptions(pty), done));
  }

  sftp(): Promise<Sftp> {
    return this.#sessions.inTurn(
      () => openSftp(this.#client, this),
      () => this.isDead,
      isOddRefusal,
    );
  }

  onClose(listener: (error: BerthError) => void): Unsubscribe {
    if (this.#closedWith) listener(this.#closedWith);
    else this.#closeListeners.add(listener);
    return () => {
      this.#closeListeners.delete(listener);
    };
  }

  onLate(listener: (goneInMs: number | null) => void): void {
    this.#late.on(listener);
  }

  probe(): void {
    this.#watch?.probe();
  }

  confirm(answered: () => void): void {
    if (this.isDead) return;
    const inside = internalsOf(this.#client);
    // A refusal is an answer, too; an error object is ssh2's word for a connection that ended.
    inside._callbacks.push((failed) => {
      if (!(failed instanceof Error)) answered();
    });
    inside._protocol.ping();
  }

  end(): void {
    this.#closed(new BerthError('cancelled', { place: 'computer' }));
    this.#holder?.close();
    this.#client.end();
    this.#transport.end();
  }

  #openSession(ask: Ask): Promise<ChannelDuplex> {
    return this.#sessions.open(
      () => this.#open(true, ask),
      () => this.isDead,
    );
  }

  #openTerminal(ask: Ask): Promise<ChannelDuplex> {
    return this.#openSession((done) =>
      withTerminalWindow(internalsOf(this.#client), () =>
        ask((error, channel) => {
          if (!error && isChannel(channel)) grantAsRead(channel, loadSsh2());
          done(error, channel);
        }),
      ),
    );
  }

  #open(isSession: boolean, ask: Ask, halfOpen = isSession): Promise<ChannelDuplex> {
    return new Promise((resolve, reject) => {
      const closed = this.#closedWith;
      if (closed) {
        reject(closed);
        return;
      }
      // A request whose answer never comes must not wait for ever when the connection ends.
      const forget = this.onClose(reject);
      try {
        ask((error, channel) => {
          forget();
          if (error) {
            reject(this.#closedWith ?? channelError(error));
            return;
          }
          const stream = new ChannelDuplex(
            channel,
            { isDead: () => this.isDead, discard: (gone) => this.#guard.discard(gone) },
            isSession,
            halfOpen,
          );
          this.#streams.set(channel, stream);
          stream.once('close', () => this.#streams.delete(channel));
          resolve(stream);
        });
      } catch (error) {
        forget();
        reject(this.#closedWith ?? channelError(error));
      }
    });
  }

  #closed(error: BerthError): void {
    if (this.#closedWith) return;
    this.#closedWith = error;
    this.#watch?.dispose();
    this.#guard.dispose();
    const listeners = [...this.#closeListeners];
    this.#closeListeners.clear();
    for (const listener of listeners) listener(error);
  }
}

/** What ssh2 takes for the end of the list; its declarations do not know it. */
const nothingMore = false as unknown as 'none';

function authMethod(identity: SshIdentity): AnyAuthMethod {
  return identity.kind === 'key'
    ? { type: 'publickey', username: sshUser, key: identity.key }
    : { type: 'agent', username: sshUser, agent: identity.socket };
}

/** Answers ssh2 what to try next; nothing more ends the try with `client-authentication`. */
function offering(identities: SshConnectOptions['identities']): AuthHandlerMiddleware {
  const left = [...identities];
  const fetchNext = async (): Promise<SshIdentity | null> => {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
      const identity = typeof entry === 'function' ? await entry() : entry;
      if (identity !== null) return identity;
    }
    return null;
  };
  return (_methods, _partial, next) => {
    fetchNext().then(
      (identity) => next(identity === null ? nothingMore : authMethod(identity)),
      () => next(nothingMore),
    );
  };
}

function ptyOptions(pty: Pty): PseudoTtyOptions & { term: string } {
  return { term: 'xterm-256color', cols: pty.cols, rows: pty.rows, width: 0, height: 0 };
}

/**
 * Connects and authenticates. Owns the transport from here on.
 * @throws BerthError `host-key-changed`, `key-refused`, `unsupported`, `tunnel-refused`, `tunnel-lost`, `timeout`, `cancelled`
 */
export function connectSsh(options: SshConnectOptions): Promise<SshConnection> {
  const { ssh2, constants } = loadSsh2();
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let hostRefused = false;
    let settled = false;
    const banner = options.clock.after(bannerTimeoutMs, () => {
      if (options.transport.bytesIn === 0) {
        fail(new BerthError('tunnel-refused', { place: 'agent', retry: 'auto', params: { seconds: 15 } }));
      }
    });
    const onAbort = (): void => fail(new BerthError('cancelled', { place: 'computer' }));
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      banner.dispose();
      options.signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: BerthError): void => {
      if (!settle()) return;
      options.transport.destroy();
      client.destroy();
      reject(error);
    };
    // Permanent: ssh2 reports a late ECONNRESET here, and an unheard 'error' ends the process.
    client.on('error', (error) => {
      if (hostRefused) fail(new BerthError('host-key-changed', { place: 'container' }));
      else fail(connectError(error));
    });
    client.on('close', () => fail(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' })));
    if (options.signal?.aborted) {
      fail(new BerthError('cancelled', { place: 'computer' }));
      return;
    }
    options.signal?.addEventListener('abort', onAbort, { once: true });
    client.connect({
      sock: options.transport,
      username: sshUser,
      authHandler: offering(options.identities),
      readyTimeout: readyTimeoutMs,
      // Own keep-alives (peer-watch.ts): ssh2's would count a paused transport as dead.
      keepaliveInterval: 0,
      algorithms: sshAlgorithms(constants),
      hostVerifier: (key: Buffer) => {
        const accepted = options.hostVerifier(key);
        hostRefused = !accepted;
        return accepted;
      },
    });
    const connection = new Connection(client, options);
    client.once('ready', () => {
      if (!settle()) return;
      connection.start();
      resolve(connection);
    });
  });
}
