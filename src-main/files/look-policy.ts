/**
 * What a loss check looks at and what it leaves out: decisions without state. A container's own clock and start time
 * decide what is new; what the platform itself puts into a home is not a person's work (tunnels reference, sections 3.1,
 * 3.3, 3.4).
 */
import { isBelow, linkTarget, partsOf, relativeTo } from './raw-path-policy.ts';

/** Where every container has its home (tunnels reference, section 3.3); elsewhere only the home ends with the session. */
export const containerHome = '/home/work';

/** Written when a container starts, whoever uses it. */
const ownFiles = [
  'id_container',
  '.password',
  '.mounts',
  '.ssh/authorized_keys',
  '.ssh/id_container',
  '.ssh/id_rsa',
  '.ssh/id_cluster',
  '.ssh/id_cluster.pub',
];
/** Put there at the start and then a person's own: they count once they changed later. */
const skeletonFiles = [
  '.bashrc',
  '.bash_profile',
  '.bash_logout',
  '.profile',
  '.zshrc',
  '.vimrc',
  '.inputrc',
  '.tmux.conf',
  '.tmux.conf.local',
];
/** Traces of use that nobody wrote on purpose. */
const traces = [
  '.bash_history',
  '.zsh_history',
  '.ash_history',
  '.python_history',
  '.node_repl_history',
  '.lesshst',
  '.viminfo',
  '.wget-hsts',
  '.sudo_as_admin_successful',
  '.Xauthority',
];
/** Folders of the home that programs fill again by themselves. */
export const cacheFolders = ['.cache', '.local/share/jupyter/runtime', '.ipython/profile_default'] as const;

/** The container's files are put in place within this time, seconds. */
const settleSeconds = 20;

export interface Probe {
  /** Seconds, the container's clock. */
  readonly now: number;
  readonly home: Buffer;
  /** When process 1 started, seconds; null where it cannot be told. */
  readonly bootedAt: number | null;
  readonly hasGnuFind: boolean;
  readonly hasSha256: boolean;
  /** Mount points, unescaped, with whether they are read-only. */
  readonly mounts: readonly MountPoint[];
  /** Other folders at the top that this user may write to. */
  readonly places: readonly Buffer[];
  readonly isRoot: boolean;
}

export interface MountPoint {
  readonly path: Buffer;
  readonly isReadOnly: boolean;
}

/** `\040` and the like, as the kernel writes odd bytes in /proc/self/mountinfo. */
export function unescapeMount(text: Buffer): Buffer {
  const out: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const digits = text.subarray(at + 1, at + 4).toString('latin1');
    if (text[at] === 0x5c && /^[0-7]{3}$/.test(digits)) {
      out.push(Number.parseInt(digits, 8));
      at += 3;
    } else {
      out.push(text[at] ?? 0);
    }
  }
  return Buffer.from(out);
}

/** Lines of /proc/self/mountinfo (proc(5)): the fifth field is the mount point, the sixth its options. */
export function parseMounts(mountinfo: Buffer): MountPoint[] {
  const mounts: MountPoint[] = [];
  let from = 0;
  while (from < mountinfo.length) {
    const newline = mountinfo.indexOf(0x0a, from);
    const line = mountinfo.subarray(from, newline === -1 ? mountinfo.length : newline);
    from = newline === -1 ? mountinfo.length : newline + 1;
    // Split as latin1: every byte stays one character.
    const fields = line.toString('latin1').split(' ');
    const [, , , , point, options] = fields;
    if (point === undefined || options === undefined) continue;
    mounts.push({ path: unescapeMount(Buffer.from(point, 'latin1')), isReadOnly: options.split(',').includes('ro') });
  }
  return mounts;
}

/** Start of process 1: field 22 of /proc/1/stat in ticks after `btime` of /proc/stat (proc(5)). */
export function bootTime(stat: string, btime: string, ticks: string): number | null {
  // The name in brackets may hold anything, also spaces.
  const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const boot = Number(btime);
  const rate = Number(ticks) || 100;
  return Number.isFinite(start) && Number.isFinite(boot) && boot > 0 ? boot + start / rate : null;
}

export interface Scope {
  readonly home: Buffer;
  readonly roots: readonly Buffer[];
  /** Not entered, and links that lead there are not told. */
  readonly mounts: readonly Buffer[];
  readonly caches: readonly Buffer[];
  /** Seconds: what changed after this is new. */
  readonly since: number;
}

const systemPlaces = /^\/(proc|sys|dev|run|boot|home|lost\+found|lib\w*|bin|sbin|usr|etc)$/;

/**
 * @param startedAt when the site saw it start, seconds; null: unknown
 * @param mountNames the session's folders as the site names them: paths below the home, or absolute ones
 */
export function scopeOf(probe: Probe, startedAt: number | null, mountNames: readonly string[]): Scope {
  const isContainer = probe.home.equals(Buffer.from(containerHome));
  const named = mountNames.map((name) => Buffer.from(name.startsWith('/') ? name : `${probe.home}/${name}`));
  const mounted = probe.mounts.map(({ path }) => path).filter((path) => path.length > 1 && !path.equals(probe.home));
  const places = isContainer && !probe.isRoot ? probe.places.filter((it) => !systemPlaces.test(it.toString())) : [];
  // A container that was started again keeps its home: the earlier of the two leaves nothing out.
  const starts = [isContainer ? probe.bootedAt : null, startedAt].filter((it) => it !== null);
  return {
    home: probe.home,
    roots: [probe.home, ...places],
    mounts: [...mounted.filter((path) => !isBelow(probe.home, path)), ...named],
    caches: [
      ...cacheFolders.map((name) => Buffer.concat([probe.home, Buffer.from(`/${name}`)])),
      ...(isContainer ? [Buffer.from('/tmp/dropbear')] : []),
    ],
    since: starts.length === 0 ? 0 : Math.floor(Math.min(...starts)) - 1,
  };
}

export interface FoundFile {
  /** Absolute, in the container. */
  readonly path: Buffer;
  readonly kind: 'file' | 'link';
  readonly bytes: number;
  /** Seconds, with fraction where known. */
  readonly mtime: number;
  readonly mode: number;
  /** Of links. */
  readonly target: Buffer;
}

const tmuxOrX = /^\/tmp\/(tmux-\d+|\.X11-unix|\.ICE-unix|\.X\d+-lock)(\/|$)/;

/** Whether a changed file is a person's, and would be lost. */
export function isLoss(scope: Scope, file: FoundFile): boolean {
  if (scope.mounts.some((mount) => isBelow(file.path, mount))) return false;
  if (scope.caches.some((cache) => isBelow(file.path, cache))) return false;
  if (file.kind === 'link') {
    const leads = linkTarget(file.path, file.target);
    if (scope.mounts.some((mount) => isBelow(leads, mount))) return false;
  }
  if (!isBelow(file.path, scope.home)) return !tmuxOrX.test(file.path.toString('latin1'));
  const name = relativeTo(scope.home, file.path).toString('latin1');
  if (ownFiles.includes(name) || traces.includes(name)) return false;
  if (partsOf(file.path).some((part) => part.toString('latin1') === '.ipynb_checkpoints')) return false;
  return !(skeletonFiles.includes(name) && file.mtime <= scope.since + settleSeconds);
}
