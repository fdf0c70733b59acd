/**
 * All transfers: begun from a look, kept over window close, paused when Berth quits and offered again afterwards. A
 * session is ended only by a transfer that was told to, and only once everything chosen is verified.
 */
import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { KeepInput, Transfer } from '../../src-preload/contract/transfers.ts';
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Emit } from '../handlers.ts';
import type { LinksService, SessionRefValue } from '../links/links-service.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import type { AreaLog } from '../log/log.ts';
import { Copy, makeFolderInContainer } from './copy.ts';
import { Download, type KeepJob } from './download.ts';
import { folderName, localNames } from './local-names-policy.ts';
import type { LookedAt } from './looks.ts';
import type { Loss } from './loss-check.ts';
import { makeOwnFolder } from './place-file.ts';
import { isBelow, relativeTo } from './raw-path-policy.ts';
import { type Plan, type PlanItem, type PlanStore, planStore, storedTransfers } from './transfer-plan.ts';
import { TransferRun } from './transfer-run.ts';

export interface TransfersDeps {
  readonly links: LinksService;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly log: AreaLog;
  /** Berth's data folder. */
  readonly dataDir: string;
  looked(checkId: string): LookedAt;
  /** Looks once more over a connection that is there. */
  lookAt(ref: SessionRefValue, connection: SshConnection, signal: AbortSignal): Promise<Loss>;
  /** Throws BerthError `session-gone` when the site has ended it; anything else when the site does not say. */
  checkSession(ref: SessionRefValue): Promise<void>;
  endSession(ref: SessionRefValue): Promise<void>;
  readonly platform?: NodeJS.Platform;
}

interface Entry {
  readonly store: PlanStore;
  transfer: Transfer;
  run: TransferRun | null;
  /** Settles when the run has written its last. */
  running: Promise<void> | null;
}

const isOver = ({ state }: Transfer): boolean => state === 'done' || state === 'cancelled';

export class TransfersService implements Disposable {
  readonly #deps: TransfersDeps;
  readonly #root: string;
  readonly #platform: NodeJS.Platform;
  readonly #entries = new Map<string, Entry>();
  readonly #ready: Promise<void>;
  readonly #offEnded: () => void;
  #isDisposed = false;

  constructor(deps: TransfersDeps) {
    this.#deps = deps;
    this.#root = join(deps.dataDir, 'transfers');
    this.#platform = deps.platform ?? process.platform;
    this.#ready = this.#restore();
    this.#offEnded = deps.known.onEnded((accountId, sessionId) => {
      for (const entry of this.#entries.values()) {
        const { transfer } = entry;
        if (transfer.accountId === accountId && transfer.sessionId === sessionId && transfer.state === 'paused') {
          const error = new BerthError('session-gone', { place: 'site' }).toValue();
          this.#note(entry, { ...transfer, state: 'failed', error }, true);
        }
      }
    });
  }

  async list(): Promise<Transfer[]> {
    await this.#ready;
    return [...this.#entries.values()].map(({ transfer }) => transfer);
  }

  /** Throws BerthError `not-found`, `no-space`, `file-write`, `copy-failed` before anything is moved. */
  async keep(input: KeepInput, signal: AbortSignal): Promise<Transfer> {
    await this.#ready;
    const { ref, loss } = this.#deps.looked(input.checkId);
    const chosen = input.chosen.flatMap(([first, last]) => loss.found.slice(first, last + 1));
    if (chosen.length === 0) throw new BerthError('invalid-input', { place: 'computer', params: { field: 'chosen' } });
    const { home } = loss.scope;
    const below = chosen.map(({ path }) =>
      isBelow(path, home) ? relativeTo(home, path) : Buffer.concat([Buffer.from('outside-home'), path]),
    );
    const names = input.to.kind === 'download' ? localNames(below, this.#platform) : below.map(() => '');
    const items: PlanItem[] = chosen.map((file, at) => ({ ...file, local: names[at] ?? '' }));
    const bytesTotal = items.reduce((sum, { bytes }) => sum + bytes, 0);
    const sessionName = this.#deps.known.get(ref.accountId, ref.sessionId)?.name ?? ref.sessionId;
    const folder =
      input.to.kind === 'download'
        ? await this.#localFolder(input.to.folder, sessionName, bytesTotal)
        : await this.#remoteFolder(ref, input.to.folder, sessionName, bytesTotal, signal);
    const id = randomUUID();
    const kept = new Set(chosen);
    const left = loss.found.flatMap((file) => (kept.has(file) ? [] : [file.path]));
    const plan: Plan = { items, home, canHash: loss.canHash, left };
    const store = planStore(this.#root, id);
    await store.save(plan);
    const transfer: Transfer = {
      id,
      ...ref,
      sessionName,
      siteName: this.#deps.accounts.site(ref.accountId).name,
      kind: input.to.kind,
      folder,
      state: 'running',
      filesTotal: items.length,
      filesDone: 0,
      bytesTotal,
      bytesDone: 0,
      bytesPerSecond: null,
      verifiedBy: loss.canHash ? 'hash' : 'second-read',
      thenEnd: input.thenEnd,
      startedAt: new Date(this.#deps.clock.now()).toISOString(),
      endedAt: null,
      failures: [],
      failedCount: 0,
      interrupted: false,
    };
    const entry: Entry = { store, transfer, run: null, running: null };
    this.#entries.set(id, entry);
    this.#start(entry, plan);
    return entry.transfer;
  }

  async pause(id: string): Promise<void> {
    const entry = this.#entry(id);
    entry.run?.stop('paused');
    await entry.running;
  }

  /** Goes on with a paused one, tries a failed one again. Throws BerthError `session-gone`, `file-write`. */
  async resume(id: string): Promise<void> {
    await this.#ready;
    const entry = this.#entry(id);
    if (entry.run || isOver(entry.transfer)) return;
    const plan = await entry.store.load().catch((cause: unknown) => {
      throw new BerthError('not-found', { place: 'computer', params: { path: this.#root }, cause });
    });
    await this.#exists(entry);
    if (entry.run || isOver(entry.transfer)) return;
    const { error: _gone, ...rest } = entry.transfer;
    entry.transfer = { ...rest, state: 'running', endedAt: null, interrupted: false };
    this.#start(entry, plan);
  }

  /** A session that is over takes no link: that is said at once, and not after minutes of trying. */
  async #exists(entry: Entry): Promise<void> {
    const { accountId, sessionId } = entry.transfer;
    try {
      await this.#deps.checkSession({ accountId, sessionId });
    } catch (error) {
      // A site that does not answer now may do so in a moment; the link waits for it.
      if (!(error instanceof BerthError) || error.code !== 'session-gone') return;
      const endedAt = new Date(this.#deps.clock.now()).toISOString();
      this.#note(entry, { ...entry.transfer, state: 'failed', endedAt, error: error.toValue() }, true);
      throw error;
    }
  }

  async cancel(id: string): Promise<void> {
    const entry = this.#entry(id);
    if (entry.run) {
      entry.run.stop('cancelled');
      await entry.running;
    } else if (!isOver(entry.transfer)) {
      const endedAt = new Date(this.#deps.clock.now()).toISOString();
      this.#note(entry, { ...entry.transfer, state: 'cancelled', endedAt }, true);
    }
  }

  async forget(id: string): Promise<void> {
    const entry = this.#entry(id);
    if (entry.run) return;
    this.#entries.delete(id);
    await entry.store.remove();
    this.#deps.emit('transfers', 'removed', { transferId: id });
  }

  /** The folder of a download. Throws BerthError `not-found`. */
  folderOf(id: string): string {
    const { transfer } = this.#entry(id);
    if (transfer.kind !== 'download') throw new BerthError('not-found', { place: 'computer', params: { id } });
    return transfer.folder;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#offEnded();
    await this.#ready.catch(() => undefined);
    const running = [...this.#entries.values()].flatMap((entry) => {
      entry.run?.stop('paused');
      return entry.running ?? [];
    });
    await Promise.all(running);
    await Promise.all([...this.#entries.values()].map(({ store }) => store.saved()));
  }

  async #restore(): Promise<void> {
    const stored = await storedTransfers(this.#root, (name, error) =>
      this.#deps.log.warn('A transfer of an earlier run could not be read', { name, error }),
    );
    for (const transfer of stored) {
      const wasRunning = ['running', 'reconnecting', 'ending'].includes(transfer.state);
      const interrupted = transfer.interrupted || wasRunning;
      const state = wasRunning ? 'paused' : transfer.state;
      const restored: Transfer = { ...transfer, state, interrupted, bytesPerSecond: null };
      const store = planStore(this.#root, transfer.id);
      this.#entries.set(transfer.id, { store, transfer: restored, run: null, running: null });
    }
  }

  async #localFolder(parent: string, sessionName: string, bytesTotal: number): Promise<string> {
    const wanted = parent === '~' ? homedir() : /^~[/\\]/.test(parent) ? join(homedir(), parent.slice(2)) : parent;
    const folder = await makeOwnFolder(
      isAbsolute(wanted) ? wanted : join(homedir(), wanted),
      folderName(sessionName, this.#platform),
    );
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < bytesTotal) {
      throw new BerthError('no-space', {
        place: 'computer',
        retry: 'user',
        params: { path: folder, needed: bytesTotal, free: bavail * bsize },
      });
    }
    return folder;
  }

  async #remoteFolder(
    ref: SessionRefValue,
    parent: string,
    sessionName: string,
    bytesTotal: number,
    signal: AbortSignal,
  ): Promise<string> {
    const use = this.#deps.links.acquire(ref, { kind: 'files' });
    try {
      const name = `from-${folderName(sessionName, 'linux')}`;
      return await makeFolderInContainer(await use.ready(signal), parent, name, bytesTotal, signal);
    } finally {
      await use.dispose();
    }
  }

  #start(entry: Entry, plan: Plan): void {
    const { transfer } = entry;
    const ref = { accountId: transfer.accountId, sessionId: transfer.sessionId };
    const use = this.#deps.links.acquire(ref, { kind: 'files' });
    const run = new TransferRun(
      {
        use,
        clock: this.#deps.clock,
        lookAgain: async (connection, signal) => (await this.#deps.lookAt(ref, connection, signal)).found,
        endSession: () => this.#deps.endSession(ref),
        tell: (value, isState) => this.#note(entry, value, isState),
      },
      plan,
      transfer,
    );
    const job: KeepJob = {
      plan,
      store: entry.store,
      folder: transfer.folder,
      done: run.done,
      failed: run.failed,
      onBytes: (index, delta) => run.onBytes(index, delta),
      onFound: (index, bytes) => run.onFound(index, bytes),
      onDone: (index) => run.onDone(index),
    };
    const keeper = transfer.kind === 'download' ? new Download(job) : new Copy(job);
    entry.run = run;
    entry.running = run
      .run(keeper)
      .then(async () => {
        if (keeper instanceof Download && run.transfer.state === 'cancelled') await keeper.discardParts();
      })
      .finally(async () => {
        entry.run = null;
        entry.running = null;
        await use.dispose();
      });
    this.#note(entry, transfer, true);
  }

  #note(entry: Entry, transfer: Transfer, isState: boolean): void {
    // What quitting interrupts is offered again.
    entry.transfer = this.#isDisposed && transfer.state === 'paused' ? { ...transfer, interrupted: true } : transfer;
    if (isState) {
      entry.store
        .saveTransfer(entry.transfer)
        .catch((error: unknown) => this.#deps.log.error('A transfer could not be noted', { error }));
    }
    this.#deps.emit('transfers', 'changed', entry.transfer);
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new BerthError('not-found', { place: 'computer', params: { id } });
    return entry;
  }
}
