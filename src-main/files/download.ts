/**
 * Downloads what was chosen: many small files at once beside one large one, each verified by the container's own hash
 * before it gets its name. A lost connection ends a pass; the next one goes on with what is not in place yet.
 */
import { setMaxListeners } from 'node:events';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../base/berth-error.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { hashInContainer } from './container-hash.ts';
import { fetchFile, hashBySecondRead, type Source } from './fetch-file.ts';
import { staysInside } from './local-names-policy.ts';
import { isPlaced, localError, placeFile, placeLink } from './place-file.ts';
import { shownPath, textPath } from './raw-path-policy.ts';
import type { Plan, PlanItem, PlanStore } from './transfer-plan.ts';

const smallBytes = 256 * 1024;
/** Files at once: at 50 ms of distance each waits three times. */
const smallAtOnce = 32;
const readsOfSmall = 4;
const readsOfLarge = 64;
/** Verified together: one program over there for many files. */
const batchFiles = 512;
const batchBytes = 64 * 1024 * 1024;
/** A file that changes while it is read gets this many tries. */
const maxTries = 3;
/** Where links that lead out of the folder are written down. */
const linksFile = 'links of the session.txt';

/** What is shared by all ways of keeping files. */
export interface KeepJob {
  readonly plan: Plan;
  readonly store: PlanStore;
  /** The folder that was made for it. */
  readonly folder: string;
  readonly done: Set<number>;
  readonly failed: Map<number, BerthError>;
  onBytes(index: number, delta: number): void;
  /** Bytes of an earlier try: they count, but not as speed. */
  onFound(index: number, bytes: number): void;
  onDone(index: number): void;
}

const isOfConnection = (error: unknown): boolean =>
  error instanceof BerthError && ['tunnel-lost', 'tunnel-refused', 'cancelled', 'no-space'].includes(error.code);

interface Fetched {
  readonly index: number;
  readonly hash: string;
}

export class Download {
  readonly #job: KeepJob;
  readonly #parts: string;
  readonly #tries = new Map<number, number>();
  /** Sizes as they are now, of files that changed since the look. */
  readonly #sizes = new Map<number, number>();

  constructor(job: KeepJob) {
    this.#job = job;
    this.#parts = join(job.folder, '.berth-parts');
  }

  /** Notes what an earlier run put in place without saying so. Call once before the first pass. */
  async prepare(): Promise<void> {
    const { done, placing } = this.#job.store.progress();
    for (const index of done) this.#job.done.add(index);
    for (const [index, local] of placing) {
      if (this.#job.done.has(index)) continue;
      if (await isPlaced(this.#part(index), join(this.#job.folder, ...local.split('/')))) this.#finish(index);
    }
    await mkdir(this.#parts, { recursive: true }).catch((error: unknown) => {
      throw localError(error, this.#parts);
    });
  }

  /** One pass over all that is missing. Throws BerthError when the connection or the disk ends it. */
  async pass(connection: SshConnection, signal: AbortSignal): Promise<void> {
    const { plan, done } = this.#job;
    const sftp = await connection.sftp().catch((error: unknown) => {
      if (error instanceof BerthError && error.code === 'no-sftp') return null;
      throw error;
    });
    const stop = new AbortController();
    const source: Source = { connection, sftp, signal: AbortSignal.any([signal, stop.signal]) };
    // Without SFTP each worker runs a command, besides the one that hashes: no leak, as Node takes more than ten for.
    setMaxListeners(smallAtOnce + 2, source.signal);
    try {
      const wanted = plan.items.flatMap((item, index) =>
        item.kind === 'file' && !done.has(index) && !this.#job.failed.has(index) ? [index] : [],
      );
      const small = wanted.filter((index) => this.#sizeOf(index) <= smallBytes);
      const large = wanted.filter((index) => this.#sizeOf(index) > smallBytes);
      const verifier = new Verifier((batch) => this.#verify(source, batch, small, large));
      const worker = async (queue: number[], reads: number): Promise<void> => {
        for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
          const fetched = await this.#fetch(source, index, reads);
          if (fetched) await verifier.add(fetched, this.#sizeOf(index));
        }
      };
      do {
        // All of them, also after a failure: nothing may go on writing once this pass is over.
        await Promise.allSettled([
          ...Array.from({ length: smallAtOnce }, () => stopping(stop, worker(small, readsOfSmall))),
          stopping(stop, worker(large, readsOfLarge)),
        ]);
        // What ended the first worker, not what the others say of having been ended by it.
        if (stop.signal.aborted) throw stop.signal.reason;
        await verifier.flush();
      } while (small.length > 0 || large.length > 0);
      await this.#links();
    } finally {
      sftp?.end();
    }
    if (this.#job.failed.size === 0) await rm(this.#parts, { recursive: true, force: true });
  }

  /** After a person gave it up. */
  async discardParts(): Promise<void> {
    await rm(this.#parts, { recursive: true, force: true });
  }

  #sizeOf(index: number): number {
    return this.#sizes.get(index) ?? this.#job.plan.items[index]?.bytes ?? 0;
  }

  #part(index: number): string {
    return join(this.#parts, `${index}.part`);
  }

  async #fetch(source: Source, index: number, readsAtOnce: number): Promise<Fetched | null> {
    const item = this.#job.plan.items[index];
    if (!item) return null;
    try {
      const bytes = await this.#currentSize(source, index, item);
      const hash = await fetchFile(source, {
        path: item.path,
        bytes,
        part: this.#part(index),
        mayResume: bytes === item.bytes && !this.#tries.has(index),
        readsAtOnce,
        onBytes: (delta) => this.#job.onBytes(index, delta),
        onFound: (found) => this.#job.onFound(index, found),
      });
      return { index, hash };
    } catch (error) {
      if (!(error instanceof BerthError) || isOfConnection(error)) throw error;
      this.#fail(index, error);
      return null;
    }
  }

  /** The size in the look may be old: asked again where a part is there, or a try went wrong. */
  async #currentSize(source: Source, index: number, item: PlanItem): Promise<number> {
    const hasPart = (await stat(this.#part(index)).catch(() => null)) !== null;
    const text = textPath(item.path);
    if ((!hasPart && !this.#tries.has(index)) || !source.sftp || text === null) return this.#sizeOf(index);
    const now = await source.sftp.lstat(text);
    const isSame = now.size === item.bytes && now.mtime === Math.floor(item.mtime);
    this.#sizes.set(index, now.size);
    if (!isSame) await rm(this.#part(index), { force: true });
    return now.size;
  }

  async #verify(source: Source, batch: readonly Fetched[], small: number[], large: number[]): Promise<void> {
    const { plan } = this.#job;
    const items = batch.map(({ index }) => plan.items[index]);
    const hashes = plan.canHash
      ? await hashInContainer(
          source.connection,
          items.flatMap((item) => (item ? [item.path] : [])),
          source.signal,
        )
      : null;
    for (const [at, { index, hash }] of batch.entries()) {
      const item = items[at];
      if (!item) continue;
      const theirs = hashes
        ? hashes[at]
        : await hashBySecondRead(source, item.path, this.#sizeOf(index), readsOfLarge).catch((error: unknown) => {
            if (isOfConnection(error)) throw error;
            return null;
          });
      if (theirs === hash) await this.#place(index, item);
      else await this.#again(index, theirs ?? null, small, large);
    }
  }

  async #place(index: number, item: PlanItem): Promise<void> {
    this.#job.store.markPlacing(index, item.local);
    try {
      await placeFile({
        part: this.#part(index),
        wanted: join(this.#job.folder, ...item.local.split('/')),
        mode: item.mode,
        mtime: item.mtime,
      });
    } catch (error) {
      if (!(error instanceof BerthError) || isOfConnection(error)) throw error;
      this.#fail(index, error);
      return;
    }
    this.#finish(index);
  }

  /** The two differ: it changed meanwhile, or went. */
  async #again(index: number, theirs: string | null, small: number[], large: number[]): Promise<void> {
    const tries = (this.#tries.get(index) ?? 0) + 1;
    this.#tries.set(index, tries);
    const part = this.#part(index);
    const length = (await stat(part).catch(() => null))?.size ?? 0;
    await rm(part, { force: true });
    this.#job.onBytes(index, -length);
    if (tries < maxTries && theirs !== null) {
      (this.#sizeOf(index) > smallBytes ? large : small).push(index);
      return;
    }
    const code = theirs === null ? 'file-missing' : 'file-changed';
    this.#fail(index, new BerthError(code, { place: 'container', retry: 'user' }));
  }

  #fail(index: number, error: BerthError): void {
    this.#job.failed.set(index, error);
  }

  #finish(index: number): void {
    this.#job.done.add(index);
    this.#job.store.markDone(index);
    this.#job.onDone(index);
  }

  /** Last, so that no file is ever written through one. Those that lead out of the folder are written down instead. */
  async #links(): Promise<void> {
    const { plan, folder, done } = this.#job;
    const told: string[] = [];
    const indices: number[] = [];
    for (const [index, item] of plan.items.entries()) {
      if (item.kind !== 'link') continue;
      const target = textPath(item.target);
      const wanted = join(folder, ...item.local.split('/'));
      const below = Buffer.from(item.local);
      const isMade =
        target !== null && staysInside(below, item.target) && (done.has(index) || (await placeLink(target, wanted)));
      if (!isMade) told.push(`${item.local} -> ${shownPath(item.target)}`);
      if (!done.has(index)) indices.push(index);
    }
    if (told.length > 0 && indices.length > 0) {
      const part = join(this.#parts, 'links.part');
      await writeFile(part, `${told.join('\n')}\n`).catch((error: unknown) => {
        throw localError(error, part);
      });
      await placeFile({ part, wanted: join(folder, linksFile), mode: 0o600, mtime: Date.now() / 1000 });
    }
    for (const index of indices) this.#finish(index);
  }
}

/** A worker that fails ends the others; why is the signal's reason. */
async function stopping(stop: AbortController, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

/** Gathers what was fetched and verifies it in batches, one batch at a time. */
class Verifier {
  readonly #verify: (batch: readonly Fetched[]) => Promise<void>;
  #batch: Fetched[] = [];
  #bytes = 0;
  #working: Promise<void> = Promise.resolve();

  constructor(verify: (batch: readonly Fetched[]) => Promise<void>) {
    this.#verify = verify;
  }

  async add(fetched: Fetched, bytes: number): Promise<void> {
    this.#batch.push(fetched);
    this.#bytes += bytes;
    if (this.#batch.length >= batchFiles || this.#bytes >= batchBytes) await this.flush();
  }

  flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    this.#working = this.#working.then(() => (batch.length === 0 ? undefined : this.#verify(batch)));
    return this.#working;
  }
}
