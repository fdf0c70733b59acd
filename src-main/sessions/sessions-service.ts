/** Sessions of all accounts: one watcher an account, made when somebody first asks; and what a person does with them. */
import type { Relatives } from '../../src-preload/contract/session-facts.ts';
import type {
  Ending,
  Session,
  SessionList,
  SessionTab,
  StartInput,
  UseHistory,
} from '../../src-preload/contract/sessions.ts';
import type { Waiting } from '../../src-preload/contract/waiting.ts';
import type { SessionPage } from '../backend/api/sessions-api.ts';
import type { Condition } from '../backend/minilang.ts';
import type { Accounts, KnownSessions, SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { Emitter, type Unsubscribe } from '../base/emitter.ts';
import type { Emit } from '../handlers.ts';
import type { AreaLog } from '../log/log.ts';
import { endingOf } from './end-policy.ts';
import { endSession } from './end-session.ts';
import { SessionWatcher } from './session-watcher.ts';
import { hasEnded } from './status-policy.ts';
import { UseRecorder } from './use-recorder.ts';
import { WaitingExplainer } from './waiting-explainer.ts';

/** What this service needs of accounts beyond the way to their sites. */
export interface WatchedAccounts extends Accounts {
  onConnected(listener: (accountId: string) => void): Unsubscribe;
  /** Trouble met on an account's API. */
  report(accountId: string, error: unknown): void;
}

export interface SessionsServiceOptions {
  readonly accounts: WatchedAccounts;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly log: AreaLog;
  readonly random?: () => number;
  /** Closes what Berth has open to a session that is to be ended; the answer takes it up again. */
  readonly letGo?: (ref: { readonly accountId: string; readonly sessionId: string }) => () => void;
}

/** A first list waits this long for the site; afterwards changes arrive as events. */
const firstAnswerMs = 5_000;

interface SessionRef {
  readonly accountId: string;
  readonly sessionId: string;
}

export class SessionsService implements KnownSessions {
  readonly #options: SessionsServiceOptions;
  readonly #watchers = new Map<string, SessionWatcher>();
  readonly #explainer: WaitingExplainer;
  /** Windows that look, by account. */
  readonly #lookers = new Map<string, Set<symbol>>();
  readonly #ended = new Emitter<SessionRef>();
  readonly #changed = new Emitter<{ readonly accountId: string; readonly sessions: readonly Session[] }>();
  readonly #unsubscribe: readonly Unsubscribe[];
  readonly #use: UseRecorder;

  constructor(options: SessionsServiceOptions) {
    this.#options = options;
    this.#explainer = new WaitingExplainer(options);
    this.#use = new UseRecorder({
      clock: options.clock,
      known: () =>
        [...this.#watchers].map(([accountId, watcher]) => ({
          accountId,
          asOf: watcher.asOf,
          sessions: () => watcher.list('running').sessions,
        })),
    });
    this.#unsubscribe = [
      options.accounts.onSignedOut((accountId) => this.#forget(accountId)),
      // Watching begins with the sign-in, so that the list is there when the first window asks.
      options.accounts.onConnected((accountId) => {
        const known = this.#watchers.get(accountId);
        if (known === undefined) this.#watch(accountId);
        else known.wake();
      }),
    ];
  }

  /** Throws BerthError `account-missing`. While the site cannot be asked, what is known and `error`. */
  async list(accountId: string, tab: SessionTab): Promise<SessionList> {
    const watcher = this.#watch(accountId);
    await atMost(this.#options.clock, watcher.ready(), firstAnswerMs);
    return watcher.list(tab);
  }

  /** Reads further back among the finished sessions; they come as changes. */
  readOn(accountId: string): void {
    this.#watch(accountId).readOn();
  }

  /** Newest first, of everybody whose sessions the site shows this account. */
  async ofProject(
    query: { accountId: string; projectId: string; finished: boolean; limit: number },
    signal?: AbortSignal,
  ): Promise<SessionPage> {
    const { accountId, projectId, finished, limit } = query;
    const ends = ['TERMINATED', 'CANCELLED'].map(
      (value) => ({ field: 'status', op: finished ? '==' : '!=', value }) as const,
    );
    const filter: Condition = finished ? { any: ends } : { all: ends };
    return await this.#api(accountId).searchSessions({ scope: { projectId }, filter, offset: 0, limit }, signal);
  }

  get(accountId: string, sessionId: string): Session | undefined {
    return this.#watchers.get(accountId)?.get(sessionId);
  }

  onEnded(listener: (accountId: string, sessionId: string) => void): Unsubscribe {
    return this.#ended.on(({ accountId, sessionId }) => listener(accountId, sessionId));
  }

  onChanged(listener: (accountId: string, sessions: readonly Session[]) => void): Unsubscribe {
    return this.#changed.on(({ accountId, sessions }) => listener(accountId, sessions));
  }

  /** What is known, else what the site answers. Throws BerthError `session-gone`. */
  async read({ accountId, sessionId }: SessionRef, signal?: AbortSignal): Promise<Session> {
    const watcher = this.#watch(accountId);
    const known = watcher.get(sessionId);
    if (known !== undefined) return known;
    const session = await this.#api(accountId).session(sessionId, signal);
    if (session === null) {
      throw new BerthError('session-gone', { place: 'manager', params: { session: sessionId } });
    }
    // It may be somebody else's, as an administrator sees it: what is listed are one's own, which the lists tell.
    return session;
  }

  /** Throws BerthError `session-gone` for one that has ended, and what keeps the site from saying. */
  async checkLive(ref: SessionRef, signal?: AbortSignal): Promise<void> {
    const { status } = await this.read(ref, signal);
    if (!hasEnded(status)) return;
    throw new BerthError('session-gone', { place: 'manager', params: { session: ref.sessionId } });
  }

  /** Resolves once the site has taken it into its queue; from then on it is watched closely until it runs. */
  async start(input: StartInput, signal?: AbortSignal): Promise<{ sessionId: string; name: string }> {
    const started = await this.#api(input.accountId).start(input, signal);
    const watcher = this.#watch(input.accountId);
    if (input.ownerAccessKey === undefined) {
      watcher.touch(started.sessionId);
      watcher.watchClosely(started.sessionId, 'running');
    }
    this.#options.log.info('Session started', { sessionId: started.sessionId });
    return started;
  }

  /**
   * Closes what Berth has open to the session, then ends it, or cancels one that has not started. What was closed comes
   * back when the site refuses. Throws as `endSession` does.
   */
  async terminate(ref: SessionRef, forced: boolean, signal?: AbortSignal): Promise<void> {
    const { accountId, sessionId } = ref;
    const api = this.#api(accountId);
    const watcher = this.#watch(accountId);
    const takeUp = this.#options.letGo?.(ref) ?? (() => undefined);
    const known = watcher.get(sessionId);
    const order = { api, clock: this.#options.clock, sessionId, forced, before: known?.status ?? null, signal };
    const { seen } = await endSession(order).catch((error: unknown) => {
      takeUp();
      throw error;
    });
    this.#options.log.info('Session ended by the user', { sessionId, forced });
    if (known === undefined) return;
    if (seen) watcher.note(seen);
    else watcher.touch(sessionId);
    if (seen === undefined || seen?.family === 'ending') watcher.watchClosely(sessionId, 'ended');
  }

  /** Throws BerthError `session-gone` and what the site refuses to say. */
  async waiting(ref: SessionRef, signal?: AbortSignal): Promise<Waiting> {
    return await this.#explainer.explain(ref.accountId, await this.read(ref, signal));
  }

  async relatives({ accountId, sessionId }: SessionRef, signal?: AbortSignal): Promise<Relatives> {
    return await this.#api(accountId).relatives(sessionId, signal);
  }

  /** What the site would take now. Throws BerthError `session-gone`. */
  async ending(ref: SessionRef, signal?: AbortSignal): Promise<Ending> {
    const { status } = await this.read(ref, signal);
    const api = this.#api(ref.accountId);
    const ordinary = endingOf(status, api.can, false);
    if (ordinary.reason !== 'pulling-superadmin') return ordinary;
    const { role } = await api.identity(signal);
    return endingOf(status, api.can, role === 'superadmin');
  }

  async rename({ accountId, sessionId }: SessionRef, name: string, signal?: AbortSignal): Promise<void> {
    const watcher = this.#watch(accountId);
    await this.#api(accountId).rename(sessionId, name, signal);
    if (watcher.get(sessionId) !== undefined) watcher.touch(sessionId);
  }

  /** What was used since then, at most `points` a session; kept in memory while Berth runs. */
  useHistory(accountId: string, sessionIds: readonly string[], sinceMs: number, points: number): UseHistory[] {
    this.#use.look();
    return sessionIds.map((sessionId) => this.#use.read(accountId, sessionId, sinceMs, points));
  }

  /** A window shows this account's sessions until the answer is called. Throws BerthError `account-missing`. */
  look(accountId: string): Unsubscribe {
    const watcher = this.#watch(accountId);
    const looker = Symbol(accountId);
    const lookers = this.#lookers.get(accountId) ?? new Set();
    this.#lookers.set(accountId, lookers.add(looker));
    watcher.look(true);
    return () => {
      lookers.delete(looker);
      this.#watchers.get(accountId)?.look(lookers.size > 0);
    };
  }

  /** The machine woke up: ask at once. */
  resume(): void {
    for (const watcher of this.#watchers.values()) watcher.resume();
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#use.dispose();
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#watchers.clear();
  }

  #api(accountId: string): SiteApi {
    return this.#options.accounts.api(accountId);
  }

  #watch(accountId: string): SessionWatcher {
    const known = this.#watchers.get(accountId);
    if (known !== undefined) return known;
    const { accounts, clock, emit } = this.#options;
    // Throws for an account that does not exist; one that is merely away gets its watcher.
    accounts.site(accountId);
    const watcher = new SessionWatcher({
      api: () => this.#api(accountId),
      clock,
      random: this.#options.random ?? Math.random,
      onChange: ({ changed, removed }, state) => {
        emit('sessions', 'changed', { accountId, changed: [...changed], removed: [...removed], ...state });
        if (changed.length > 0) this.#changed.emit({ accountId, sessions: changed });
      },
      onEnded: (sessionId) => this.#ended.emit({ accountId, sessionId }),
      onTrouble: (error) => accounts.report(accountId, error),
    });
    this.#watchers.set(accountId, watcher);
    watcher.look((this.#lookers.get(accountId)?.size ?? 0) > 0);
    watcher.start();
    return watcher;
  }

  #forget(accountId: string): void {
    this.#watchers.get(accountId)?.dispose();
    this.#watchers.delete(accountId);
    this.#use.forget(accountId);
  }
}

/** Resolves when `work` does, or when the time is over. */
function atMost(clock: Clock, work: Promise<void>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(limitMs, resolve);
    void work.finally(() => {
      void timer.dispose();
      resolve();
    });
  });
}
