/**
 * Fetching of missing environments. Sessions that want the same one share a single fetch, which goes on as long as
 * one of them still waits.
 */
import type { KernelRuntime, PullProgress } from '../runtime/kernel.ts';

interface Pull {
  readonly done: Promise<void>;
  readonly stop: AbortController;
  readonly watchers: Set<(progress: PullProgress) => void>;
  waiting: number;
  /** Told at once to those who come later. */
  readonly last: PullProgress | null;
}

function untilAborted(signal: AbortSignal): { readonly promise: Promise<never>; readonly dispose: () => void } {
  let dispose = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    const give = (): void => reject(signal.reason);
    if (signal.aborted) return give();
    signal.addEventListener('abort', give, { once: true });
    dispose = () => signal.removeEventListener('abort', give);
  });
  return { promise, dispose };
}

export class Pulls {
  private readonly runtime: KernelRuntime;
  private readonly running = new Map<string, Pull>();

  constructor(runtime: KernelRuntime) {
    this.runtime = runtime;
  }

  /** Resolves when the environment is there; rejects with the runtime's words, or when `signal` is aborted. */
  async pull(name: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void> {
    const pull = this.running.get(name) ?? this.begin(name);
    pull.watchers.add(onProgress);
    pull.waiting += 1;
    if (pull.last !== null) onProgress(pull.last);
    const aborted = untilAborted(signal);
    try {
      await Promise.race([pull.done, aborted.promise]);
    } finally {
      aborted.dispose();
      pull.watchers.delete(onProgress);
      pull.waiting -= 1;
      if (pull.waiting === 0) pull.stop.abort();
    }
  }

  private begin(name: string): Pull {
    const stop = new AbortController();
    const watchers = new Set<(progress: PullProgress) => void>();
    let last: PullProgress | null = null;
    const tell = (progress: PullProgress): void => {
      last = progress;
      for (const watcher of [...watchers]) watcher(progress);
    };
    const done = this.runtime.pull(name, tell, stop.signal).finally(() => this.running.delete(name));
    // Everyone who waits sees the failure through `pull`; without a waiter nobody is left to be told.
    done.catch(() => undefined);
    const pull: Pull = {
      done,
      stop,
      watchers,
      waiting: 0,
      get last() {
        return last;
      },
    };
    this.running.set(name, pull);
    return pull;
  }
}
