/**
 * The one SSH connection of a session, and its state: it connects when it is wanted, comes back after a cut, waits for a
 * network or a sign-in, rests when nobody uses it, and never runs more than one try at a time.
 */
import type { LinkState, Link as LinkValue } from '../../src-preload/contract/links.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Unsubscribe } from '../base/emitter.ts';
import { afterFailure, mayRetry, restAfterMs, stableAfterMs, tryLimitMs } from './link-policy.ts';
import type { Connection, LinkDeps, LinkUse, UseKind } from './link-use.ts';

/** A try this young already goes over the network as it is now; another one would only repeat it. */
const freshTryMs = 1_000;

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
  #tryingSince = 0;
  /** Callers of `ready` that still wait. */
  #waiters = 0;
  #isAsleep = false;
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

  /** Nothing but a person or a new user changes it: no network, clock or sign-in does. */
  get isStopped(): boolean {
    return this.#state === 'failed' && !this.#gaveUp;
  }

  /** It failed by trying for too long, not by an answer. */
  get #gaveUp(): boolean {
    return this.#state === 'failed' && !this.#ended && this.#error?.retry === 'auto';
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
      detours: this.#deps.detours?.() ?? [],
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
        if (!this.#restUnlessWanted() && !this.#ended) this.#tell();
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
    this.#waiters += 1;
    if (this.#state === 'idle' || this.#state === 'failed' || (this.#isAsleep && !this.#isLetGo)) this.#begin();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        off();
        this.#waiters -= 1;
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        stop();
        this.#restUnlessWanted();
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

  /** A person asks: cuts the wait short, even where no network is seen. Does nothing while the host key is in question. */
  retry(): void {
    if (this.#connection) this.#connection.probe();
    if (this.#ended || this.#connection || this.#isTryFresh()) return;
    if (this.#state === 'failed' && !mayRetry(this.#error, true)) return;
    this.#begin(true);
  }

  /** After the person accepted the changed host key. */
  retryWithNewKey(): void {
    if (this.#error?.code === 'host-key-changed') this.#error = null;
    this.retry();
  }

  /** The machine goes to sleep: signatures and TCP state will be stale, so the connection goes at once. Or its session ends. */
  suspend(why: 'asleep' | 'ending' = 'asleep'): void {
    if (this.#ended || this.#state === 'idle' || this.#state === 'failed') return;
    this.#drop();
    this.#isAsleep = true;
    if (this.#isWanted()) {
      this.#set('connecting', new BerthError('tunnel-lost', { ...asleep, params: { reason: why } }));
    } else this.#set('idle', null);
  }

  /** Awake again, or perhaps just looked at late: what is up has to answer, what is down is tried at once. */
  resume(): void {
    this.#isAsleep = false;
    this.networkChanged();
  }

  /** The network of this computer is another one than before. */
  networkChanged(): void {
    if (this.#connection) this.#connection.probe();
    else if (this.#state !== 'signing-in' || this.#deps.surroundings().isSignedIn) this.#tryAgain();
  }

  /** The account can be used again. */
  signedIn(): void {
    if (!this.#connection) this.#tryAgain();
  }

  /** Ends for good, with the reason that users see. */
  end(error: BerthError): void {
    if (this.#ended) return;
    this.#drop();
    this.#restTimer?.dispose();
    this.#ended = true;
    this.#set('failed', error);
  }

  /** While its session is being ended only a person brings it back. */
  get #isLetGo(): boolean {
    return this.#error?.params.reason === 'ending';
  }

  get #isDown(): boolean {
    return this.#state === 'connecting' || this.#state === 'waiting-for-network' || this.#state === 'signing-in';
  }

  #isWanted(): boolean {
    return this.#users.size > 0 || this.#waiters > 0;
  }

  #isTryFresh(): boolean {
    return this.#trying !== null && this.#deps.clock.now() - this.#tryingSince < freshTryMs;
  }

  /** Something changed for the better: a wait is cut short, and a try that began before starts over. */
  #tryAgain(): void {
    if (this.#ended || this.#isAsleep || !this.#isWanted() || this.#isTryFresh()) return;
    if (this.#isDown || this.#gaveUp) this.#begin();
  }

  /** A link that is down ends its tries when the last one who wanted it has gone. */
  #restUnlessWanted(): boolean {
    if (this.#ended || !this.#isDown || this.#isWanted()) return false;
    this.#drop();
    this.#set('idle', null);
    return true;
  }

  #begin(byPerson = false): void {
    this.#drop();
    this.#isAsleep = false;
    this.#attempt = 0;
    this.#wantedAt = this.#deps.clock.now();
    if (!byPerson && !this.#deps.surroundings().hasNetwork) {
      this.#set('waiting-for-network', new BerthError('offline', noNetwork));
      return;
    }
    this.#try('connecting');
  }

  /** @param state what it is called meanwhile: a try on a timer does not make windows flicker */
  #try(state: LinkState): void {
    if (this.#trying || this.#connection || this.#ended) return;
    const trying = new AbortController();
    this.#trying = trying;
    this.#tryingSince = this.#deps.clock.now();
    this.#nextTryAt = null;
    this.#set(state, this.#error);
    const limit = this.#limitTry(trying);
    this.#deps.connect(trying.signal).then(
      (connection) => {
        void limit?.dispose();
        if (this.#trying !== trying) {
          connection.end();
          return;
        }
        this.#trying = null;
        this.#onUp(connection);
      },
      (cause: unknown) => {
        void limit?.dispose();
        if (this.#trying !== trying) return;
        this.#trying = null;
        this.#onDown(asBerthError(cause));
      },
    );
  }

  /** A request that was lost with a network is never answered, also when the network is back: the next try would be. */
  #limitTry(trying: AbortController): Disposable | null {
    if (this.#upAt === 0) return null;
    const limit = this.#deps.clock.after(tryLimitMs(this.#attempt), () => {
      if (this.#trying !== trying) return;
      this.#trying = null;
      trying.abort();
      this.#onDown(new BerthError('timeout', silent));
    });
    trying.signal.addEventListener('abort', () => limit.dispose(), { once: true });
    return limit;
  }

  #onUp(connection: C): void {
    this.#connection = connection;
    this.#upAt = this.#deps.clock.now();
    // Counted from here: after a long sleep the last use is long ago, and the person is just back.
    this.touch();
    this.#set('up', null);
    this.#scheduleRest();
    connection.onLate((goneInMs) => {
      if (this.#connection === connection) this.#onLate(goneInMs);
    });
    connection.onClose((error) => {
      if (this.#connection !== connection) return;
      this.#forget(connection);
      const now = this.#deps.clock.now();
      if (now - this.#upAt >= stableAfterMs) this.#attempt = 0;
      this.#wantedAt = now;
      this.#nextTryAt = null;
      if (this.#isWanted()) this.#onDown(error);
      else this.#set('idle', null);
    });
  }

  #onLate(goneInMs: number | null): void {
    this.#nextTryAt = goneInMs === null ? null : this.#deps.clock.now() + goneInMs;
    if (goneInMs === null) this.#set('up', null);
    else this.#set('degraded', new BerthError('timeout', late));
  }

  #onDown(error: BerthError): void {
    const now = this.#deps.clock.now();
    const around = this.#deps.surroundings();
    const next = afterFailure(error, around, this.#attempt, now - this.#wantedAt, this.#deps.random());
    this.#timer?.dispose();
    if (next.kind === 'fail') {
      this.#set('failed', error);
      return;
    }
    if (next.state === 'waiting-for-network') this.#wantedAt = now;
    if (next.kind === 'wait') {
      this.#set(next.state, next.state === 'signing-in' ? error : new BerthError('offline', noNetwork));
      return;
    }
    this.#attempt += 1;
    this.#nextTryAt = now + next.delayMs;
    this.#timer = this.#deps.clock.after(next.delayMs, () => this.#try(next.state));
    this.#set(next.state, error);
  }

  #scheduleRest(): void {
    this.#restTimer?.dispose();
    this.#restTimer = null;
    if (!this.#connection) return;
    const limitMs = restAfterMs(this.#users.size, this.#deps.idleMinutes());
    // A clock that was set back would keep an unused link for as long as it was wrong.
    this.#lastUseAt = Math.min(this.#lastUseAt, this.#deps.clock.now());
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

const asleep = { place: 'computer', retry: 'auto', params: { reason: 'asleep' } } as const;
const noNetwork = { place: 'computer', retry: 'auto', params: { reason: 'no-network' } } as const;
const silent = { place: 'site', retry: 'auto', params: { reason: 'silent' } } as const;
const late = { place: 'site', retry: 'auto', params: { reason: 'late' } } as const;

function asBerthError(cause: unknown): BerthError {
  if (cause instanceof BerthError) return cause;
  // A defect in connecting must not become an endless loop of tries.
  return new BerthError('internal', { place: 'computer', retry: 'user', cause });
}
