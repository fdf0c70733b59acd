/**
 * The one SSH connection of a session, and its state: it connects when it is wanted, comes back after a cut, rests when
 * nobody uses it, and never runs more than one try at a time.
 */
import type { LinkState, Link as LinkValue } from '../../src-preload/contract/links.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Unsubscribe } from '../base/emitter.ts';
import { afterFailure, mayRetry, restAfterMs, stableAfterMs } from './link-policy.ts';

/** What a link needs of a connection. */
export interface Connection {
  readonly bytesIn: number;
  readonly bytesOut: number;
  onClose(listener: (error: BerthError) => void): void;
  end(): void;
}

export type UseKind =
  | { readonly kind: 'terminal' }
  | { readonly kind: 'app'; readonly service: string }
  /** Looking at files, or moving them. */
  | { readonly kind: 'files' };

export interface LinkDeps<C extends Connection> {
  readonly accountId: string;
  readonly sessionId: string;
  sessionName(): string;
  connect(signal: AbortSignal): Promise<C>;
  idleMinutes(): number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A user's hold on a link; the link stays while there is one. */
export interface LinkUse<C extends Connection> extends Disposable {
  readonly state: LinkState;
  readonly value: LinkValue;
  /** The connection while it is up. */
  readonly connection: C | null;
  /** Resolves once the link is up; wakes a resting link. Throws the link's BerthError when it fails. */
  ready(signal?: AbortSignal): Promise<C>;
  /** Someone typed, asked or transferred. */
  touch(): void;
  retry(): void;
  onChange(listener: (value: LinkValue) => void): Unsubscribe;
}

export class Link<C extends Connection> {
  readonly #deps: LinkDeps<C>;
  readonly #changes = new Emitter<LinkValue>();
  readonly #users = new Set<UseKind>();
  #state: LinkState = 'idle';
  #since: number;
  #nextTryAt: number | null = null;
  #error: BerthError | null = null;
  #connection: C | null = null;
  #trying: AbortController | null = null;
  #timer: Disposable | null = null;
  #restTimer: Disposable | null = null;
  #attempt = 0;
  #upAt = 0;
  #wantedAt: number;
  #lastUseAt: number;
  #bytesBefore = { in: 0, out: 0 };
  #ended = false;

  constructor(deps: LinkDeps<C>) {
    this.#deps = deps;
    this.#since = deps.clock.now();
    this.#wantedAt = this.#since;
    this.#lastUseAt = this.#since;
  }

  get state(): LinkState {
    return this.#state;
  }

  get connection(): C | null {
    return this.#connection;
  }

  get value(): LinkValue {
    const apps = new Set<string>();
    let terminals = 0;
    for (const user of this.#users) {
      if (user.kind === 'terminal') terminals += 1;
      else if (user.kind === 'app') apps.add(user.service);
    }
    return {
      accountId: this.#deps.accountId,
      sessionId: this.#deps.sessionId,
      sessionName: this.#deps.sessionName(),
      state: this.#state,
      since: new Date(this.#since).toISOString(),
      nextTryAt: this.#nextTryAt === null ? null : new Date(this.#nextTryAt).toISOString(),
      terminals,
      apps: [...apps].sort(),
      bytesIn: this.#bytesBefore.in + (this.#connection?.bytesIn ?? 0),
      bytesOut: this.#bytesBefore.out + (this.#connection?.bytesOut ?? 0),
      ...(this.#error && this.#state !== 'up' ? { error: this.#error.toValue() } : {}),
    };
  }

  onChange(listener: (value: LinkValue) => void): Unsubscribe {
    return this.#changes.on(listener);
  }

  use(kind: UseKind): LinkUse<C> {
    const link = this;
    // An own object a use: two terminals are two users.
    const entry = { ...kind };
    this.#users.add(entry);
    this.touch();
    this.#tell();
    return {
      get state() {
        return link.state;
      },
      get value() {
        return link.value;
      },
      get connection() {
        return link.connection;
      },
      ready: (signal) => this.ready(signal),
      touch: () => this.touch(),
      retry: () => this.retry(),
      onChange: (listener) => this.onChange(listener),
      dispose: () => {
        if (!this.#users.delete(entry)) return;
        this.#scheduleRest();
        if (!this.#ended) this.#tell();
      },
    };
  }

  touch(): void {
    this.#lastUseAt = this.#deps.clock.now();
  }

  ready(signal?: AbortSignal): Promise<C> {
    this.touch();
    if (this.#connection) return Promise.resolve(this.#connection);
    if (this.#ended || (this.#state === 'failed' && !mayRetry(this.#error, false))) {
      return Promise.reject(this.#error ?? new BerthError('session-gone', { place: 'site' }));
    }
    if (this.#state === 'idle' || this.#state === 'failed') this.#begin();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        off();
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        stop();
        reject(new BerthError('cancelled', { place: 'computer' }));
      };
      const off = this.#changes.on(() => {
        if (this.#connection) {
          stop();
          resolve(this.#connection);
        } else if (this.#state === 'failed') {
          stop();
          reject(this.#error ?? new BerthError('tunnel-lost', { place: 'site', retry: 'user' }));
        }
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** A person asks: cuts the wait short. Does nothing while the host key is in question. */
  retry(): void {
    if (this.#ended || this.#connection || this.#trying) return;
    if (this.#state === 'failed' && !mayRetry(this.#error, true)) return;
    this.#begin();
  }

  /** After the person accepted the changed host key. */
  retryWithNewKey(): void {
    if (this.#error?.code === 'host-key-changed') this.#error = null;
    this.retry();
  }

  /** The machine goes to sleep: signatures and TCP state will be stale, so the connection goes at once. */
  suspend(): void {
    if (this.#ended || (this.#state !== 'up' && this.#state !== 'lost' && this.#state !== 'connecting')) return;
    this.#drop();
    this.#set('lost', new BerthError('tunnel-lost', { place: 'computer', retry: 'auto' }));
  }

  /** Awake again: the first try at once. */
  resume(): void {
    if (this.#state === 'lost') this.#begin();
  }

  /** Ends for good, with the reason that users see. */
  end(error: BerthError): void {
    if (this.#ended) return;
    this.#drop();
    this.#restTimer?.dispose();
    this.#ended = true;
    this.#set('failed', error);
  }

  #begin(): void {
    this.#attempt = 0;
    this.#wantedAt = this.#deps.clock.now();
    this.#timer?.dispose();
    this.#try();
  }

  #try(): void {
    if (this.#trying || this.#connection || this.#ended) return;
    const trying = new AbortController();
    this.#trying = trying;
    this.#nextTryAt = null;
    // After a loss the state stays `lost` until the link is back, so that windows do not flicker.
    this.#set(this.#state === 'lost' ? 'lost' : 'connecting', this.#error);
    this.#deps.connect(trying.signal).then(
      (connection) => {
        if (this.#trying !== trying) {
          connection.end();
          return;
        }
        this.#trying = null;
        this.#onUp(connection);
      },
      (cause: unknown) => {
        if (this.#trying !== trying) return;
        this.#trying = null;
        this.#onDown(asBerthError(cause));
      },
    );
  }

  #onUp(connection: C): void {
    this.#connection = connection;
    this.#upAt = this.#deps.clock.now();
    // Counted from here: after a long sleep the last use is long ago, and the person is just back.
    this.touch();
    this.#error = null;
    this.#set('up', null);
    this.#scheduleRest();
    connection.onClose((error) => {
      if (this.#connection !== connection) return;
      this.#forget(connection);
      const now = this.#deps.clock.now();
      if (now - this.#upAt >= stableAfterMs) this.#attempt = 0;
      this.#wantedAt = now;
      if (this.#users.size === 0) this.#set('idle', null);
      else {
        this.#state = 'lost';
        this.#since = now;
        this.#onDown(error);
      }
    });
  }

  #onDown(error: BerthError): void {
    const now = this.#deps.clock.now();
    const next = afterFailure(error, this.#attempt, now - this.#wantedAt, this.#deps.random());
    if (next.kind === 'fail') {
      this.#set('failed', error);
      return;
    }
    this.#attempt += 1;
    this.#nextTryAt = now + next.delayMs;
    this.#timer?.dispose();
    this.#timer = this.#deps.clock.after(next.delayMs, () => this.#try());
    this.#set('lost', error);
  }

  #scheduleRest(): void {
    this.#restTimer?.dispose();
    this.#restTimer = null;
    if (!this.#connection) return;
    const limitMs = restAfterMs(this.#users.size, this.#deps.idleMinutes());
    // Looked at once a minute when switched off, because the setting may change.
    const dueMs = limitMs === null ? 60_000 : this.#lastUseAt + limitMs - this.#deps.clock.now();
    if (limitMs !== null && dueMs <= 0) {
      this.#drop();
      this.#set('idle', null);
      return;
    }
    this.#restTimer = this.#deps.clock.after(Math.min(dueMs, 60_000), () => this.#scheduleRest());
  }

  #forget(connection: C): void {
    this.#bytesBefore = {
      in: this.#bytesBefore.in + connection.bytesIn,
      out: this.#bytesBefore.out + connection.bytesOut,
    };
    this.#connection = null;
    this.#restTimer?.dispose();
  }

  #drop(): void {
    this.#timer?.dispose();
    this.#nextTryAt = null;
    const trying = this.#trying;
    this.#trying = null;
    trying?.abort();
    const connection = this.#connection;
    if (connection) {
      this.#forget(connection);
      connection.end();
    }
  }

  #set(state: LinkState, error: BerthError | null): void {
    if (state !== this.#state) this.#since = this.#deps.clock.now();
    this.#state = state;
    this.#error = error;
    this.#tell();
  }

  #tell(): void {
    this.#changes.emit(this.value);
  }
}

function asBerthError(cause: unknown): BerthError {
  if (cause instanceof BerthError) return cause;
  // A defect in connecting must not become an endless loop of tries.
  return new BerthError('internal', { place: 'computer', retry: 'user', cause });
}
