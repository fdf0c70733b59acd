/**
 * Everything about launches that outlives the one call: their history, recipes that came from outside, what opens once a
 * session runs, and how far a start is beside how long it usually takes.
 */
import { randomUUID } from 'node:crypto';
import type { SessionRef } from '../../src-preload/contract/common.ts';
import type { LaunchSpec } from '../../src-preload/contract/launch-spec.ts';
import type { HistoryEntry, LaunchProgress, OpensWhenRunning, Recipe } from '../../src-preload/contract/launches.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { Accounts } from '../backend/site-api.ts';
import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { Emit } from '../handlers.ts';
import type { DocumentStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';
import { familyOf, hasEnded } from '../sessions/status-policy.ts';
import { LaunchesBook, type PendingOpening } from './launches-book.ts';
import { addDurations, describeStart, durationsOf, type Step, startSteps } from './phase-policy.ts';
import { readRecipe, type WrittenRecipe, writeRecipe } from './recipe-policy.ts';
import { specOfSession } from './session-spec-policy.ts';

/** What this service needs of sessions. */
export interface LaunchedSessions {
  get(accountId: string, sessionId: string): Session | undefined;
  read(ref: SessionRef, signal?: AbortSignal): Promise<Session>;
  onChanged(listener: (accountId: string, sessions: readonly Session[]) => void): Unsubscribe;
}

export interface LaunchesServiceOptions {
  readonly store: DocumentStore;
  readonly accounts: Accounts;
  /** Host name of an account's site. */
  readonly siteHost: (accountId: string) => string;
  readonly sessions: LaunchedSessions;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly log: AreaLog;
}

const runs: ReadonlySet<string> = new Set(['RUNNING', 'RUNNING_DEGRADED']);
/** More than any site opens; a range typed wrong must not fill the memory. */
const maxNamedPorts = 100;
/** Starts that are watched at once; the oldest are forgotten first. */
const maxSeen = 2_000;

const keyOf = (accountId: string, sessionId: string): string => `${accountId}/${sessionId}`;

export class LaunchesService {
  readonly #options: LaunchesServiceOptions;
  readonly #book: LaunchesBook;
  readonly #unsubscribe: readonly Unsubscribe[];
  /** Steps of starts that were seen here, by account and session. */
  readonly #seen = new Map<string, Step[]>();
  #ready: PendingOpening[] = [];
  #requested: Recipe | null = null;

  constructor(options: LaunchesServiceOptions) {
    this.#options = options;
    this.#book = new LaunchesBook(options.store, options.clock, options.log);
    this.#unsubscribe = [
      options.sessions.onChanged((accountId, sessions) => {
        for (const session of sessions) this.#look(accountId, session);
      }),
      options.accounts.onSignedOut((accountId) => {
        this.#book.forgetAccount(accountId);
        this.#ready = this.#ready.filter((one) => one.accountId !== accountId);
      }),
    ];
  }

  /** Throws BerthError `account-missing`. */
  history(accountId: string): HistoryEntry[] {
    return this.#book.history(this.#siteId(accountId));
  }

  record(
    accountId: string,
    spec: LaunchSpec,
    sessions: readonly { readonly sessionId: string; readonly name: string }[],
    opens: OpensWhenRunning | null,
  ): void {
    const at = new Date(this.#options.clock.now()).toISOString();
    this.#book.add(this.#siteId(accountId), {
      id: randomUUID(),
      at,
      title: null,
      pinned: false,
      spec,
      sessions: [...sessions],
    });
    for (const { sessionId } of sessions) this.setOpens({ accountId, sessionId }, opens);
  }

  change(accountId: string, id: string, change: Partial<Pick<HistoryEntry, 'title' | 'pinned'>>): void {
    this.#book.change(this.#siteId(accountId), id, change);
  }

  forget(accountId: string, id: string): void {
    this.#book.forget(this.#siteId(accountId), id);
  }

  draft(accountId: string): LaunchSpec | null {
    return this.#book.draft(accountId);
  }

  keepDraft(accountId: string, spec: LaunchSpec): void {
    this.#siteId(accountId);
    this.#book.keepDraft(accountId, spec);
  }

  write(accountId: string, title: string, spec: LaunchSpec): WrittenRecipe {
    return writeRecipe(title, this.#options.siteHost(accountId), spec);
  }

  /** Throws BerthError `session-gone` when neither the site nor the history knows it. */
  async again(ref: SessionRef, signal?: AbortSignal): Promise<Recipe> {
    const madeFor = this.#options.siteHost(ref.accountId);
    const entry = this.#book.entryOf(this.#siteId(ref.accountId), ref.sessionId);
    const spec = entry?.spec ?? specOfSession(await this.#options.sessions.read(ref, signal));
    const leftOut = spec.environ.filter(({ name, value }) => name !== '' && value === '').map(({ name }) => name);
    return { title: entry?.title ?? spec.name, spec, madeFor, leftOut };
  }

  /** Names of preopen ports by port, as far as this Berth started the session and still remembers it. */
  portNames(ref: SessionRef): Record<string, string> {
    const ports = this.#book.entryOf(this.#siteId(ref.accountId), ref.sessionId)?.spec.ports ?? [];
    const named = ports.flatMap(({ ports: text, name }) => {
      const [from = Number.NaN, to = from] = text.split(/[:-]/).map(Number);
      const count = Number.isInteger(from) && Number.isInteger(to) && name.trim() !== '' ? to - from + 1 : 0;
      return Array.from({ length: Math.max(0, Math.min(count, maxNamedPorts)) }, (_, index) => [
        from + index,
        name.trim(),
      ]);
    });
    return Object.fromEntries(named);
  }

  /**
   * A recipe from outside (a file on the command line, a link): kept until a window takes it.
   * @throws BerthError `recipe-invalid`
   */
  request(text: string): void {
    this.#requested = readRecipe(text);
    this.#options.emit('launches', 'requested', {});
  }

  takeRequested(): Recipe | null {
    const requested = this.#requested;
    this.#requested = null;
    return requested;
  }

  async progress(ref: SessionRef, signal?: AbortSignal): Promise<LaunchProgress> {
    const session = await this.#options.sessions.read(ref, signal);
    const steps = startSteps(session, this.#seen.get(keyOf(ref.accountId, ref.sessionId)) ?? []);
    return {
      ...describeStart(session.status, steps, this.#book.durations(this.#siteId(ref.accountId), session.image)),
      opens: this.#openingOf(ref)?.opens ?? null,
    };
  }

  /** What opens once the session runs; null: nothing. Already running: at once. */
  setOpens(ref: SessionRef, opens: OpensWhenRunning | null): void {
    const others = this.#book.openings.filter((one) => one !== this.#openingOf(ref));
    const at = new Date(this.#options.clock.now()).toISOString();
    this.#book.setOpenings(opens === null ? others : [...others, { ...ref, opens, at }]);
    const session = this.#options.sessions.get(ref.accountId, ref.sessionId);
    if (session !== undefined) this.#open(ref.accountId, session);
  }

  /** Each is given once. */
  takeOpenings(): { accountId: string; sessionId: string; sessionName: string; opens: OpensWhenRunning }[] {
    const ready = this.#ready;
    this.#ready = [];
    const taken = new Set(ready);
    this.#book.setOpenings(this.#book.openings.filter((one) => !taken.has(one)));
    return ready.map(({ accountId, sessionId, opens }) => ({
      accountId,
      sessionId,
      sessionName: this.#options.sessions.get(accountId, sessionId)?.name ?? sessionId,
      opens,
    }));
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#book.dispose();
  }

  #look(accountId: string, session: Session): void {
    this.#watchStart(accountId, session);
    this.#open(accountId, session);
  }

  #watchStart(accountId: string, session: Session): void {
    const key = keyOf(accountId, session.id);
    const before = this.#seen.get(key);
    const family = familyOf(session.status);
    if (before === undefined && family !== 'waiting' && family !== 'starting') return;
    const steps = before ?? [];
    if (steps.at(-1)?.status === session.status) return;
    const wasRunning = steps.some(({ status }) => runs.has(status));
    steps.push({ status: session.status, at: new Date(this.#options.clock.now()).toISOString() });
    this.#seen.set(key, steps);
    const oldest = this.#seen.size > maxSeen ? this.#seen.keys().next().value : undefined;
    if (oldest !== undefined) this.#seen.delete(oldest);
    if (wasRunning || !runs.has(session.status)) return;
    const durations = durationsOf(startSteps(session, steps));
    if (durations === null) return;
    const siteId = this.#siteId(accountId);
    this.#book.setDurations(
      siteId,
      session.image,
      addDurations(this.#book.durations(siteId, session.image), durations),
    );
  }

  #open(accountId: string, session: Session): void {
    const waiting = this.#openingOf({ accountId, sessionId: session.id });
    if (waiting === undefined) return;
    if (hasEnded(session.status)) {
      this.#ready = this.#ready.filter((one) => one !== waiting);
      this.#book.setOpenings(this.#book.openings.filter((one) => one !== waiting));
    } else if (runs.has(session.status) && !this.#ready.includes(waiting)) {
      this.#ready.push(waiting);
      this.#options.emit('launches', 'opening', {});
    }
  }

  #openingOf(ref: SessionRef): PendingOpening | undefined {
    return this.#book.openings.find((one) => one.accountId === ref.accountId && one.sessionId === ref.sessionId);
  }

  #siteId(accountId: string): string {
    return this.#options.accounts.site(accountId).id;
  }
}
