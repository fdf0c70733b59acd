/** Ending in order and in time: what was started last ends first, and no step can hold up the others. */
import type { AreaLog } from '../log/log.ts';

interface Step {
  readonly name: string;
  readonly limitMs: number;
  readonly run: () => void | Promise<void>;
}

/** Resolves once `work` is done, failed or out of time. */
async function bounded(step: Step, log: AreaLog): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), step.limitMs);
  });
  try {
    const work = Promise.resolve(step.run());
    if ((await Promise.race([work, late])) === 'late') {
      log.warn('A part did not end in time', { part: step.name, limitMs: step.limitMs });
      // It may still fail later, which must not count as a new defect.
      work.catch(() => {});
    }
  } catch (error) {
    log.error('A part did not end cleanly', { part: step.name, error });
  } finally {
    clearTimeout(timer);
  }
}

export class Shutdown {
  readonly #steps: Step[] = [];
  readonly #log: AreaLog;
  #run: Promise<void> | null = null;

  constructor(log: AreaLog) {
    this.#log = log;
  }

  get hasBegun(): boolean {
    return this.#run !== null;
  }

  /** @param limitMs after this time the next step runs, whatever became of this one */
  add(name: string, limitMs: number, run: () => void | Promise<void>): void {
    this.#steps.push({ name, limitMs, run });
  }

  /** Runs every step once, however often it is called. */
  run(): Promise<void> {
    this.#run ??= (async () => {
      for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await bounded(step, this.#log);
    })();
    return this.#run;
  }
}
