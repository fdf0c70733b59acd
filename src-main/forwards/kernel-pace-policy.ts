/**
 * When the other kernels of a session are looked into: slowly, a few at a time, and those that cannot be reached ever more
 * seldom. Pure.
 */
import type { KernelListening, Listening } from '../../src-preload/contract/forwards.ts';

/** Each look is a login of the main kernel's in another one. */
export const againMs = 15_000;
const firstRetryMs = 60_000;
const mostRetryMs = 10 * 60_000;
/** One round asks so many at most; the others of a large cluster have their turn in the next ones. */
const mostAtOnce = 8;

interface Known {
  readonly listening: Listening;
  readonly failures: number;
  readonly dueAt: number;
}

export class KernelPace {
  readonly #known = new Map<string, Known>();

  /** Those to look into now, the ones that have waited longest first. */
  due(kernels: readonly string[], now: number): string[] {
    const dueAt = (kernel: string): number => this.#known.get(kernel)?.dueAt ?? Number.NEGATIVE_INFINITY;
    return kernels
      .filter((kernel) => dueAt(kernel) <= now)
      .sort((a, b) => (dueAt(a) < dueAt(b) ? -1 : Number(dueAt(a) > dueAt(b))))
      .slice(0, mostAtOnce);
  }

  note(kernel: string, listening: Listening, now: number): void {
    const failures = listening.unseen === undefined ? 0 : (this.#known.get(kernel)?.failures ?? 0) + 1;
    const waitMs = failures === 0 ? againMs : Math.min(firstRetryMs * 2 ** (failures - 1), mostRetryMs);
    this.#known.set(kernel, { listening, failures, dueAt: now + waitMs });
  }

  /** They could not be asked at all: what was known of them stays. */
  putOff(kernels: readonly string[], now: number): void {
    for (const kernel of kernels) {
      const { listening = { ports: [], asOf: null }, failures = 0 } = this.#known.get(kernel) ?? {};
      this.#known.set(kernel, { listening, failures, dueAt: now + firstRetryMs });
    }
  }

  list(kernels: readonly string[]): KernelListening[] {
    return kernels.map((kernel) => ({ kernel, ...(this.#known.get(kernel)?.listening ?? { ports: [], asOf: null }) }));
  }
}
