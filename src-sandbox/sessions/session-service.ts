/**
 * The queue of sessions and what may be asked of them. How one starts and ends is in session-runner.ts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Face } from '../face.ts';
import type { FolderStore } from '../folders/folder-store.ts';
import { badParameters, Problem } from '../http/problem.ts';
import type { ImageCatalog } from '../images/catalog.ts';
import type { KernelRuntime } from '../runtime/kernel.ts';
import type { Slots } from '../slots/slots.ts';
import type { BackgroundTasks, EventHub } from './events.ts';
import { idleReason } from './idle-checks.ts';
import { explain, judge } from './predicates.ts';
import { isOver, Session, type SessionOrder, type SessionStatus } from './session.ts';
import { SessionRunner } from './session-runner.ts';
import { SessionStore } from './session-store.ts';
import { Usage } from './usage.ts';

/** A waiting session is looked at again so often, beside every time that resources become free. */
const retryMs = 5000;
/** Idle sessions are looked for so often. */
const idleCheckMs = 1000;

export interface SessionServiceOptions {
  readonly face: Face;
  readonly runtime: KernelRuntime;
  readonly images: ImageCatalog;
  readonly folders: FolderStore;
  readonly events: EventHub;
  readonly tasks: BackgroundTasks;
  readonly capacity: Slots;
  /** Seconds without use after which the stock policy reclaims a session; 0 for never. */
  readonly idleTimeout: number;
  /** Time between two statuses that take no time of their own. */
  readonly paceMs: number;
  readonly log: (line: string) => void;
}

export type Ending = 'cancelled' | 'terminated' | 'nothing';

export class SessionService {
  readonly store: SessionStore;
  readonly usage: Usage;
  /** Time that a step takes which needs none of its own. */
  readonly paceMs: number;
  private readonly options: SessionServiceOptions;
  private readonly runner: SessionRunner;
  private readonly changes = new Set<() => void>();
  private readonly idleTimer: NodeJS.Timeout;
  private retryTimer: NodeJS.Timeout | null = null;
  private stopping = false;

  constructor(options: SessionServiceOptions) {
    this.options = options;
    this.paceMs = options.paceMs;
    this.store = new SessionStore(options.face);
    this.usage = new Usage(this.store, options.capacity, options.idleTimeout);
    this.runner = new SessionRunner({
      ...options,
      isStopping: () => this.stopping,
      enter: (session, status, info) => this.enter(session, status, info),
      freed: () => this.schedule(),
    });
    this.idleTimer = setInterval(() => this.reclaim(), idleCheckMs).unref();
  }

  /** Puts a session into the queue. Throws 400/412 quota-exceeded when the queue is full. */
  enqueue(order: SessionOrder): Session {
    const { maxPendingSessions } = this.usage.policyOf(order.owner);
    if (this.usage.queue(order.owner).length >= maxPendingSessions) {
      throw new Problem(
        this.options.face.since('25.15.1') ? 400 : 412,
        'quota-exceeded',
        'You have reached your resource limit.',
        { msg: `You cannot create more than ${maxPendingSessions} pending sessions.` },
      );
    }
    const session = new Session(order);
    this.store.add(session);
    this.store.trim();
    this.options.events.enqueued(session);
    this.notify();
    void delay(this.options.paceMs, undefined, { ref: false }).then(() => this.schedule());
    return session;
  }

  /** Starts every pending session that may start, in order; the others learn why they wait. */
  schedule(): void {
    if (this.stopping) return;
    const { face, events } = this.options;
    for (const session of this.usage.queue()) {
      const { resourceGroup: group, project, dependencies } = session.order;
      const verdict = judge(
        session,
        {
          now: Date.now(),
          capacity: this.usage.capacityOf(group),
          occupied: this.usage.occupied({ group }),
          occupiedByKeypair: this.usage.occupied({ owner: session.owner }),
          occupiedByProject: this.usage.occupied({ projectId: project.id }),
          policy: this.usage.policyOf(session.owner),
          running: this.usage.running(session.owner),
          dependencies: dependencies.flatMap((id) => this.store.byId(id) ?? []),
        },
        face,
      );
      if (verdict.failed.length === 0) {
        session.holdsSlots = true;
        void this.runner.run(session);
        continue;
      }
      session.retries += 1;
      const { info, data } = explain(verdict, session.retries, new Date(), face);
      const isNews = session.statusInfo !== info;
      session.statusInfo = info;
      session.statusData = data;
      if (isNews) events.changed(session, info);
    }
    if (this.usage.queue().length > 0 && this.retryTimer === null) {
      this.retryTimer = setTimeout(() => {
        this.retryTimer = null;
        this.schedule();
      }, retryMs).unref();
    }
  }

  /** Resolves when the session runs, ended or failed, or after `limitMs`. */
  async settled(session: Session, limitMs: number | null): Promise<void> {
    const done = (): boolean => session.status === 'RUNNING' || session.status === 'ERROR' || isOver(session);
    if (done()) return;
    await new Promise<void>((resolve) => {
      const timer = limitMs === null ? null : setTimeout(finish, limitMs);
      const look = (): void => {
        if (done() || this.stopping) finish();
      };
      const changes = this.changes;
      function finish(): void {
        if (timer !== null) clearTimeout(timer);
        changes.delete(look);
        resolve();
      }
      changes.add(look);
    });
  }

  rename(session: Session, name: string): void {
    if (session.status !== 'RUNNING') throw badParameters("Can't change name of not running session");
    const other = this.store.liveByName(name, session.owner);
    if (other !== null && other !== session) throw badParameters('Duplicate session name.');
    session.name = name;
  }

  /** Stops the session's services, which start again on their next use; its homes stay as they are. */
  async restart(session: Session): Promise<void> {
    if (session.status !== 'RUNNING') throw badParameters('The session is not running.');
    this.enter(session, 'RESTARTING', 'user-requested');
    const services = session.kernels.flatMap(({ running }) =>
      running === null ? [] : running.services.map(({ name }) => running.shutdownService(name)),
    );
    await Promise.allSettled(services);
    this.enter(session, 'RUNNING');
  }

  /** Cancels a session that does not run yet, ends one that does; the ending goes on after this returns. */
  destroy(session: Session, reason: string): Ending {
    if (isOver(session) || session.status === 'TERMINATING') return 'nothing';
    if (session.madeUp || session.main.running !== null || session.status === 'ERROR') {
      void this.runner.end(session, reason, null);
      return 'terminated';
    }
    session.cancel.abort(new Error('The session was cancelled.'));
    session.terminatedAt = Date.now();
    this.enter(session, 'CANCELLED', reason);
    return 'cancelled';
  }

  /** Makes no session start or end any more; the runtime ends the processes. */
  dispose(): void {
    this.stopping = true;
    clearInterval(this.idleTimer);
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    for (const session of this.store.all())
      if (!isOver(session)) session.cancel.abort(new Error('The sandbox is closing.'));
    this.notify();
  }

  /** Ends sessions that nobody used for longer than their policy allows. */
  private reclaim(): void {
    for (const session of this.store.all()) {
      if (session.status !== 'RUNNING' || session.madeUp) continue;
      const reason = idleReason(session, this.usage.policyOf(session.owner), Date.now());
      if (reason !== null) this.destroy(session, reason);
    }
  }

  private notify(): void {
    for (const listener of [...this.changes]) listener();
  }

  private enter(session: Session, status: SessionStatus, info: string | null = null): void {
    session.status = status;
    session.statusInfo = info;
    session.history.set(status, Date.now());
    this.options.log(`session ${session.name}: ${status}${info === null ? '' : ` (${info})`}`);
    this.options.events.changed(session, info ?? '');
    this.notify();
  }
}
