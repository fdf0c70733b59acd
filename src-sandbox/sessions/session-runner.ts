/**
 * One session's way from SCHEDULED to RUNNING and to its end: environment, kernels, a batch job, taking down.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { generateSshKeyPair, type SshKeyPair } from '../auth/ssh-key.ts';
import type { Face } from '../face.ts';
import type { FolderStore } from '../folders/folder-store.ts';
import type { ImageCatalog } from '../images/catalog.ts';
import type { KernelRuntime, KernelSpec, PullProgress, RunningKernel } from '../runtime/kernel.ts';
import { agentOf } from '../slots/capacity.ts';
import type { BackgroundTasks, EventHub } from './events.ts';
import { noteUsage } from './live-stat.ts';
import { sourceOf } from './plan-mounts.ts';
import { Pulls } from './pulls.ts';
import type { Session, SessionKernel, SessionStatus } from './session.ts';

/** Progress of a fetch is told at most so often. */
const progressMs = 500;

export interface RunnerOptions {
  readonly face: Face;
  readonly runtime: KernelRuntime;
  readonly images: ImageCatalog;
  readonly folders: FolderStore;
  readonly events: EventHub;
  readonly tasks: BackgroundTasks;
  readonly paceMs: number;
  readonly log: (line: string) => void;
  readonly isStopping: () => boolean;
  readonly enter: (session: Session, status: SessionStatus, info?: string) => void;
  /** Called when a session has given its resources back. */
  readonly freed: () => void;
}

function words(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

function acceleratorsOf(session: Session): Record<string, string> {
  const shares = session.order.requested['cuda.shares'] ?? 0n;
  return shares === 0n ? {} : { 'cuda.shares': `${Number(shares) / 1_000_000}` };
}

export class SessionRunner {
  private readonly options: RunnerOptions;
  private readonly pulls: Pulls;

  constructor(options: RunnerOptions) {
    this.options = options;
    this.pulls = new Pulls(options.runtime);
  }

  /** From SCHEDULED to RUNNING, with the statuses that this face knows. */
  async run(session: Session): Promise<void> {
    const { face, enter } = this.options;
    const { signal } = session.cancel;
    try {
      session.statusData = null;
      session.scheduledAt = Date.now();
      enter(session, 'SCHEDULED');
      await this.pace(session);
      enter(session, 'PREPARING');
      await this.pace(session);
      enter(session, 'PULLING');
      await this.fetchEnvironment(session);
      await this.pace(session);
      if (face.since('24.12')) {
        enter(session, 'PREPARED');
        await this.pace(session);
        enter(session, 'CREATING');
        await this.pace(session);
      } else {
        enter(session, 'PREPARING');
      }
      await this.startKernels(session, signal);
    } catch (error) {
      this.release(session);
      if (signal.aborted) return;
      this.options.log(`session ${session.name} failed: ${words(error)}`);
      const agent = agentOf(session.order.resourceGroup);
      session.statusData = {
        error: { src: 'agent', name: 'KernelCreationFailed', repr: words(error), agent_id: agent },
      };
      enter(session, 'ERROR', 'failed-to-start');
    }
  }

  /** Takes a session down: TERMINATING, its processes, TERMINATED. */
  async end(session: Session, reason: string, exitCode: number | null): Promise<void> {
    this.options.enter(session, 'TERMINATING', reason);
    await Promise.all(session.kernels.map((kernel) => this.stopKernel(session, kernel)));
    if (session.isBatch && session.result === 'UNDEFINED' && exitCode !== null) {
      session.result = exitCode === 0 ? 'SUCCESS' : 'FAILURE';
    }
    session.statusData = { kernel: { exit_code: exitCode }, session: { status: 'TERMINATED' } };
    session.terminatedAt = Date.now();
    this.options.enter(session, 'TERMINATED', reason);
    if (session.isBatch && session.result !== 'UNDEFINED') this.options.events.finished(session, reason);
    this.release(session);
  }

  private async stopKernel(session: Session, kernel: SessionKernel): Promise<void> {
    const { running } = kernel;
    if (running === null) return;
    kernel.finalLogs = running.logs();
    await running.stop().catch((error: unknown) => this.options.log(`session ${session.name}: ${words(error)}`));
    kernel.running = null;
  }

  private async pace(session: Session): Promise<void> {
    await delay(this.options.paceMs, undefined, { signal: session.cancel.signal });
  }

  private async fetchEnvironment(session: Session): Promise<void> {
    const { name } = session.image.environment;
    const known = await this.options.images.find(session.image.baseReference);
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

  private async specOf(
    session: Session,
    kernel: SessionKernel,
    { mounts, key }: { mounts: KernelSpec['mounts']; key: SshKeyPair | null },
  ): Promise<KernelSpec> {
    const { order } = session;
    return {
      sessionId: session.id,
      sessionName: session.name,
      kernelId: kernel.id,
      environment: session.image.environment.name,
      environ: order.environ,
      mounts,
      preopenPorts: order.preopenPorts,
      bootstrapScript: order.bootstrapScript,
      dotfiles: session.owner.dotfiles,
      userKey: await session.owner.sshKey(),
      resources: {
        cpu: Number((order.requested.cpu ?? 0n) / 1_000_000n),
        memBytes: Number((order.requested.mem ?? 0n) / 1_000_000n),
        accelerators: acceleratorsOf(session),
      },
      cluster: {
        hosts: session.kernels.map(({ hostname }) => hostname),
        host: kernel.hostname,
        role: kernel.role,
        index: kernel.index,
        rank: session.kernels.indexOf(kernel),
        key,
      },
    };
  }

  private async startKernels(session: Session, signal: AbortSignal): Promise<void> {
    const { runtime, folders } = this.options;
    const mounts = await Promise.all(
      session.order.mounts.map(async (mount) => ({
        target: mount.target,
        source: await sourceOf(mount, folders),
        readOnly: mount.readOnly,
      })),
    );
    const key = session.kernels.length > 1 ? await generateSshKeyPair(`cluster-${session.id}`) : null;
    const common = { mounts, key };
    const starting = session.kernels.map(async (kernel) => runtime.start(await this.specOf(session, kernel, common)));
    const started = await Promise.allSettled(starting);
    const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = started.find((one) => one.status === 'rejected');
    // Starting cannot be cut short, so a session that was cancelled meanwhile is taken down as soon as it stands.
    if (signal.aborted || failed !== undefined) {
      await Promise.allSettled(running.map((kernel) => kernel.stop()));
      throw signal.aborted ? signal.reason : failed?.reason;
    }
    for (const [position, kernel] of session.kernels.entries()) this.attach(session, kernel, running[position]);
    session.lastActivityAt = Date.now();
    this.options.enter(session, 'RUNNING');
    if (session.isBatch) void this.runBatch(session);
  }

  private attach(session: Session, kernel: SessionKernel, running: RunningKernel | undefined): void {
    if (running === undefined) return;
    kernel.running = running;
    kernel.containerId = kernel.id.replaceAll('-', '').repeat(2);
    running.usage().then(
      (usage) => {
        noteUsage(kernel, usage);
      },
      () => undefined,
    );
    void running.ended.then((exitCode) => {
      if (this.options.isStopping()) return;
      if (session.status === 'RUNNING' || session.status === 'RESTARTING')
        void this.end(session, 'self-terminated', exitCode);
    });
  }

  /** Runs the startup command; its end is the session's end, and its exit code the session's result. */
  private async runBatch(session: Session): Promise<void> {
    const { batchTimeoutMs, startupCommand } = session.order;
    const { running } = session.main;
    if (running === null || startupCommand === null) return;
    const job = running.runBatch(startupCommand);
    const timer = new AbortController();
    const late = batchTimeoutMs === null ? null : delay(batchTimeoutMs, 'late' as const, { signal: timer.signal });
    // Its abortion means only that the job was faster.
    late?.catch(() => undefined);
    const outcome = await Promise.race([job, ...(late === null ? [] : [late])]);
    timer.abort();
    if (session.status !== 'RUNNING' || this.options.isStopping()) return;
    if (outcome === 'late') {
      session.result = 'FAILURE';
      await this.end(session, 'task-timeout', null);
      return;
    }
    session.result = outcome === 0 ? 'SUCCESS' : 'FAILURE';
    await this.end(session, outcome === 0 ? 'task-finished' : 'task-failed', outcome);
  }

  private release(session: Session): void {
    if (!session.holdsSlots) return;
    session.holdsSlots = false;
    this.options.freed();
  }
}
