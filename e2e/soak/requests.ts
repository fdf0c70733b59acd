/** Requests through one way into the session: bytes that can be foretold, and deeds that are counted where they happen. */
import { type Checks, delay, eventually, type Work, workAgainMs } from './checks.ts';
import { randomFrom } from './schedule.ts';
import { ask, bytesOf, type Way } from './source.ts';

const smallAtOnce = 3;

export class Requests implements Work {
  readonly name: string;
  readonly #way: Way;
  /** To the source itself, past everything. */
  readonly #direct: Way;
  readonly #random: () => number;
  readonly #wrong: string[] = [];
  readonly #answeredDeeds = new Set<string>();
  #running: Promise<unknown> | null = null;
  #stopped = false;
  #next = 0;
  #good = 0;
  #failed = 0;
  #bytes = 0;

  constructor(name: string, way: Way, direct: Way, seed: number) {
    this.name = name;
    this.#way = way;
    this.#direct = direct;
    this.#random = randomFrom(seed);
  }

  start(): void {
    this.#stopped = false;
    const loops = Array.from({ length: smallAtOnce }, () =>
      this.#loop(() => this.#fetch(1 + this.#below(64 * 1024)), 40),
    );
    loops.push(this.#loop(() => this.#fetch(this.#below(12 * 1024 * 1024)), 300));
    loops.push(this.#loop(() => this.#post(), 100));
    this.#running = Promise.all(loops);
    // Told by `stop`.
    this.#running.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async judge(checks: Checks): Promise<void> {
    const works = `${this.name}: answers once the network is well`;
    checks.expect(works);
    await eventually(works, async () => ((await this.#fetch(1_000)) ? true : null), workAgainMs).catch(
      (error: unknown) => checks.fail(works, String(error)),
    );
    const right = `${this.name}: no byte of an answer lost, doubled or wrong`;
    checks.expect(right);
    for (const wrong of this.#wrong) checks.fail(right, wrong);
    checks.verify(`${this.name}: most requests are answered`, this.#good > this.#failed, () => this.told());
    const { body } = await ask(this.#direct, '/done');
    const done = JSON.parse(body.toString()) as Record<string, number>;
    const mine = Object.entries(done).filter(([path]) => path.startsWith(`/do/${this.name}-`));
    const twice = mine.filter(([, times]) => times > 1).map(([path]) => path);
    checks.verify(`${this.name}: nothing is done twice`, twice.length === 0, () => twice.join(', '));
    const undone = [...this.#answeredDeeds].filter((path) => done[path] === undefined);
    checks.verify(`${this.name}: what was answered was done`, undone.length === 0, () => undone.join(', '));
  }

  told(): string {
    return `${this.#good} answered, ${this.#failed} failed while the network was bad, ${Math.round(this.#bytes / 1_048_576)} MiB`;
  }

  #below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  async #loop(act: () => Promise<boolean>, pauseMs: number): Promise<void> {
    while (!this.#stopped) {
      const isGood = await act();
      if (isGood) this.#good += 1;
      else this.#failed += 1;
      await delay(isGood ? pauseMs : 500);
    }
  }

  async #fetch(length: number): Promise<boolean> {
    const id = `${this.name}-${this.#next++}`;
    let answer: Awaited<ReturnType<typeof ask>>;
    try {
      answer = await ask(this.#way, `/bytes?id=${id}&n=${length}`);
    } catch {
      // A cut answer that its client can see is what a bad network looks like.
      return false;
    }
    if (answer.status === 503 || answer.status === 502) return false;
    this.#bytes += answer.body.length;
    if (answer.status !== 200) this.#wrong.push(`${id}: status ${answer.status}`);
    else if (!answer.body.equals(bytesOf(id, length))) {
      this.#wrong.push(`${id}: ${answer.body.length} bytes of ${length}, and not the right ones`);
    }
    return true;
  }

  async #post(): Promise<boolean> {
    const path = `/do/${this.name}-${this.#next++}`;
    try {
      const answer = await ask(this.#way, path, 'POST');
      if (answer.status !== 200) return false;
      this.#answeredDeeds.add(path);
      if (answer.body.toString() !== path)
        this.#wrong.push(`${path}: answered as ${answer.body.toString().slice(0, 80)}`);
      return true;
    } catch {
      // It may have been done or not; twice it may not.
      return false;
    }
  }
}
