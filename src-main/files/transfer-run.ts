/**
 * One transfer at work: passes over the session's link until nothing is missing, across lost connections. What can be
 * seen of it is a `Transfer` value.
 */
import type { Transfer, TransferState } from '../../src-preload/contract/transfers.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SessionUse } from '../links/links-service.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import type { FoundFile } from './look-policy.ts';
import { keyOf, newsOf } from './news-policy.ts';
import { shownPath } from './raw-path-policy.ts';
import type { Plan } from './transfer-plan.ts';

const maxToldFailures = 100;
const tellEveryMs = 250;
/** Speed is what came in over this time. */
const speedOverMs = 4_000;
/** A connection that breaks at once each time is not worth endless tries. */
const maxFruitless = 6;
const pauseAfterLossMs = 300;

/** A way of keeping files: `Download` or `Copy`. */
export interface Keeper {
  prepare(): Promise<void>;
  pass(connection: SshConnection, signal: AbortSignal): Promise<void>;
}

export interface RunDeps {
  readonly use: SessionUse;
  readonly clock: Clock;
  /** What would be lost now. */
  lookAgain(connection: SshConnection, signal: AbortSignal): Promise<readonly FoundFile[]>;
  endSession(): Promise<void>;
  /** Called at most a few times a second, and with each change of state. */
  tell(transfer: Transfer, isState: boolean): void;
}

export class TransferRun {
  readonly #deps: RunDeps;
  readonly #plan: Plan;
  readonly #abort = new AbortController();
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];
  /** Bytes here of each item that is not done. */
  readonly #partial = new Map<number, number>();
  readonly done = new Set<number>();
  readonly failed = new Map<number, BerthError>();
  #doneBytes = 0;
  #transfer: Transfer;
  #tellTimer: Disposable | null = null;
  #wants: 'paused' | 'cancelled' | null = null;

  constructor(deps: RunDeps, plan: Plan, transfer: Transfer) {
    this.#deps = deps;
    this.#plan = plan;
    this.#transfer = transfer;
  }

  get transfer(): Transfer {
    return this.#transfer;
  }

  onBytes(index: number, delta: number): void {
    if (!this.done.has(index)) this.#partial.set(index, (this.#partial.get(index) ?? 0) + delta);
    this.#deps.use.touch();
    this.#tellSoon();
  }

  onFound(index: number, bytes: number): void {
    this.#samples.length = 0;
    this.onBytes(index, bytes);
  }

  onDone(index: number): void {
    this.#partial.delete(index);
    this.#doneBytes += this.#plan.items[index]?.bytes ?? 0;
    this.#tellSoon();
  }

  /** Ends what runs. The promise of `run` settles soon after. */
  stop(wants: 'paused' | 'cancelled'): void {
    this.#wants = wants;
    this.#abort.abort();
  }

  /** Never throws: what went wrong stands in the transfer. */
  async run(keeper: Keeper): Promise<void> {
    try {
      await keeper.prepare();
      this.#doneBytes = [...this.done].reduce((sum, index) => sum + (this.#plan.items[index]?.bytes ?? 0), 0);
      await this.#passes(keeper);
      if (this.failed.size > 0) {
        this.#end('failed');
        return;
      }
      if (this.#transfer.thenEnd) {
        this.#set({ state: 'ending' });
        await this.#deps.endSession();
      }
      this.#end('done');
    } catch (error) {
      if (this.#wants) this.#end(this.#wants);
      else this.#end('failed', error);
    }
  }

  async #passes(keeper: Keeper): Promise<void> {
    const { signal } = this.#abort;
    for (let fruitless = 0; ; ) {
      const before = this.done.size;
      try {
        const connection = await this.#deps.use.ready(signal);
        this.#partial.clear();
        this.#set({ state: 'running' });
        await keeper.pass(connection, signal);
        if (this.#transfer.thenEnd && this.failed.size === 0) await this.#refuseNews(connection, signal);
        return;
      } catch (error) {
        if (signal.aborted || !(error instanceof BerthError)) throw error;
        const isLost = error.code === 'tunnel-lost' || error.code === 'tunnel-refused';
        fruitless = this.done.size > before || this.#received() > 0 ? 0 : fruitless + 1;
        if (!isLost || this.#deps.use.state === 'failed' || fruitless > maxFruitless) throw error;
        this.#samples.length = 0;
        this.#set({ state: 'reconnecting' });
        // The link learns of its loss a moment later than the stream on it.
        await this.#wait(pauseAfterLossMs);
      }
    }
  }

  /** What came up since the look would be lost with the session, and nobody has been asked. */
  async #refuseNews(connection: SshConnection, signal: AbortSignal): Promise<void> {
    const { items, left } = this.#plan;
    if (left === null) return;
    const kept = new Map(items.map(({ path, bytes, mtime }) => [keyOf(path), { bytes, mtime }]));
    const told = new Set([...left.map(keyOf), ...kept.keys()]);
    const news = newsOf(await this.#deps.lookAgain(connection, signal), { told, kept });
    if (news.length === 0) return;
    throw new BerthError('file-changed', {
      place: 'container',
      retry: 'user',
      params: {
        reason: 'since-look',
        count: news.length,
        names: news
          .slice(0, 3)
          .map(({ path }) => shownPath(path))
          .join(', '),
      },
    });
  }

  #received(): number {
    let sum = 0;
    for (const bytes of this.#partial.values()) sum += bytes;
    return sum;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.after(ms, resolve));
  }

  #numbers(): Partial<Transfer> {
    const bytesDone = Math.max(0, this.#doneBytes + this.#received());
    const now = this.#deps.clock.now();
    this.#samples.push({ at: now, bytes: bytesDone });
    while ((this.#samples[0]?.at ?? now) < now - speedOverMs) this.#samples.shift();
    const first = this.#samples[0];
    const seconds = first ? (now - first.at) / 1000 : 0;
    const failures = [...this.failed].slice(0, maxToldFailures).map(([index, error]) => ({
      path: shownPath(this.#plan.items[index]?.path ?? Buffer.alloc(0)),
      error: error.toValue(),
    }));
    return {
      filesDone: this.done.size,
      bytesDone,
      bytesPerSecond:
        this.#transfer.state === 'running' && first && seconds > 0.2
          ? Math.max(0, Math.round((bytesDone - first.bytes) / seconds))
          : null,
      failures,
      failedCount: this.failed.size,
    };
  }

  #tellSoon(): void {
    this.#tellTimer ??= this.#deps.clock.after(tellEveryMs, () => {
      this.#tellTimer = null;
      this.#transfer = { ...this.#transfer, ...this.#numbers() };
      this.#deps.tell(this.#transfer, false);
    });
  }

  #set(changes: Partial<Transfer> & { readonly state: TransferState }): void {
    this.#tellTimer?.dispose();
    this.#tellTimer = null;
    this.#transfer = { ...this.#transfer, ...changes };
    this.#transfer = { ...this.#transfer, ...this.#numbers() };
    this.#deps.tell(this.#transfer, true);
  }

  #end(state: 'paused' | 'cancelled' | 'done' | 'failed', error?: unknown): void {
    const value =
      error === undefined
        ? undefined
        : (error instanceof BerthError
            ? error
            : new BerthError('internal', { place: 'computer', cause: error })
          ).toValue();
    this.#set({
      state,
      endedAt: state === 'paused' ? null : new Date(this.#deps.clock.now()).toISOString(),
      ...(value ? { error: value } : {}),
    });
  }
}
