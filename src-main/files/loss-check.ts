/**
 * Looks for what a session would take with it: what changed outside mounted folders since its start. One `find` where
 * the container has GNU's, else a walk over SFTP. Bounded in time and entries; reads only, and follows no link.
 */
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Sftp, SftpEntry } from '../links/sftp.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { type FoundFile, isLoss, type MountPoint, type Probe, type Scope, scopeOf } from './look-policy.ts';
import { FindReader, findCommand, inShell, probeScript, readProbe } from './look-script.ts';
import { compareRaw, isBelow } from './raw-path-policy.ts';
import { readRemote, runRemote } from './remote-shell.ts';

export interface LookLimits {
  readonly timeMs: number;
  readonly entries: number;
}

export const lookLimits: LookLimits = { timeMs: 15_000, entries: 50_000 };
/** Right before the end somebody waits for it. */
export const quickLimits: LookLimits = { timeMs: 5_000, entries: 50_000 };

const maxProbeBytes = 4 * 1024 * 1024;
const maxUnreadableNames = 20;
/** Folders listed at a time by the walk. */
const walkers = 8;

export interface Loss {
  readonly scope: Scope;
  /** In tree order. */
  readonly found: readonly FoundFile[];
  readonly stopped: 'time' | 'entries' | null;
  readonly unreadable: { readonly count: number; readonly names: readonly Buffer[] };
  readonly oddNames: number;
  readonly comparedBy: 'changed' | 'modified';
  readonly canHash: boolean;
  readonly mounts: readonly MountPoint[];
}

export interface LookInput {
  readonly connection: SshConnection;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly limits: LookLimits;
  /** Seconds; what the site knows of the session's start. */
  readonly startedAt: number | null;
  readonly mountNames: readonly string[];
}

class Collected {
  readonly found: FoundFile[] = [];
  readonly names: Buffer[] = [];
  unreadable = 0;
  oddNames = 0;
  stopped: 'time' | 'entries' | null = null;
  readonly #scope: Scope;
  readonly #limit: number;

  constructor(scope: Scope, limit: number) {
    this.#scope = scope;
    this.#limit = limit;
  }

  /** True when that is enough. */
  add(file: FoundFile): boolean {
    if (!isLoss(this.#scope, file)) return false;
    if (this.found.length >= this.#limit) {
      this.stopped ??= 'entries';
      return true;
    }
    this.found.push(file);
    return false;
  }

  cannotEnter(path: Buffer): void {
    this.unreadable += 1;
    if (this.names.length < maxUnreadableNames) this.names.push(path);
  }
}

/** @throws BerthError with what kept it from looking; `cancelled` once the signal aborts */
export async function lookForLoss(input: LookInput): Promise<Loss> {
  const time = new AbortController();
  const timer = input.clock.after(input.limits.timeMs, () => time.abort());
  const signal = AbortSignal.any([input.signal, time.signal]);
  try {
    const probe = await probeContainer(input.connection, signal);
    const scope = probe ? scopeOf(probe, input.startedAt, input.mountNames) : null;
    if (probe?.hasGnuFind && scope) {
      const seen = new Collected(scope, input.limits.entries);
      await withFind(input, scope, seen, signal, time.signal);
      return lossOf(scope, seen, 'changed', probe);
    }
    return await withSftp(input, probe, scope, signal, time.signal);
  } catch (error) {
    // Not even the first answer came within the time.
    if (time.signal.aborted && !input.signal.aborted) {
      throw new BerthError('timeout', { place: 'container', retry: 'user', cause: error });
    }
    throw error;
  } finally {
    await timer.dispose();
  }
}

function lossOf(scope: Scope, seen: Collected, comparedBy: Loss['comparedBy'], probe: Probe | null): Loss {
  return {
    scope,
    found: seen.found.sort((a, b) => compareRaw(a.path, b.path)),
    stopped: seen.stopped,
    unreadable: { count: seen.unreadable, names: seen.names },
    oddNames: seen.oddNames,
    comparedBy,
    canHash: probe?.hasSha256 ?? false,
    mounts: probe?.mounts ?? [],
  };
}

/** Null where commands do not run in the container as in a shell. */
async function probeContainer(connection: SshConnection, signal: AbortSignal): Promise<Probe | null> {
  const { output } = await readRemote(connection, inShell(probeScript), { signal, maxBytes: maxProbeBytes });
  return readProbe(output);
}

async function withFind(
  input: LookInput,
  scope: Scope,
  seen: Collected,
  signal: AbortSignal,
  time: AbortSignal,
): Promise<void> {
  const reader = new FindReader();
  let isWhole = false;
  const command = findCommand(scope, Math.ceil(input.limits.timeMs / 1000));
  try {
    await runRemote(input.connection, command, {
      signal,
      onData: (chunk) => {
        for (const note of reader.push(chunk)) {
          if (note.kind === 'end') isWhole = true;
          else if (note.kind === 'unreadable') seen.cannotEnter(note.path);
          else if (seen.add(note.file)) return true;
        }
        return isWhole;
      },
    });
  } catch (error) {
    if (!time.aborted || input.signal.aborted) throw error;
    seen.stopped = 'time';
    return;
  }
  // A find that was ended from outside has not seen everything, and nobody knows how much.
  if (!isWhole && seen.stopped === null) {
    throw new BerthError('bad-answer', { place: 'container', retry: 'user', params: { reason: 'find-ended' } });
  }
}

async function withSftp(
  input: LookInput,
  probe: Probe | null,
  scopeFromProbe: Scope | null,
  signal: AbortSignal,
  time: AbortSignal,
): Promise<Loss> {
  const sftp = await input.connection.sftp();
  try {
    const home = Buffer.from(scopeFromProbe?.home ?? (await sftp.realpath('.')));
    const scope =
      scopeFromProbe ??
      scopeOf(
        { now: 0, home, bootedAt: null, hasGnuFind: false, hasSha256: false, mounts: [], places: [], isRoot: false },
        input.startedAt,
        input.mountNames,
      );
    const seen = new Collected(scope, input.limits.entries);
    await walk(sftp, scope, seen, signal);
    if (input.signal.aborted) throw new BerthError('cancelled', { place: 'computer' });
    if (time.aborted) seen.stopped = 'time';
    return lossOf(scope, seen, 'modified', probe);
  } finally {
    sftp.end();
  }
}

const typeMask = 0o170_000;
const types = { folder: 0o040_000, file: 0o100_000, link: 0o120_000 } as const;

async function walk(sftp: Sftp, scope: Scope, seen: Collected, signal: AbortSignal): Promise<void> {
  const waiting: string[] = scope.roots.map((root) => root.toString('utf8'));
  let failure: unknown = null;
  const one = async (folder: string): Promise<void> => {
    let entries: SftpEntry[];
    try {
      entries = await sftp.readdir(folder);
    } catch (error) {
      if (!(error instanceof BerthError) || error.code === 'tunnel-lost') throw error;
      if (error.code !== 'file-missing') seen.cannotEnter(Buffer.from(folder));
      return;
    }
    for (const { name, attrs } of entries) {
      if (name === '.' || name === '..' || signal.aborted || seen.stopped) continue;
      // ssh2 reads names as UTF-8: this one was something else, and cannot be asked for by what is left of it.
      if (name.includes('�')) {
        seen.oddNames += 1;
        continue;
      }
      const path = folder === '/' ? `/${name}` : `${folder}/${name}`;
      const type = attrs.mode & typeMask;
      if (type === types.folder) {
        const raw = Buffer.from(path);
        if (![...scope.mounts, ...scope.caches].some((mount) => isBelow(raw, mount))) waiting.push(path);
      } else if ((type === types.file || type === types.link) && attrs.mtime > scope.since) {
        const target = type === types.link ? await sftp.readlink(path).catch(() => '') : '';
        seen.add({
          path: Buffer.from(path),
          kind: type === types.link ? 'link' : 'file',
          bytes: type === types.link ? 0 : attrs.size,
          mtime: attrs.mtime,
          mode: attrs.mode & 0o7777,
          target: Buffer.from(target),
        });
      }
    }
  };
  const busy = new Set<Promise<void>>();
  while ((waiting.length > 0 || busy.size > 0) && !signal.aborted && !seen.stopped && failure === null) {
    const next = busy.size < walkers ? waiting.pop() : undefined;
    if (next === undefined) {
      await Promise.race(busy);
      continue;
    }
    const task: Promise<void> = one(next)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => busy.delete(task));
    busy.add(task);
  }
  if (failure !== null && !signal.aborted) throw failure;
}
