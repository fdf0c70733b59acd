/**
 * Logs of containers: opened for windows that show them, kept when their session ends, given back by the line. One open log
 * a container, however many windows look.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { KeptLogs, LogLines, LogRef, LogState } from '../../src-preload/contract/logs.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { personPath } from '../base/person-path.ts';
import type { StreamPort } from '../handlers.ts';
import type { AreaLog } from '../log/log.ts';
import { FollowedLog } from './followed-log.ts';
import { KeptLog } from './kept-log.ts';
import { LogStore } from './log-store.ts';

export interface LogsServiceOptions {
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: AreaLog;
  /** The bound of all kept logs together; 0: nothing is kept of sessions that have ended. */
  readonly limitBytes: () => number;
  readonly home?: string;
}

interface Open {
  readonly log: Promise<FollowedLog>;
  users: number;
  idle: { dispose(): void | Promise<void> } | null;
}

/** A log that nobody looks at is closed after this: opening a large one again takes a while. */
const lingerMs = 60_000;
/** One log may take this share of the bound. */
const shareOfOne = 0.5;
/** While a session runs, its log is followed whatever the bound of kept ones says. */
const leastBytes = 64 * 1024 * 1024;

const keyOf = ({ accountId, sessionId, kernelId }: LogRef) => `${accountId}/${sessionId}/${kernelId ?? ''}`;

export class LogsService {
  readonly #options: LogsServiceOptions;
  readonly #store: LogStore;
  readonly #open = new Map<string, Open>();
  readonly #unsubscribe: readonly (() => void)[];
  #disposed = false;

  constructor(options: LogsServiceOptions) {
    this.#options = options;
    this.#store = new LogStore(options.dataDir);
    this.#unsubscribe = [
      options.known.onEnded((accountId, sessionId) => {
        this.#keep(accountId, sessionId).catch((error: unknown) =>
          options.log.warn('The log of an ended session was not kept', { sessionId, error }),
        );
      }),
    ];
  }

  /** Streams how far the log is until the window closes the port. */
  follow(ref: LogRef, port: StreamPort<{ refresh: true }, LogState>): void {
    let stop = () => {};
    let closed = false;
    port.onClose(() => {
      closed = true;
      stop();
    });
    this.#use(ref)
      .then(({ log, release }) => {
        if (closed) {
          release();
          return;
        }
        const tell = (state: LogState) => port.note(state);
        tell(log.state);
        const unwatch = log.watch(tell);
        port.onControl(() => void log.refresh());
        stop = () => {
          unwatch();
          release();
        };
      })
      .catch((error: unknown) => {
        if (!closed) port.close(error);
      });
  }

  async read({ from, count, ...ref }: LogRef & { from: number; count: number }): Promise<LogLines> {
    return await this.#with(ref, async ({ log }) => {
      const { epoch } = log;
      return { epoch, from, ...(await log.read(from, count)) };
    });
  }

  async search(
    { text, matchCase, ...ref }: LogRef & { text: string; matchCase: boolean },
    signal: AbortSignal,
  ): Promise<{ epoch: number; lines: number[]; matches: number; complete: boolean }> {
    return await this.#with(ref, async ({ log }) => {
      const { epoch } = log;
      const found = await log.search(text, matchCase, signal);
      if (signal.aborted) throw new BerthError('cancelled', { place: 'computer' });
      return { epoch, ...found };
    });
  }

  /** Throws BerthError `file-exists` unless `replace`, `file-write` when the disk refuses. */
  async save({
    path,
    plain,
    replace,
    ...ref
  }: LogRef & { path: string; plain: boolean; replace: boolean }): Promise<{ path: string; bytes: number }> {
    const target = personPath(path, this.#options.home ?? homedir());
    return await this.#with(ref, async ({ log }) => {
      const draft = `${target}.part`;
      try {
        const existing = await stat(target).catch(() => null);
        if (existing?.isDirectory() || (existing !== null && !replace)) {
          throw new BerthError('file-exists', { place: 'computer', retry: 'user', params: { path: target } });
        }
        await stat(dirname(target));
        await pipeline(log.text(plain), createWriteStream(draft, { mode: 0o600 }));
        await rename(draft, target);
        return { path: target, bytes: (await stat(target)).size };
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        if (error instanceof BerthError) throw error;
        throw new BerthError('file-write', {
          place: 'computer',
          retry: 'user',
          params: { path: target },
          cause: error,
        });
      }
    });
  }

  async kept(): Promise<KeptLogs> {
    const usage = await this.#store.usage();
    return { ...usage, limitBytes: this.#options.limitBytes(), folder: this.#store.folder };
  }

  async clear(): Promise<KeptLogs> {
    await this.#closeUnused();
    await this.#store.clear(this.#inUse());
    return await this.kept();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const stop of this.#unsubscribe) stop();
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(
      open.map(async ({ log, idle }) => {
        void idle?.dispose();
        const followed = await log.catch(() => null);
        await followed?.dispose();
      }),
    );
  }

  /** The last look at the logs of a session that has just ended; a site keeps them for a while only. */
  async #keep(accountId: string, sessionId: string): Promise<void> {
    const session = this.#options.known.get(accountId, sessionId);
    if (this.#disposed || this.#options.limitBytes() === 0 || session?.status === 'CANCELLED') return;
    for (const kernelId of kernelsOf(session)) {
      const ref = { accountId, sessionId, kernelId };
      const { log, release } = await this.#use(ref);
      try {
        await log.refresh();
        if (!log.log.facts.ended) await log.log.end();
      } finally {
        release();
      }
    }
    const removed = await this.#store.bound(this.#options.limitBytes(), this.#inUse());
    if (removed > 0) this.#options.log.info('Kept logs were removed to stay within their bound', { sessions: removed });
  }

  async #with<T>(ref: LogRef, work: (log: FollowedLog) => Promise<T>): Promise<T> {
    const { log, release } = await this.#use(ref);
    try {
      return await work(log);
    } finally {
      release();
    }
  }

  async #use(ref: LogRef): Promise<{ log: FollowedLog; release: () => void }> {
    const key = keyOf(ref);
    const open = this.#open.get(key) ?? { log: this.#openLog(ref), users: 0, idle: null };
    this.#open.set(key, open);
    open.users++;
    void open.idle?.dispose();
    open.idle = null;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      if (--open.users > 0 || this.#disposed) return;
      open.idle = this.#options.clock.after(lingerMs, () => void this.#close(key, open));
    };
    try {
      return { log: await open.log, release };
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
  }

  async #openLog(ref: LogRef): Promise<FollowedLog> {
    const { accounts, known, clock } = this.#options;
    const session = known.get(ref.accountId, ref.sessionId);
    const path = this.#store.pathOf(ref);
    let log: KeptLog;
    try {
      log = await KeptLog.open(path, {
        session: session?.name ?? ref.sessionId,
        site: accounts.site(ref.accountId).name,
      });
    } catch (error) {
      if (error instanceof BerthError) throw error;
      throw new BerthError('file-write', { place: 'computer', retry: 'user', params: { path }, cause: error });
    }
    return new FollowedLog({
      ref,
      log,
      clock,
      ask: ({ accountId, sessionId, kernelId }, signal) => accounts.api(accountId).openLog(sessionId, kernelId, signal),
      isOver: () => known.get(ref.accountId, ref.sessionId)?.family === 'finished',
      maxBytes: () => Math.max(leastBytes, this.#options.limitBytes() * shareOfOne),
    });
  }

  async #close(key: string, open: Open): Promise<void> {
    if (open.users > 0 || this.#open.get(key) !== open) return;
    this.#open.delete(key);
    void open.idle?.dispose();
    const followed = await open.log.catch(() => null);
    if (followed === null) return;
    const { bytes } = followed.log.facts;
    await followed.dispose();
    // Nothing was ever said: nothing to keep.
    if (bytes === 0) await followed.log.remove();
  }

  async #closeUnused(): Promise<void> {
    for (const [key, open] of [...this.#open]) await this.#close(key, open);
  }

  #inUse(): ReadonlySet<string> {
    return new Set(
      [...this.#open.keys()].map((key) => {
        const [accountId = '', sessionId = ''] = key.split('/');
        return this.#store.sessionFolder({ accountId, sessionId });
      }),
    );
  }
}

/** Null is the main kernel, which older sites know no other name for. */
function kernelsOf(session: Session | undefined): (string | null)[] {
  const others = (session?.kernels ?? []).filter(({ role }) => role !== 'main').map(({ id }) => id);
  return [null, ...others.filter((id) => /^[0-9a-f-]{32,36}$/.test(id))];
}
