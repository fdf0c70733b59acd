/**
 * The two commands of a loss check and what they answer. Answers are fields that end in a zero byte behind a mark, since
 * start-up files of the login shell may print before (tunnels reference, section 3.7).
 */
import { bootTime, type FoundFile, type Probe, parseMounts, type Scope } from './look-policy.ts';
import { textPath } from './raw-path-policy.ts';

/** Single quotes for any POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Runs a script in a plain shell, whatever the person's login shell is. */
export function inShell(script: string, args: readonly string[] = []): string {
  return ['sh', '-c', quote(script), 'sh', ...args.map(quote)].join(' ');
}

export const mark = 'berth-files:\0';

/** Facts of the container. Nothing in it comes from outside, so nothing has to be quoted. */
export const probeScript = [
  'exec 2>/dev/null',
  'LC_ALL=C; export LC_ALL',
  'cd || exit 1',
  `printf 'berth-files:\\000'`,
  `printf '%s\\000' "$(date +%s)" "$(pwd -P)" "$(id -u)" "$(cat /proc/1/stat)" "$(sed -n 's/^btime //p' /proc/stat)" "$(getconf CLK_TCK)"`,
  `case "$(find --version)" in *GNU*) printf 'gnu\\000' ;; *) printf '\\000' ;; esac`,
  `command -v sha256sum >/dev/null && command -v xargs >/dev/null && printf 'sha\\000' || printf '\\000'`,
  `cat /proc/self/mountinfo; printf '\\000'`,
  'for d in /* /var/tmp; do [ -d "$d" ] && [ ! -L "$d" ] && [ -w "$d" ] && printf \'%s\\000\' "$d"; done',
  `printf '\\000'`,
].join('\n');

/** Null when the answer is not whole. */
export function readProbe(output: Buffer): Probe | null {
  const start = output.indexOf(mark, 0, 'latin1');
  if (start === -1) return null;
  const fields = fieldsOf(output.subarray(start + mark.length)).fields;
  const [now, home, uid, stat, btime, ticks, find, sha, mountinfo, ...places] = fields;
  if (!now || !home || !uid || !stat || !btime || !ticks || !find || !sha || !mountinfo) return null;
  if (places.at(-1)?.length !== 0 || home[0] !== 0x2f) return null;
  return {
    now: Number(now.toString()),
    home,
    isRoot: uid.toString() === '0',
    bootedAt: bootTime(stat.toString(), btime.toString(), ticks.toString()),
    hasGnuFind: find.length > 0,
    hasSha256: sha.length > 0,
    mounts: parseMounts(mountinfo),
    places: places.slice(0, -1),
  };
}

function fieldsOf(bytes: Buffer): { fields: Buffer[]; rest: Buffer } {
  const fields: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0, from); at !== -1; at = bytes.indexOf(0, from)) {
    fields.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return { fields, rest: bytes.subarray(from) };
}

/** Characters that `-path` takes for a pattern. */
function literalPattern(path: string): string {
  return path.replace(/[*?[\]\\]/g, '\\$&');
}

/**
 * One `find` over all roots: stays on each root's device, enters no mount, tells folders it may not enter, and filters
 * by time of change itself. It gives up by itself when Berth went away.
 */
export function findCommand(scope: Scope, seconds: number): string {
  const pruned = [...scope.mounts, ...scope.caches].flatMap((path) => textPath(path) ?? []);
  const words = [
    ...scope.roots.flatMap((root) => textPath(root) ?? []).map(quote),
    '-xdev',
    ...(pruned.length === 0
      ? []
      : ['\\(', pruned.map((path) => `-path ${quote(literalPattern(path))}`).join(' -o '), '\\)', '-prune', '-o']),
    "-type d \\( ! -readable -o ! -executable \\) -printf 'U\\0%p\\0\\0' -prune -o",
    `\\( -type f -o -type l \\) -newerct '@${scope.since}' -printf '%y %s %T@ %m\\0%p\\0%l\\0'`,
  ];
  const script =
    `exec 2>/dev/null; LC_ALL=C; export LC_ALL; t=; command -v timeout >/dev/null && t='timeout ${seconds + 5}'; ` +
    `printf 'berth-files:\\000'; $t find -P ${words.join(' ')}; printf 'E\\000\\000\\000'`;
  return inShell(script);
}

export type FindNote =
  | { readonly kind: 'found'; readonly file: FoundFile }
  | { readonly kind: 'unreadable'; readonly path: Buffer }
  | { readonly kind: 'end' };

/** Takes find's output in pieces of any size. */
export class FindReader {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;
  #fields: Buffer[] = [];

  push(chunk: Buffer): FindNote[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#started) {
      const start = this.#rest.indexOf(mark, 0, 'latin1');
      if (start === -1) return [];
      this.#started = true;
      this.#rest = this.#rest.subarray(start + mark.length);
    }
    const { fields, rest } = fieldsOf(this.#rest);
    this.#rest = rest;
    this.#fields.push(...fields);
    const notes: FindNote[] = [];
    let at = 0;
    for (; at + 3 <= this.#fields.length; at += 3) {
      const [head, path, target] = this.#fields.slice(at, at + 3);
      if (head && path && target) notes.push(noteOf(head.toString('latin1'), path, target));
    }
    this.#fields = this.#fields.slice(at);
    return notes;
  }
}

/** One for all files, of which there may be ten thousands. */
const noTarget = Buffer.alloc(0);

function noteOf(head: string, path: Buffer, target: Buffer): FindNote {
  if (head === 'E') return { kind: 'end' };
  if (head === 'U') return { kind: 'unreadable', path: Buffer.from(path) };
  const [type, size, mtime, mode] = head.split(' ');
  return {
    kind: 'found',
    file: {
      path: Buffer.from(path),
      kind: type === 'l' ? 'link' : 'file',
      bytes: type === 'l' ? 0 : Number(size),
      mtime: Number(mtime),
      mode: Number.parseInt(mode ?? '', 8) || 0,
      target: target.length === 0 ? noTarget : Buffer.from(target),
    },
  };
}
