/**
 * The life of every session: queue, schedule, pull, start, end. The only place that changes a session's status.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Face } from '../face.ts';
import type { FolderStore } from '../folders/folder-store.ts';
import { badParameters, Problem } from '../http/problem.ts';
import type { ImageCatalog } from '../images/catalog.ts';
import type { KernelRuntime, PullProgress } from '../runtime/kernel.ts';
import type { Slots } from '../slots/slots.ts';
import type { BackgroundTasks, EventHub } from './events.ts';
import { liveStat } from './live-stat.ts';
import { sourceOf } from './plan-mounts.ts';
import { explain, judge } from './predicates.ts';
import { Pulls } from './pulls.ts';
import { isOver, type Session, type SessionStatus } from './session.ts';
import { SessionStore } from './session-store.ts';
import { Usage } from './usage.ts';

/** A waiting session is looked at again so often, beside every time that resources become free. */
const retryMs = 5000;
/** Progress of a fetch is told at most so often. */
const progressMs = 500;

export interface SessionServiceOptions {
  readonly face: Face;
  readonly runtime: KernelRuntime;
  readonly images: ImageCatalog;
  readonly folders: FolderStore;
  readonly events: EventHub;
  readonly tasks: BackgroundTasks;
  readonly capacity: Slots;
  /** Time between two statuses that take no time of their own. */
  readonly paceMs: number;
  readonly log: (line: string) => void;
}

/** What a new session is made of; the service adds its state. */
export type SessionOrder = Pick<
  Session,
  | 'owner'
  | 'name'
  | 'image'
  | 'tag'
  | 'priority'
  | 'requested'
  | 'shmem'
  | 'environ'
  | 'mounts'
  | 'preopenPorts'
  | 'bootstrapScript'
  | 'startupCommand'
  | 'dependencies'
>;

export type Ending = 'cancelled' | 'terminated' | 'nothing';

function words(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

export class SessionService {
  readonly store: SessionStore;
  readonly usage: Usage;
  private readonly options: SessionServiceOptions;
  private readonly pulls: Pulls;
  private readonly changes = new Set<() => void>();
  private retryTimer: NodeJS.Timeout | null = null;
  private stopping = false;

  constructor(options: SessionServiceOptions) {
    this.options = options;
    this.store = new SessionStore(options.face);
    this.usage = new Usage(this.store, options.capacity);
    this.pulls = new Pulls(options.runtime);
  }

  /** Puts a session into the queue. Throws 400/412 quota-exceeded when the queue is full. */
  enqueue(order: SessionOrder): Session {
    const { maxPendingSessions } = this.usage.policyOf(order.owner);
    if (this.usage.queue(order.owner).length >= maxPendingSessions) {
      throw new Problem(
        this.options.face.since('25.15.1') ? 400 : 412,
        'quota-exceeded',
        'You have reached your resource limit.',
        {
          msg: `You cannot create more than ${maxPendingSessions} pending sessions.`,
        },
      );
    }
    const now = Date.now();
    const session: Session = {
      ...order,
      id: randomUUID(),
      kernelId: randomUUID(),
      madeUp: false,
      createdAt: now,
      startsAt: null,
      scheduledAt: null,
      terminatedAt: null,
      status: 'PENDING',
      statusInfo: null,
      statusData: null,
      history: new Map([['PENDING', now]]),
      result: 'UNDEFINED',
      holdsSlots: false,
      kernel: null,
      containerId: null,
      lastUsage: null,
      usageReadAt: Number.NEGATIVE_INFINITY,
      finalLogs: '',
      cancel: new AbortController(),
      retries: 0,
    };
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
    for (const session of this.usage.queue()) {
      const verdict = judge(
        session,
        {
          capacity: this.usage.capacity,
          occupied: this.usage.occupied(),
          occupiedByKeypair: this.usage.occupied(session.owner),
          policy: this.usage.policyOf(session.owner),
          running: this.usage.running(session.owner),
          dependencies: session.dependencies.flatMap((id) => this.store.byId(id) ?? []),
        },
        this.options.face,
      );
      if (verdict.failed.length === 0) {
        session.holdsSlots = true;
        void this.run(session);
        continue;
      }
      session.retries += 1;
      const { info, data } = explain(verdict, session.retries, new Date(), this.options.face);
      const isNews = session.statusInfo !== info;
      session.statusInfo = info;
      session.statusData = data;
      if (isNews) this.options.events.changed(session, info);
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

  /** Stops the session's services, which start again on their next use; its home stays as it is. */
  async restart(session: Session): Promise<void> {
    const { kernel } = session;
    if (session.status !== 'RUNNING' || kernel === null) throw badParameters('The session is not running.');
    this.enter(session, 'RESTARTING', 'user-requested');
    await Promise.all(kernel.services.map(({ name }) => kernel.shutdownService(name).catch(() => undefined)));
    this.enter(session, 'RUNNING');
  }

  /** Cancels a session that does not run yet, ends one that does; the ending goes on after this returns. */
  destroy(session: Session, reason: string): Ending {
    if (isOver(session) || session.status === 'TERMINATING') return 'nothing';
    if (session.madeUp || session.kernel !== null || session.status === 'ERROR') {
      void this.end(session, reason, null);
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
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    for (const session of this.store.all())
      if (!isOver(session)) session.cancel.abort(new Error('The sandbox is closing.'));
    this.notify();
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

  private async pace(session: Session): Promise<void> {
    await delay(this.options.paceMs, undefined, { signal: session.cancel.signal });
  }

  /** From SCHEDULED to RUNNING, with the statuses that this face knows. */
  private async run(session: Session): Promise<void> {
    const { face } = this.options;
    const { signal } = session.cancel;
    try {
      session.statusData = null;
      session.scheduledAt = Date.now();
      this.enter(session, 'SCHEDULED');
      await this.pace(session);
      this.enter(session, 'PREPARING');
      await this.pace(session);
      this.enter(session, 'PULLING');
      await this.fetchEnvironment(session);
      await this.pace(session);
      if (face.since('24.12')) {
        this.enter(session, 'PREPARED');
        await this.pace(session);
        this.enter(session, 'CREATING');
        await this.pace(session);
      } else {
        this.enter(session, 'PREPARING');
      }
      await this.startKernel(session, signal);
    } catch (error) {
      this.release(session);
      if (signal.aborted) return;
      this.options.log(`session ${session.name} failed: ${words(error)}`);
      session.statusData = {
        error: { src: 'agent', name: 'KernelCreationFailed', repr: words(error), agent_id: 'i-sandbox' },
      };
      this.enter(session, 'ERROR', 'failed-to-start');
    }
  }

  private async fetchEnvironment(session: Session): Promise<void> {
    const { name } = session.image.environment;
    const known = await this.options.images.find(session.image.reference);
    if (known?.environment.installed ?? session.image.environment.installed) return;
    const task = this.options.tasks.start(`Fetching ${name}`);
    let toldAt = Number.NEGATIVE_INFINITY;
    const tell = ({ current, total, message }: PullProgress): void => {
      this.options.tasks.update(task, { event: 'bgtask_updated', message, current, total });
      session.statusInfo = message;
      session.statusData = { pull: { task_id: task, current, total, message } };
      if (performance.now() - toldAt < progressMs) return;
      toldAt = performance.now();
      this.options.events.changed(session, message);
    };
    try {
      await this.pulls.pull(name, tell, session.cancel.signal);
      this.options.tasks.update(task, { event: 'bgtask_done', message: `Fetched ${name}`, current: 1, total: 1 });
    } catch (error) {
      const event = session.cancel.signal.aborted ? 'bgtask_cancelled' : 'bgtask_failed';
      this.options.tasks.update(task, { event, message: words(error), current: 0, total: 0 });
      throw error;
    } finally {
      this.options.images.refresh();
    }
    session.statusInfo = null;
    session.statusData = null;
  }

  private async startKernel(session: Session, signal: AbortSignal): Promise<void> {
    const { runtime, folders } = this.options;
    const mounts = await Promise.all(
      session.mounts.map(async (mount) => ({
        target: mount.target,
        source: await sourceOf(mount, folders),
        readOnly: mount.readOnly,
      })),
    );
    const kernel = await runtime.start({
      sessionId: session.id,
      sessionName: session.name,
      kernelId: session.kernelId,
      environment: session.image.environment.name,
      environ: session.environ,
      mounts,
      preopenPorts: session.preopenPorts,
      bootstrapScript: session.bootstrapScript,
      userKey: await session.owner.sshKey(),
      resources: {
        cpu: Number((session.requested.cpu ?? 0n) / 1_000_000n),
        memBytes: Number((session.requested.mem ?? 0n) / 1_000_000n),
        accelerators: acceleratorsOf(session),
      },
    });
    // Starting cannot be cut short, so a session that was cancelled meanwhile is taken down as soon as it stands.
    if (signal.aborted) {
      await kernel.stop();
      throw signal.reason;
    }
    session.kernel = kernel;
    session.containerId = session.kernelId.replaceAll('-', '').repeat(2);
    this.enter(session, 'RUNNING');
    kernel.usage().then(
      (usage) => {
        session.lastUsage = usage;
      },
      () => undefined,
    );
    void kernel.ended.then((exitCode) => {
      if (this.stopping) return;
      if (session.status === 'RUNNING' || session.status === 'RESTARTING')
        void this.end(session, 'self-terminated', exitCode);
    });
  }

  /** Takes a session down: TERMINATING, its processes, TERMINATED. */
  private async end(session: Session, reason: string, exitCode: number | null): Promise<void> {
    const { kernel } = session;
    this.enter(session, 'TERMINATING', reason);
    if (kernel !== null) {
      session.finalLogs = kernel.logs();
      await kernel.stop().catch((error: unknown) => this.options.log(`session ${session.name}: ${words(error)}`));
      session.kernel = null;
    }
    session.statusData = { kernel: { exit_code: exitCode }, session: { status: 'TERMINATED' } };
    session.terminatedAt = Date.now();
    this.enter(session, 'TERMINATED', reason);
    this.release(session);
  }

  private release(session: Session): void {
    if (!session.holdsSlots) return;
    session.holdsSlots = false;
    this.schedule();
  }
}

function acceleratorsOf(session: Session): Record<string, string> {
  const shares = session.requested['cuda.shares'] ?? 0n;
  return shares === 0n ? {} : { 'cuda.shares': `${Number(shares) / 1_000_000}` };
}

/** The figures of a session as `GET` and GraphQL show them, or `null` when none were read. */
export function statOf(session: Session): ReturnType<typeof liveStat> | null {
  return session.lastUsage === null ? null : liveStat(session, session.lastUsage);
}
