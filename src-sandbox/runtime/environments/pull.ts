/** Fetches Jupyter when it is missing: Debian's package when root there, else a private virtual environment by pip. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PullProgress } from '../kernel.ts';
import { privateJupyter } from './environments.ts';
import { findProgram, type Lookup } from './lookup.ts';
import { runStep } from './pull-command.ts';

type OnProgress = (progress: PullProgress) => void;

/** Variables a package tool may need of the sandbox's own: where to find it, certificates, proxies, mirrors. */
const neededVariables =
  /^(PATH|HOME|LANG|TMPDIR|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_\w+|\w*_proxy|\w*_PROXY)$/;

function toolEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { DEBIAN_FRONTEND: 'noninteractive', PYTHONUNBUFFERED: '1' };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && neededVariables.test(name)) environment[name] = value;
  }
  return environment;
}

/** @throws Error that says what failed, where, and what to do; the signal's reason when it was aborted. */
export async function pullJupyter(
  lookup: Lookup,
  dataDir: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (lookup.canInstallPackages) await pullByApt(onProgress, signal);
    else await pullByPip(lookup, dataDir, onProgress, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const how = lookup.canInstallPackages ? 'by apt-get' : 'by pip';
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Jupyter could not be fetched on this computer ${how}: ${words}. Check that this computer reaches its package source,` +
        ' or install Jupyter Notebook yourself so that "jupyter-notebook" is found on the PATH, and start the session again.',
      { cause: error },
    );
  }
}

/** apt's status lines: `dlstatus:1:12.5:Retrieving file 3 of 20` and `pmstatus:pkg:40.0:Installing pkg`. */
export function parseAptStatus(line: string): PullProgress | null {
  const parts = /^(dlstatus|pmstatus):([^:]*):([\d.]+):(.*)$/.exec(line);
  if (!parts) return null;
  const half = Number(parts[3]) / 2;
  return { current: Math.round(parts[1] === 'dlstatus' ? half : 50 + half), total: 100, message: parts[4] ?? '' };
}

async function pullByApt(onProgress: OnProgress, signal: AbortSignal): Promise<void> {
  const shared = { file: '/usr/bin/apt-get', environment: toolEnvironment(), stopBy: 'interrupting-it' as const };
  onProgress({ current: 0, total: 100, message: 'Reading the list of packages' });
  await runStep({ ...shared, args: ['update', '-q'], onLine: () => {} }, signal);
  await runStep(
    {
      ...shared,
      args: [
        'install',
        '-y',
        '-q',
        '--no-install-recommends',
        '-o',
        'APT::Status-Fd=3',
        '-o',
        'DPkg::Lock::Timeout=60',
        'jupyter-notebook',
      ],
      statusDescriptor: 3,
      onLine: (line, from) => {
        const progress = from === 'status' ? parseAptStatus(line) : null;
        if (progress) onProgress(progress);
      },
    },
    signal,
  );
  onProgress({ current: 100, total: 100, message: 'Jupyter is installed' });
}

/** About as many packages as `notebook` brings; pip does not say how many there will be. */
const expectedPackages = 90;

async function pullByPip(lookup: Lookup, dataDir: string, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
  const place = privateJupyter(dataDir);
  const python = await findProgram('python3', lookup.path);
  if (!python) throw new Error('there is no python3 on the PATH');
  const shared = { environment: toolEnvironment(), stopBy: 'ending-its-group' as const };
  await mkdir(dirname(place.folder), { recursive: true, mode: 0o700 });
  // Half of an earlier attempt.
  await rm(place.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    onProgress({ current: 0, total: 100, message: 'Making a private Python environment' });
    await runStep({ ...shared, file: python, args: ['-m', 'venv', place.folder], onLine: () => {} }, signal).catch(
      (error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        throw new Error(`${words} (on Debian and Ubuntu the package python3-venv is needed)`);
      },
    );
    let seen = 0;
    await runStep(
      {
        ...shared,
        file: join(place.bin, 'python'),
        args: [
          '-m',
          'pip',
          'install',
          '--no-input',
          '--disable-pip-version-check',
          '--progress-bar',
          'off',
          'notebook',
        ],
        onLine: (line) => {
          const step = /^(Collecting|Downloading|Using cached|Installing collected packages)[: ]+(\S+)/.exec(
            line.trim(),
          );
          if (!step) return;
          if (step[1] === 'Collecting') seen += 1;
          const installing = step[1]?.startsWith('Installing') ?? false;
          const current = installing ? 80 : 5 + Math.min(70, Math.round((seen / expectedPackages) * 75));
          onProgress({
            current,
            total: 100,
            message: installing ? 'Installing the packages' : `${step[1]} ${step[2]}`,
          });
        },
      },
      signal,
    );
    await writeFile(place.complete, '');
  } catch (error) {
    await rm(place.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    throw error;
  }
  onProgress({ current: 100, total: 100, message: 'Jupyter is installed' });
}

interface Running {
  readonly done: Promise<void>;
  readonly listeners: Set<OnProgress>;
  readonly stop: AbortController;
  last: PullProgress | null;
}

/** One pull at a time; a second request joins it, and it is aborted only when everybody who waits for it gave up. */
export class PullQueue {
  private running: Running | null = null;
  private readonly work: (onProgress: OnProgress, signal: AbortSignal) => Promise<void>;

  constructor(work: (onProgress: OnProgress, signal: AbortSignal) => Promise<void>) {
    this.work = work;
  }

  async join(onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    // One that was given up still cleans up behind itself; joining it would only share its end.
    while (this.running?.stop.signal.aborted) await this.running.done.catch(() => {});
    signal.throwIfAborted();
    const running = this.running ?? this.begin();
    running.listeners.add(onProgress);
    if (running.last) onProgress(running.last);
    let leave = (): void => {};
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => {
        running.listeners.delete(onProgress);
        if (running.listeners.size === 0) running.stop.abort(signal.reason);
        reject(signal.reason);
      };
    });
    signal.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([running.done, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      running.listeners.delete(onProgress);
    }
  }

  private begin(): Running {
    const stop = new AbortController();
    const listeners = new Set<OnProgress>();
    const report = (progress: PullProgress): void => {
      running.last = progress;
      for (const listener of listeners) listener(progress);
    };
    const done = this.work(report, stop.signal).finally(() => {
      this.running = null;
    });
    // Everybody may have left before it ends.
    done.catch(() => {});
    const running: Running = { done, listeners, stop, last: null };
    this.running = running;
    return running;
  }

  /** Ends a pull that still runs, at shutdown. */
  async stop(): Promise<void> {
    const { running } = this;
    if (!running) return;
    running.stop.abort(new Error('The sandbox is ending.'));
    await running.done.catch(() => {});
  }
}
