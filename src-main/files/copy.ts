/**
 * Copies what was chosen to a mounted folder inside the container, into a new folder of its own, and compares the copies
 * with their originals there. Nothing passes through this computer.
 */
import { BerthError } from '../base/berth-error.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { hashInContainer, zeroEnded } from './container-hash.ts';
import type { KeepJob } from './download.ts';
import { inShell, mark, quote } from './look-script.ts';
import { isBelow, relativeTo } from './raw-path-policy.ts';
import { readRemote, runRemote } from './remote-shell.ts';

const batchFiles = 500;
const batchBytes = 256 * 1024 * 1024;
const maxAnswerBytes = 1024 * 1024;
/** Below the new folder: what lies outside the home, with its whole path. */
const elsewhere = 'outside-home';

/** Arguments: where from, where to. Names come in on standard input. Modes, times and links stay as they are. */
const copyScript = [
  'exec 2>/dev/null; LC_ALL=C; export LC_ALL',
  'cd "$1" && mkdir -p "$2" || exit 9',
  'case "$(cp --version)" in *GNU*) exec xargs -0 cp -pP --parents -t "$2" -- ;; esac',
  `exec xargs -0 sh -c 'to=$1; shift; for f; do case $f in */*) mkdir -p "$to/\${f%/*}" ;; esac; cp -pP "./$f" "$to/$f"; done' sh "$2"`,
].join('\n');

/** For each name one letter: y where the copy is the same link, or the same bytes. */
const compareScript = (test: string): string =>
  `exec 2>/dev/null; printf 'berth-files:\\000'; cd "$1" && exec xargs -0 sh -c 'to=$1; shift; for f; do ${test} && printf y || printf n; done' sh "$2"`;
const sameLink = `[ -L "$to/$f" ] && [ "$(readlink "./$f")" = "$(readlink "$to/$f")" ]`;
const sameBytes = 'cmp -s "./$f" "$to/$f"';

/**
 * Makes the folder `name` below `parent` in the container, with a number where the name is taken.
 * @throws BerthError `copy-failed`, `no-space`
 */
export async function makeFolderInContainer(
  connection: SshConnection,
  parent: string,
  name: string,
  bytesNeeded: number,
  signal: AbortSignal,
): Promise<string> {
  const script = [
    'exec 2>/dev/null; LC_ALL=C; export LC_ALL',
    `printf 'berth-files:\\000'`,
    'cd "$1" || exit 9',
    "printf '%s\\000' \"$(df -Pk . | awk 'END { print $4 }')\"",
    'n=1; d=$2; while ! mkdir "./$d"; do n=$((n + 1)); [ "$n" -gt 999 ] && exit 9; [ -e "$d" ] || [ -L "$d" ] || exit 9; d="$2 ($n)"; [ -w . ] || exit 9; done',
    'printf \'%s\\000\' "$d"',
  ].join('\n');
  const { output } = await readRemote(connection, inShell(script, [parent, name]), {
    signal,
    maxBytes: maxAnswerBytes,
  });
  const start = output.indexOf(mark, 0, 'latin1');
  const [free, made] = output
    .subarray(start + mark.length)
    .toString('utf8')
    .split('\0');
  if (start === -1 || !made)
    throw new BerthError('copy-failed', { place: 'container', retry: 'user', params: { path: parent } });
  const freeBytes = Number(free) * 1024;
  if (Number.isFinite(freeBytes) && free !== '' && freeBytes < bytesNeeded) {
    await runRemote(connection, inShell('rmdir "$1/$2"', [parent, made]), { signal, onData: () => undefined });
    throw new BerthError('no-space', {
      place: 'container',
      retry: 'user',
      params: { needed: bytesNeeded, free: freeBytes },
    });
  }
  return `${parent}/${made}`;
}

interface Batch {
  readonly from: Buffer;
  readonly to: string;
  readonly indices: readonly number[];
}

export class Copy {
  readonly #job: KeepJob;

  constructor(job: KeepJob) {
    this.#job = job;
  }

  async prepare(): Promise<void> {
    for (const index of this.#job.store.progress().done) this.#job.done.add(index);
  }

  /** One pass over all that is missing. Throws BerthError when the connection ends it. */
  async pass(connection: SshConnection, signal: AbortSignal): Promise<void> {
    for (const batch of this.#batches()) {
      const names = batch.indices.map((index) => this.#nameOf(batch.from, index));
      await runRemote(connection, inShell(copyScript, [batch.from.toString('utf8'), batch.to]), {
        input: zeroEnded(names),
        signal,
        onData: () => undefined,
      });
      await this.#verify(connection, batch, signal);
    }
  }

  *#batches(): Generator<Batch> {
    const { plan, done, failed, folder } = this.#job;
    const groups = [
      { from: plan.home, to: folder, isIn: (path: Buffer) => isBelow(path, plan.home) },
      { from: Buffer.from('/'), to: `${folder}/${elsewhere}`, isIn: (path: Buffer) => !isBelow(path, plan.home) },
    ];
    for (const { from, to, isIn } of groups) {
      let indices: number[] = [];
      let bytes = 0;
      for (const [index, item] of plan.items.entries()) {
        if (done.has(index) || failed.has(index) || !isIn(item.path)) continue;
        indices.push(index);
        bytes += item.bytes;
        if (indices.length < batchFiles && bytes < batchBytes) continue;
        yield { from, to, indices };
        indices = [];
        bytes = 0;
      }
      if (indices.length > 0) yield { from, to, indices };
    }
  }

  #nameOf(from: Buffer, index: number): Buffer {
    const path = this.#job.plan.items[index]?.path ?? Buffer.alloc(0);
    return from.length === 1 ? path.subarray(1) : relativeTo(from, path);
  }

  async #verify(connection: SshConnection, batch: Batch, signal: AbortSignal): Promise<void> {
    const { plan } = this.#job;
    const links = batch.indices.filter((index) => plan.items[index]?.kind === 'link');
    const files = batch.indices.filter((index) => plan.items[index]?.kind === 'file');
    const linksSame = await this.#compare(connection, batch, links, sameLink, signal);
    const filesSame = plan.canHash
      ? await this.#sameHashes(connection, batch, files, signal)
      : await this.#compare(connection, batch, files, sameBytes, signal);
    for (const [list, same] of [
      [links, linksSame],
      [files, filesSame],
    ] as const) {
      for (const [at, index] of list.entries()) this.#settle(index, same[at] ?? false);
    }
  }

  #settle(index: number, isSame: boolean): void {
    const item = this.#job.plan.items[index];
    if (!item) return;
    if (!isSame) {
      this.#job.failed.set(index, new BerthError('copy-failed', { place: 'container', retry: 'user' }));
      return;
    }
    this.#job.done.add(index);
    this.#job.store.markDone(index);
    this.#job.onBytes(index, item.bytes);
    this.#job.onDone(index);
  }

  async #sameHashes(connection: SshConnection, batch: Batch, indices: readonly number[], signal: AbortSignal) {
    const originals = indices.flatMap((index) => this.#job.plan.items[index]?.path ?? []);
    const copies = indices.map((index) =>
      Buffer.concat([Buffer.from(`${batch.to}/`), this.#nameOf(batch.from, index)]),
    );
    const hashes = await hashInContainer(connection, [...originals, ...copies], signal);
    return indices.map((_, at) => {
      const original = hashes[at] ?? null;
      return original !== null && original === hashes[at + indices.length];
    });
  }

  async #compare(
    connection: SshConnection,
    batch: Batch,
    indices: readonly number[],
    test: string,
    signal: AbortSignal,
  ): Promise<boolean[]> {
    if (indices.length === 0) return [];
    const command = ['sh', '-c', quote(compareScript(test)), 'sh', quote(batch.from.toString('utf8')), quote(batch.to)];
    const { output } = await readRemote(connection, command.join(' '), {
      input: zeroEnded(indices.map((index) => this.#nameOf(batch.from, index))),
      signal,
      maxBytes: maxAnswerBytes,
    });
    const start = output.indexOf(mark, 0, 'latin1');
    const answers = start === -1 ? '' : output.subarray(start + mark.length).toString('latin1');
    return indices.map((_, at) => answers[at] === 'y');
  }
}
