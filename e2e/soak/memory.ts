/**
 * Memory over time: samples with the straight line that fits them best. Under work they hold what is on its way at that
 * moment, so what is alive is judged at rest, object by object (heap.ts); here, what the system gave.
 */
import type { Probe } from '../hosts/probe.ts';

const everyMs = 5_000;
const mib = (bytes: number) => bytes / 1_048_576;

interface Sample {
  readonly atMs: number;
  /** MiB that are alive: JavaScript's heap and what stands beside it. */
  readonly live: number;
  /** MiB that the system has given to the process. */
  readonly resident: number;
}

/** How much `values` grow from the first to the last moment, by least squares. */
function growth(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, it) => sum + of(it), 0) / samples.length;
  const middleAt = mean((it) => it.atMs);
  const middle = mean(value);
  const spread = samples.reduce((sum, it) => sum + (it.atMs - middleAt) ** 2, 0);
  if (spread === 0) return 0;
  const slope = samples.reduce((sum, it) => sum + (it.atMs - middleAt) * (value(it) - middle), 0) / spread;
  return slope * ((samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0));
}

export class Memory {
  readonly #probe: Probe;
  readonly #samples: Sample[] = [];
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(probe: Probe) {
    this.#probe = probe;
  }

  start(): void {
    const startedAt = Date.now();
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(async () => {
        // A host that was stopped on purpose answers later.
        const { memory } = await this.#probe.look();
        const live = mib(memory.heapUsed + memory.external);
        this.#samples.push({ atMs: Date.now() - startedAt, live, resident: mib(memory.rss) });
      });
      // Told by `stop`, where the soak gets that far.
      this.#looking.catch(() => undefined);
    }, everyMs);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
  }

  /**
   * MiB that the system gave more, from the middle of the time to its end. In the first half code is compiled and the
   * young generation finds its size, once.
   */
  get residentGrowth(): number {
    return growth(this.#samples.slice(Math.floor(this.#samples.length / 2)), ({ resident }) => resident);
  }

  told(): string {
    const line = (value: (sample: Sample) => number) =>
      this.#samples
        .filter((_, at) => at % Math.ceil(this.#samples.length / 12) === 0)
        .map((sample) => Math.round(value(sample) * 10) / 10)
        .join(' ');
    return `live ${line(({ live }) => live)} MiB; resident ${line(({ resident }) => resident)} MiB`;
  }
}
