/** A folder of the session, kept on this computer again and again, its files compared with what stands in the session. */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Berth } from '../../src-preload/client.ts';
import type { Transfer } from '../../src-preload/contract/transfers.ts';
import type { SessionRef } from '../hosts/rig.ts';
import { type Checks, delay, type Work } from './checks.ts';
import { randomFrom } from './schedule.ts';

const files = 120;
const largestBytes = 1_500_000;
/** Longer than any wait of a link between two tries, also of one that failed many times. */
const stuckMs = 120_000;
/** As many looks as Berth keeps of one session (files/kept-looks.ts). */
const keptLooks = 4;

function hashesOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(relative(folder, path), createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  return found;
}

export class Transfers implements Work {
  readonly name = 'transfers';
  readonly #berth: Berth;
  readonly #session: SessionRef;
  readonly #source: string;
  readonly #target: string;
  readonly #expected: Map<string, string>;
  readonly #wrong: string[] = [];
  #running: Promise<unknown> | null = null;
  #stopped = false;
  #rounds = 0;
  #interruptions = 0;

  /**
   * @param home of the session, where a folder of files is made
   * @param target an empty folder on this computer
   */
  constructor(berth: Berth, session: SessionRef, home: string, target: string, seed: number) {
    this.#berth = berth;
    this.#session = session;
    this.#target = target;
    this.#source = join(home, 'soak-files');
    const random = randomFrom(seed);
    for (let at = 0; at < files; at++) {
      const folder = join(this.#source, `folder ${at % 7}`);
      mkdirSync(folder, { recursive: true });
      // Many small ones, a few large ones, and empty ones.
      const bytes = Buffer.alloc(at % 10 === 0 ? 0 : Math.floor(random() ** 4 * largestBytes));
      writeFileSync(join(folder, `file ${at}.bin`), randomFillSync(bytes));
    }
    this.#expected = hashesOf(this.#source);
  }

  async settle(): Promise<void> {
    for (let looks = 0; looks < keptLooks; looks++) await this.#berth.files.look(this.#session);
  }

  start(): void {
    this.#stopped = false;
    this.#running = (async () => {
      while (!this.#stopped) {
        await this.#round();
        await delay(1_000);
      }
    })();
    // Told by `stop`.
    this.#running.catch(() => undefined);
  }

  /** The round that is under way comes to its end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async judge(checks: Checks): Promise<void> {
    const right = 'transfers: every file as it stands in the session, none lost, none doubled';
    checks.expect(right);
    for (const wrong of this.#wrong) checks.fail(right, wrong);
    checks.verify('transfers: rounds come to their end', this.#rounds > 0, () => 'none did');
    const left = await this.#berth.transfers.list();
    checks.verify('transfers: none is left over', left.length === 0, () => left.map(({ state }) => state).join(', '));
  }

  told(): string {
    return `${this.#rounds} rounds of ${files} files, went on ${this.#interruptions} times`;
  }

  async #round(): Promise<void> {
    const checkId = await this.#look();
    if (checkId === null) return;
    const entries = await this.#berth.files.entries({ checkId });
    const chosen = entries.flatMap(([path], at): [number, number][] =>
      path.startsWith('soak-files/') ? [[at, at]] : [],
    );
    if (chosen.length !== files) {
      this.#wrong.push(`a look found ${chosen.length} of ${files} files`);
      return;
    }
    const begun = await this.#berth.transfers
      .keep({ checkId, chosen, to: { kind: 'download', folder: this.#target }, thenEnd: false })
      .catch(() => null);
    if (begun === null) return;
    const ended = await this.#end(begun);
    if (ended === null) return;
    this.#compare(ended);
    await this.#berth.transfers.forget({ transferId: ended.id });
    rmSync(ended.folder, { recursive: true, force: true });
    this.#rounds += 1;
  }

  /** Null when the link was lost on the way: the next round looks again. */
  async #look(): Promise<string | null> {
    try {
      return (await this.#berth.files.look(this.#session)).checkId;
    } catch {
      // A look is asked again by a person, too.
      await delay(500);
      return null;
    }
  }

  /** Waits for the end; what failed is tried again, as a person would. */
  async #end(begun: Transfer): Promise<Transfer | null> {
    let seen = '';
    let movedAt = Date.now();
    for (;;) {
      const now = (await this.#berth.transfers.list()).find(({ id }) => id === begun.id);
      if (!now) {
        this.#wrong.push('a transfer vanished from the list');
        return null;
      }
      if (now.state === 'done') return now;
      if (now.state === 'failed' || now.state === 'paused') {
        this.#interruptions += 1;
        await this.#berth.transfers.resume({ transferId: now.id }).catch(() => undefined);
      }
      const state = `${now.state}, ${now.filesDone} files and ${now.bytesDone} bytes done`;
      if (state !== seen) movedAt = Date.now();
      seen = state;
      if (now.state === 'cancelled' || Date.now() - movedAt > stuckMs) {
        this.#wrong.push(`a transfer stays ${state}: ${JSON.stringify(now.error ?? now.failures.slice(0, 2))}`);
        return null;
      }
      await delay(300);
    }
  }

  #compare({ folder, failedCount }: Transfer): void {
    if (failedCount > 0) this.#wrong.push(`${failedCount} files could not be kept`);
    const kept = hashesOf(folder);
    const wanted = new Map([...this.#expected].map(([name, hash]) => [join('soak-files', name), hash]));
    for (const [name, hash] of wanted)
      if (kept.get(name) !== hash) this.#wrong.push(`${name} is not as in the session`);
    for (const name of kept.keys()) if (!wanted.has(name)) this.#wrong.push(`${name} was not asked for`);
  }
}
