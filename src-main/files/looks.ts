/** Looks for loss, a few at a time, and what they found: kept so that windows ask for it and transfers begin from it. */
import { randomUUID } from 'node:crypto';
import type { LossEntry, LossNews, LossReport, MountedFolder } from '../../src-preload/contract/files.ts';
import type { KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { LinksService, SessionRefValue, SessionUse } from '../links/links-service.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { zeroEnded } from './container-hash.ts';
import { KeptLooks } from './kept-looks.ts';
import { inShell, mark } from './look-script.ts';
import { type LookLimits, type Loss, lookForLoss, lookLimits, quickLimits } from './loss-check.ts';
import { keyOf, newsOf } from './news-policy.ts';
import { isBelow, relativeTo, shownPath } from './raw-path-policy.ts';
import { readRemote } from './remote-shell.ts';

/** Ending a hundred sessions must not open a hundred links at once. */
const atOnce = 4;
const mostNames = 5;
/** A link that is lost keeps trying for minutes; a person who wants to end a session is told before. */
const connectWithinMs = 20_000;

export interface LookedAt {
  readonly ref: SessionRefValue;
  readonly loss: Loss;
}

export interface LooksDeps {
  readonly links: LinksService;
  readonly known: KnownSessions;
  readonly clock: Clock;
}

export class Looks {
  readonly #deps: LooksDeps;
  readonly #kept = new KeptLooks<LookedAt>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(deps: LooksDeps) {
    this.#deps = deps;
  }

  /** @throws BerthError with what kept it from looking */
  look(ref: SessionRefValue, signal: AbortSignal): Promise<LossReport> {
    return this.#connected(ref, signal, async (connection) => {
      const began = this.#deps.clock.now();
      const loss = await this.lookAt(ref, connection, signal, lookLimits);
      return await this.#report(ref, connection, loss, began, signal);
    });
  }

  /** @throws BerthError `not-found` for a look that is long ago, and with what kept it from looking */
  async lookAgain(checkId: string, signal: AbortSignal): Promise<LossNews> {
    const { ref, loss: before } = this.looked(checkId);
    return await this.#connected(ref, signal, async (connection) => {
      const began = this.#deps.clock.now();
      const loss = await this.lookAt(ref, connection, signal, quickLimits);
      const told = new Set(before.found.map(({ path }) => keyOf(path)));
      const news = newsOf(loss.found, { told, kept: new Map() });
      return {
        count: news.length,
        bytes: news.reduce((sum, { bytes }) => sum + bytes, 0),
        names: news.slice(0, mostNames).map(({ path }) => this.#shown(loss, path)),
        report: news.length === 0 ? null : await this.#report(ref, connection, loss, began, signal),
      };
    });
  }

  /** One look over a connection that somebody has. @throws BerthError with what kept it from looking */
  lookAt(ref: SessionRefValue, connection: SshConnection, signal: AbortSignal, limits: LookLimits): Promise<Loss> {
    const session = this.#deps.known.get(ref.accountId, ref.sessionId);
    const startedAt = session?.startedAt ?? session?.createdAt ?? null;
    return lookForLoss({
      connection,
      signal,
      clock: this.#deps.clock,
      limits,
      startedAt: startedAt === null ? null : Date.parse(startedAt) / 1000,
      mountNames: session?.mounts ?? [],
    });
  }

  async #report(
    ref: SessionRefValue,
    connection: SshConnection,
    loss: Loss,
    began: number,
    signal: AbortSignal,
  ): Promise<LossReport> {
    const mountNames = this.#deps.known.get(ref.accountId, ref.sessionId)?.mounts ?? [];
    const folders = await writableFolders(connection, loss, mountNames, signal);
    return this.#keep(ref, loss, folders, (this.#deps.clock.now() - began) / 1000);
  }

  async #connected<T>(
    ref: SessionRefValue,
    signal: AbortSignal,
    work: (connection: SshConnection) => Promise<T>,
  ): Promise<T> {
    await this.#turn(signal);
    const use = this.#deps.links.acquire(ref, { kind: 'files' });
    try {
      return await work(await connected(use, signal));
    } finally {
      await use.dispose();
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Throws BerthError `not-found` for a look that is long ago. */
  looked(checkId: string): LookedAt {
    const looked = this.#kept.get(checkId);
    if (!looked) throw new BerthError('not-found', { place: 'computer', params: { checkId } });
    return looked;
  }

  entries(checkId: string): LossEntry[] {
    const { loss } = this.looked(checkId);
    return loss.found.map(({ path, bytes, kind }) => [this.#shown(loss, path), bytes, kind]);
  }

  #shown({ scope }: Loss, path: Buffer): string {
    return shownPath(isBelow(path, scope.home) ? relativeTo(scope.home, path) : path);
  }

  #keep(ref: SessionRefValue, loss: Loss, folders: MountedFolder[], seconds: number): LossReport {
    const checkId = randomUUID();
    this.#kept.add(checkId, { ref: { accountId: ref.accountId, sessionId: ref.sessionId }, loss });
    const files = loss.found.filter(({ kind }) => kind === 'file');
    return {
      checkId,
      files: files.length,
      links: loss.found.length - files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      stopped: loss.stopped,
      unreadable: { count: loss.unreadable.count, names: loss.unreadable.names.map(shownPath) },
      oddNames: loss.oddNames,
      roots: loss.scope.roots.map(shownPath),
      comparedBy: loss.comparedBy,
      since: loss.scope.since === 0 ? null : new Date(loss.scope.since * 1000).toISOString(),
      folders,
      seconds,
    };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#busy < atOnce) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.#busy += 1;
        resolve();
      };
      const onAbort = (): void => {
        const at = this.#waiting.indexOf(go);
        if (at !== -1) this.#waiting.splice(at, 1);
        reject(new BerthError('cancelled', { place: 'computer' }));
      };
      this.#waiting.push(go);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** @throws BerthError: the link's own, or `timeout` when it gave no reason yet */
async function connected(use: SessionUse, signal: AbortSignal): Promise<SshConnection> {
  const limit = AbortSignal.timeout(connectWithinMs);
  try {
    return await use.ready(AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error;
    const why = use.value.error;
    throw new BerthError(why?.code ?? 'timeout', {
      place: why?.place ?? 'container',
      retry: 'user',
      ...(why ? { params: why.params } : {}),
      cause: error,
    });
  }
}

/** Mounted folders below the home, and those the site names, that can be written to, with what is free there. */
async function writableFolders(
  connection: SshConnection,
  loss: Loss,
  mountNames: readonly string[],
  signal: AbortSignal,
): Promise<MountedFolder[]> {
  const { home } = loss.scope;
  const inHome = loss.mounts
    .filter(({ path, isReadOnly }) => !isReadOnly && !path.equals(home) && isBelow(path, home))
    .map(({ path }) => path);
  const named = mountNames.map((name) => Buffer.from(name.startsWith('/') ? name : `${home}/${name}`));
  const candidates = [...new Map([...inHome, ...named].map((path) => [path.toString('latin1'), path])).values()].filter(
    // Folders that begin with a dot hold settings of programs.
    (path) =>
      !relativeTo(home, path)
        .toString('latin1')
        .split('/')
        .some((part) => part.startsWith('.')),
  );
  if (candidates.length === 0) return [];
  const script =
    `exec 2>/dev/null; LC_ALL=C; export LC_ALL; printf 'berth-files:\\000'; exec xargs -0 sh -c ` +
    `'for d; do [ -d "$d" ] && [ -w "$d" ] && printf "%s\\000%s\\000" "$d" "$(df -Pk "$d" | awk "END { print \\$4 }")"; done' sh`;
  const { output } = await readRemote(connection, inShell(script), {
    input: zeroEnded(candidates),
    signal,
    maxBytes: 1024 * 1024,
  });
  const start = output.indexOf(mark, 0, 'latin1');
  if (start === -1) return [];
  const fields = output
    .subarray(start + mark.length)
    .toString('utf8')
    .split('\0');
  const folders: MountedFolder[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const free = Number(fields[at + 1]) * 1024;
    folders.push({ path: fields[at] ?? '', freeBytes: fields[at + 1] && Number.isFinite(free) ? free : null });
  }
  return folders;
}
