/**
 * Follows all sessions of one account: one full list, then events; polling where events fail. One request at a time, so
 * that an older answer never overwrites a newer one. While the site cannot be reached the list stays as it is.
 */
import type { Session, SessionList, SessionTab } from '../../src-preload/contract/sessions.ts';
import type { SiteApi } from '../backend/site-api.ts';
import { backoffMs } from '../base/backoff.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Disposable } from '../base/disposable.ts';
import { SessionBook } from './session-book.ts';
import { hasEnded } from './status-policy.ts';
import {
  closeWatchDelayMs,
  errorDelaysFor,
  eventDelaysFor,
  goodStreamMs,
  isSignInRefusal,
  pollDelayMs,
  type WatchGoal,
} from './watch-policy.ts';
import {
  coalesceMs,
  emitMs,
  firstFinished,
  freshMs,
  maxFinished,
  maxSingleReads,
  moreFinished,
  mostTold,
  nextPieceMs,
  type Purpose,
  pageSize,
  type SessionWatcherOptions,
  type WatchState,
} from './watcher-options.ts';

type Work = 'none' | 'live' | 'full';

export class SessionWatcher implements Disposable {
  readonly #options: SessionWatcherOptions;
  readonly #book: SessionBook;
  readonly #abort = new AbortController();
  readonly #firstTry: Promise<void>;
  #endFirstTry: () => void = () => undefined;
  /** Sessions to ask for one by one. */
  readonly #dirty = new Set<string>();
  #wanted: Work = 'none';
  #working = false;
  #asOf: string | null = null;
  #complete = false;
  #finishedWanted = firstFinished;
  /** Finished ones that the site has beyond those that were read. */
  #unread = 0;
  #older = false;
  #live: SessionList['live'] = 'none';
  #error: BerthError | null = null;
  #failures = 0;
  #eventFailures = 0;
  #events: { dispose(): void } | null = null;
  #eventsSince = 0;
  #looked = false;
  readonly #timers = new Map<Purpose, Disposable>();
  readonly #close = new Map<string, Disposable>();
  #stateChanged = false;

  constructor(options: SessionWatcherOptions) {
    this.#options = options;
    this.#book = new SessionBook(options.onEnded);
    this.#firstTry = new Promise((resolve) => {
      this.#endFirstTry = resolve;
    });
  }

  start(): void {
    this.#want('full');
    this.#openEvents();
  }

  /** The account is back: do not wait for the next try. */
  wake(): void {
    if (this.#error === null && this.#live === 'events') return;
    this.#failures = 0;
    this.#eventFailures = 0;
    this.#want('full');
    if (this.#events === null) this.#openEvents();
  }

  /** Whether any window shows these sessions: where nobody looks, the site is asked less often. */
  look(looked: boolean): void {
    if (this.#looked === looked) return;
    this.#looked = looked;
    if (this.#error !== null) return;
    const sinceMs = this.#options.clock.now() - Date.parse(this.#asOf ?? '');
    // Whoever comes to look sees what is so now, not what was so a minute ago.
    if (looked && sinceMs > freshMs) this.#want('live');
    else this.#schedulePoll();
  }

  /** The machine slept: what was open is dead, even if nobody has noticed yet. */
  resume(): void {
    this.#failures = 0;
    this.#eventFailures = 0;
    this.#want('full');
    this.#openEvents();
  }

  /** Resolves once the site has answered, or refused, for the first time. */
  ready(): Promise<void> {
    return this.#firstTry;
  }

  /** When the site last answered; null before the first time. */
  get asOf(): string | null {
    return this.#asOf;
  }

  get(sessionId: string): Session | undefined {
    return this.#book.get(sessionId);
  }

  list(tab: SessionTab): SessionList {
    return { sessions: this.#book.onTab(tab), ...this.#state() };
  }

  /** Further back among the finished sessions. */
  readOn(): void {
    if (this.#unread === 0 || this.#older || this.#finishedWanted >= maxFinished) return;
    this.#finishedWanted = Math.min(maxFinished, this.#book.counts().finished + moreFinished);
    this.#older = true;
    this.#work();
  }

  /** A session read by somebody else. */
  note(session: Session): void {
    this.#book.put(session);
    this.#scheduleEmit();
  }

  /** Asks for this session soon, together with others. */
  touch(sessionId: string): void {
    this.#dirty.add(sessionId);
    this.#after('batch', coalesceMs, () => this.#work(), false);
  }

  /** Asks again and again until the session got there (or elsewhere for good): beside events, which may be lost. */
  watchClosely(sessionId: string, goal: WatchGoal): void {
    const since = this.#options.clock.now();
    const next = () => {
      void this.#close.get(sessionId)?.dispose();
      this.#close.delete(sessionId);
      const watchedMs = this.#options.clock.now() - since;
      const delayMs = closeWatchDelayMs(this.#book.get(sessionId), watchedMs, goal);
      if (delayMs === null || this.#abort.signal.aborted) return;
      if (watchedMs > 0 && this.#error === null) this.touch(sessionId);
      this.#close.set(sessionId, this.#options.clock.after(delayMs, next));
    };
    next();
  }

  dispose(): void {
    this.#abort.abort();
    this.#events?.dispose();
    for (const timer of [...this.#timers.values(), ...this.#close.values()]) void timer.dispose();
    this.#timers.clear();
    this.#close.clear();
    this.#endFirstTry();
  }

  #want(work: 'live' | 'full'): void {
    if (work === 'full' || this.#wanted === 'none') this.#wanted = work;
    this.#work();
  }

  #work(): void {
    if (this.#working || this.#abort.signal.aborted) return;
    this.#working = true;
    void this.#run().finally(() => {
      this.#working = false;
      this.#endFirstTry();
      this.#scheduleEmit();
      // Asked for after the last look at the list of work.
      if (this.#error === null && (this.#dirty.size > 0 || this.#wanted !== 'none' || this.#older)) this.#work();
    });
  }

  async #run(): Promise<void> {
    this.#cancel('retry');
    let listed = false;
    try {
      while (!this.#abort.signal.aborted && (this.#dirty.size > 0 || this.#wanted !== 'none' || this.#older)) {
        // One list answers for many; what it does not show is then asked for one by one.
        if (this.#dirty.size > maxSingleReads && this.#wanted === 'none' && !listed) this.#wanted = 'live';
        listed ||= this.#wanted !== 'none';
        if (this.#wanted !== 'none') await this.#readLists();
        else if (this.#dirty.size > 0) await this.#readDirty();
        // Sessions that ended since the last reading have moved the pages, which only reads some twice.
        else await this.#readPages(true, this.#finishedWanted, new Set(), this.#book.counts().finished);
      }
      this.#recovered();
      this.#schedulePoll();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#failed(
        error instanceof BerthError ? error : new BerthError('internal', { place: 'computer', cause: error }),
      );
    }
  }

  #schedulePoll(): void {
    const calm = pollDelayMs(this.#book.all(), { live: this.#live, looked: this.#looked });
    this.#after('poll', backoffMs([calm], 0, this.#options.random()), () => this.#want('live'), true);
  }

  async #readLists(): Promise<void> {
    const work = this.#wanted;
    const seen = new Set<string>();
    // What was live before this pass and is missing from it has ended or moved to the finished ones.
    const before = this.#book.all();
    this.#wanted = 'none';
    try {
      await this.#readPages(false, Number.POSITIVE_INFINITY, seen);
      this.#recovered();
      const finished = work === 'full' ? await this.#readPages(true, this.#finishedWanted, seen) : 0;
      const missing = before.filter(({ id }) => !seen.has(id));
      for (const { id, status } of missing) {
        if (!hasEnded(status)) this.#dirty.add(id);
        else if (work === 'full' && finished <= this.#finishedWanted) this.#book.remove(id);
      }
      if (work === 'full') this.#complete = true;
      // Many ended at once: the finished pages tell of all of them.
      else if (this.#dirty.size > maxSingleReads) this.#wanted = 'full';
      this.#stateChanged ||= work === 'full';
    } catch (error) {
      if (work === 'full' || this.#wanted === 'none') this.#wanted = work;
      throw error;
    }
  }

  /** @returns how many the site has */
  async #readPages(finished: boolean, most: number, seen: Set<string>, from = 0): Promise<number> {
    for (let offset = from; ; offset += pageSize) {
      const page = await this.#options.api().sessionPage({ finished, offset, limit: pageSize }, this.#abort.signal);
      for (const session of page.sessions) {
        seen.add(session.id);
        this.#dirty.delete(session.id);
        this.#book.put(session);
      }
      if (finished) this.#unread = Math.max(0, page.total - this.#book.counts().finished);
      this.#stateChanged ||= finished;
      this.#answered();
      const last = page.sessions.length === 0 || offset + pageSize >= Math.min(page.total, most);
      this.#older &&= !(last && from > 0);
      if (last) return page.total;
      // Whoever waits for one session does not wait for ten thousand.
      if (this.#dirty.size > 0 && this.#dirty.size <= maxSingleReads) await this.#readDirty();
    }
  }

  async #readDirty(): Promise<void> {
    const ids = [...this.#dirty].slice(0, maxSingleReads);
    for (const id of ids) this.#dirty.delete(id);
    try {
      await Promise.all(
        ids.map(async (id) => {
          const session = await this.#options.api().session(id, this.#abort.signal);
          if (session === null) this.#book.remove(id);
          else this.#book.put(session);
        }),
      );
      this.#answered();
    } catch (error) {
      for (const id of ids) this.#dirty.add(id);
      throw error;
    }
  }

  #answered(): void {
    this.#asOf = new Date(this.#options.clock.now()).toISOString();
    this.#scheduleEmit();
  }

  #recovered(): void {
    this.#failures = 0;
    if (this.#error === null && this.#live !== 'none') return;
    // The stream was given up with a sign-in that works again.
    if (this.#error !== null && this.#events === null && !this.#timers.has('events')) this.#openEvents();
    this.#error = null;
    if (this.#live === 'none') this.#live = 'polling';
    this.#stateChanged = true;
    this.#scheduleEmit();
  }

  #failed(error: BerthError): void {
    this.#error = error;
    if (this.#live === 'polling') this.#live = 'none';
    this.#stateChanged = true;
    // What is missed while the site is away is caught up by one full list.
    this.#wanted = 'full';
    this.#cancel('poll');
    if (isSignInRefusal(error)) this.#giveUpEvents();
    const delayMs = backoffMs(errorDelaysFor(error), this.#failures++, this.#options.random());
    this.#after('retry', delayMs, () => this.#work(), true);
    this.#options.onTrouble(error);
  }

  #openEvents(): void {
    this.#cancel('events');
    this.#events?.dispose();
    let api: SiteApi;
    try {
      api = this.#options.api();
    } catch (error) {
      this.#eventsClosed(error);
      return;
    }
    const first = this.#eventFailures === 0 && this.#live === 'none' && this.#asOf === null;
    this.#events = api.events({
      onOpen: () => {
        this.#eventsSince = this.#options.clock.now();
        this.#live = 'events';
        this.#stateChanged = true;
        // There is no replay: what happened before the stream opened is only in the list.
        this.#want(first ? 'live' : 'full');
        this.#scheduleEmit();
      },
      onEvent: ({ sessionId }) => this.touch(sessionId),
      onClose: (error) => this.#eventsClosed(error),
    });
  }

  #eventsClosed(error: unknown): void {
    this.#events = null;
    if (this.#abort.signal.aborted) return;
    if (this.#live === 'events') {
      this.#live = this.#error === null ? 'polling' : 'none';
      this.#stateChanged = true;
      this.#want('live');
    }
    if (this.#eventsSince > 0 && this.#options.clock.now() - this.#eventsSince >= goodStreamMs) this.#eventFailures = 0;
    this.#eventsSince = 0;
    const delaysMs = eventDelaysFor(error);
    if (delaysMs === null) {
      // The list says so: it is asked for at once, and met by the same refusal.
      this.#want('live');
      return;
    }
    const delayMs = backoffMs(delaysMs, this.#eventFailures++, this.#options.random());
    this.#after('events', delayMs, () => this.#openEvents(), true);
  }

  #giveUpEvents(): void {
    this.#cancel('events');
    this.#events?.dispose();
    this.#events = null;
    if (this.#live === 'events') this.#live = 'none';
  }

  #state(): WatchState {
    const counts = this.#book.counts();
    return {
      counts: { ...counts, finished: counts.finished + this.#unread },
      unread: this.#unread,
      asOf: this.#asOf,
      complete: this.#complete,
      live: this.#live,
      ...(this.#error === null ? {} : { error: this.#error.toValue() }),
    };
  }

  #scheduleEmit(): void {
    this.#after('emit', emitMs, () => this.#emit(), false);
  }

  #emit(): void {
    const changes = this.#book.takeChanges(mostTold);
    if (this.#book.hasChanges) this.#after('emit', nextPieceMs, () => this.#emit(), true);
    if (changes.changed.length === 0 && changes.removed.length === 0 && !this.#stateChanged) return;
    this.#stateChanged = false;
    this.#options.onChange(changes, this.#state());
  }

  /** One timer a purpose. @param replace false: a timer that already runs keeps its time */
  #after(name: Purpose, delayMs: number, callback: () => void, replace: boolean): void {
    if (this.#abort.signal.aborted || (!replace && this.#timers.has(name))) return;
    this.#cancel(name);
    this.#timers.set(
      name,
      this.#options.clock.after(delayMs, () => {
        this.#timers.delete(name);
        callback();
      }),
    );
  }

  #cancel(name: Purpose): void {
    void this.#timers.get(name)?.dispose();
    this.#timers.delete(name);
  }
}
