/** All kernels of one sandbox: finds environments, fetches a missing one, starts kernels and ends them. */
import { mkdir, readdir, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type FoundEnvironment, findEnvironments, jupyterEnvironment } from './environments/environments.ts';
import { type Lookup, systemLookup } from './environments/lookup.ts';
import { PullQueue, pullJupyter } from './environments/pull.ts';
import type { EnvironmentInfo, KernelRuntime, KernelSpec, PullProgress, RunningKernel } from './kernel.ts';
import { type LocalKernel, startKernel } from './local-kernel.ts';
import { processName } from './processes/process-table.ts';
import { ProcessTracker } from './processes/process-tracker.ts';
import { startSupervisor } from './processes/supervisor.ts';
import { checkSystemServer } from './ssh/system-server.ts';

export interface RuntimeOptions {
  /** Kernels, and what the runtime fetches, are below it. */
  readonly dataDir: string;
  readonly sshd: 'builtin' | 'openssh' | 'dropbear' | 'none';
  /** False: the SSH server refuses to forward ports. */
  readonly forwarding?: boolean;
  readonly log: (line: string) => void;
  /** Where to look for programs; tests hide them with it. */
  readonly lookup?: Lookup;
}

/** Also the shape of what is deleted at the end: nothing that could be a path. */
const kernelIdPattern = /^[0-9A-Za-z][0-9A-Za-z-]{7,63}$/;

/** Deletes what an earlier run left, then is ready to start kernels. @throws Error when the folder cannot be made. */
export async function createKernelRuntime(options: RuntimeOptions): Promise<KernelRuntime> {
  const sessionsFolder = join(options.dataDir, 'sessions');
  await mkdir(sessionsFolder, { recursive: true, mode: 0o700 });
  const real = await realpath(sessionsFolder);
  await sweep(real, options.log);
  return new LocalRuntime({ ...options, dataDir: dirname(real) }, real, options.lookup ?? (await systemLookup()));
}

/** A folder here at start belongs to a run that was killed together with its supervisors, e.g. by a power cut. */
async function sweep(sessionsFolder: string, log: (line: string) => void): Promise<void> {
  const temporary = await realpath(tmpdir());
  for (const kernelId of await readdir(sessionsFolder)) {
    if (!kernelIdPattern.test(kernelId)) continue;
    const folder = join(sessionsFolder, kernelId);
    const owner = await readFile(join(folder, 'owner'), 'utf8').catch(() => '');
    // Another sandbox on the same folder is alive: its sessions are its own.
    if (owner !== '' && processName(Number.parseInt(owner, 10)) === owner) continue;
    const sockets = await readFile(join(folder, 'sockets'), 'utf8').catch(() => '');
    // SECURITY: only a folder that the runtime itself could have made is deleted (lifecycle.itest.ts, "sweeps what is left, and only that").
    const ownSockets = dirname(sockets) === temporary && /^berth-\w{6}$/.test(basename(sockets));
    log(`deleting what is left of session ${kernelId}`);
    const code = await startSupervisor(kernelId, ownSockets ? [folder, sockets] : [folder], log).sweep();
    if (code !== 0) log(`could not delete all of ${folder}`);
  }
}

class LocalRuntime implements KernelRuntime {
  private readonly options: RuntimeOptions;
  private readonly sessionsFolder: string;
  private readonly lookup: Lookup;
  private readonly tracker = new ProcessTracker();
  private readonly kernels = new Set<LocalKernel>();
  private readonly starting = new Set<Promise<unknown>>();
  private readonly pulls: PullQueue;
  private disposed: Promise<void> | null = null;

  constructor(options: RuntimeOptions, sessionsFolder: string, lookup: Lookup) {
    this.options = options;
    this.sessionsFolder = sessionsFolder;
    this.lookup = lookup;
    this.pulls = new PullQueue((onProgress, signal) => pullJupyter(lookup, options.dataDir, onProgress, signal));
  }

  private find(): Promise<FoundEnvironment[]> {
    return findEnvironments(this.lookup, this.options.dataDir);
  }

  async environments(): Promise<readonly EnvironmentInfo[]> {
    return (await this.find()).map((one) => one.info);
  }

  async pull(name: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void> {
    const found = await this.environment(name);
    if (found.info.installed) return;
    if (name !== jupyterEnvironment) throw new Error(`The environment "${name}" cannot be fetched on this computer.`);
    await this.pulls.join(onProgress, signal);
    if (!(await this.environment(name)).info.installed) {
      throw new Error('Jupyter was fetched but does not run on this computer: "jupyter-notebook --version" fails.');
    }
  }

  private async environment(name: string): Promise<FoundEnvironment> {
    const found = (await this.find()).find((one) => one.info.name === name);
    if (!found) throw new Error(`This computer's sandbox has no environment "${name}".`);
    return found;
  }

  async start(spec: KernelSpec): Promise<RunningKernel> {
    if (this.disposed) throw new Error('The sandbox is ending and starts no more sessions.');
    // SECURITY: the id becomes a folder that is deleted at the end (lifecycle.itest.ts, "refuses an id that is a path").
    if (!kernelIdPattern.test(spec.kernelId)) throw new Error(`"${spec.kernelId}" is no kernel id.`);
    const starting = this.startChecked(spec);
    this.starting.add(starting);
    try {
      return await starting;
    } finally {
      this.starting.delete(starting);
    }
  }

  private async startChecked(spec: KernelSpec): Promise<LocalKernel> {
    const { sshd, log } = this.options;
    if (sshd !== 'builtin' && sshd !== 'none') await checkSystemServer(sshd);
    const found = await this.environment(spec.environment);
    if (!found.info.installed) throw new Error(`The environment "${spec.environment}" is not on this computer yet.`);
    const kernel = await startKernel(spec, found, {
      sessionsFolder: this.sessionsFolder,
      sshd,
      forwarding: this.options.forwarding ?? true,
      log,
      tracker: this.tracker,
      peer: (host) => [...this.kernels].find((one) => one.isHost(spec.sessionId, host)) ?? null,
    });
    this.kernels.add(kernel);
    void kernel.ended.then(() => this.kernels.delete(kernel));
    return kernel;
  }

  dispose(): Promise<void> {
    this.disposed ??= this.disposeOnce();
    return this.disposed;
  }

  private async disposeOnce(): Promise<void> {
    await Promise.allSettled([this.pulls.stop(), ...this.starting]);
    const ended = await Promise.allSettled([...this.kernels].map((kernel) => kernel.stop()));
    for (const one of ended) if (one.status === 'rejected') this.options.log(String(one.reason));
  }
}
