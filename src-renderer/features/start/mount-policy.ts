/** Where folders appear in a session, and what forbids it (parity page, section 4; API reference, 4.3 and 7.1). Pure. */
import type { MountChoice } from '../../../src-preload/contract/launch-spec.ts';
import type { Folder } from '../../../src-preload/contract/launcher.ts';

export const sessionHome = '/home/work';

export type MountProblem =
  | { readonly type: 'gone' | 'not-ready' | 'other-project' | 'no-permission' }
  | { readonly type: 'bad-characters' | 'climbs' | 'reserved' | 'system' | 'is-home'; readonly path: string }
  | {
      readonly type: 'same-path' | 'inside' | 'folder-name' | 'automatic';
      readonly path: string;
      readonly other: string;
    };

/** The path in the container (P-MOUNT-05): empty, relative to the home, or absolute; without doubled or trailing slashes. */
export function targetPath(name: string, alias: string): string {
  const text = alias.trim() === '' ? name : alias.trim();
  const absolute = text.startsWith('/') ? text : `${sessionHome}/${text}`;
  const path = absolute.replace(/\/{2,}/g, '/').replace(/(?<=.)\/+$/, '');
  return path.replace(/\/(?:\.\/)+/g, '/').replace(/\/\.$/, '') || '/';
}

/** Folders with a leading dot are mounted by the site in the home; Linuxbrew has its own place (P-MOUNT-02). */
export function automaticTarget(name: string): string {
  return name === '.linuxbrew' ? '/home/linuxbrew/.linuxbrew' : `${sessionHome}/${name}`;
}

/** Directories of every container: mounting over one breaks it, and the manager refuses these names. */
const systemDirectories: ReadonlySet<string> = new Set([
  ...['bin', 'boot', 'dev', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'media', 'mnt', 'opt', 'proc', 'root', 'run'],
  ...['sbin', 'srv', 'sys', 'tmp', 'usr', 'var', 'home'],
]);
const reservedNames: ReadonlySet<string> = new Set(['.terminfo', '.jupyter', '.tmux.conf', '.ssh']);
const reservedPattern = /^\.[a-z0-9]+(rc|_profile)$/;

/** The parts below the home, or null when it lies elsewhere. */
function belowHome(path: string): string[] | null {
  return path.startsWith(`${sessionHome}/`) ? path.slice(sessionHome.length + 1).split('/') : null;
}

function pathProblem(path: string): MountProblem | null {
  if (!/^[A-Za-z0-9_/.-]+$/.test(path)) return { type: 'bad-characters', path };
  if (path.split('/').includes('..')) return { type: 'climbs', path };
  if (path === sessionHome || path === '/home' || path === '/') return { type: 'is-home', path };
  const inHome = belowHome(path);
  const first = inHome?.[0] ?? path.split('/')[1] ?? '';
  if (reservedNames.has(first) || reservedPattern.test(first)) return { type: 'reserved', path };
  // `/opt/data` is a common place to mount; the directories themselves, and the ones that make a container run, are not.
  const alone = path.split('/').length === 2;
  const running = ['bin', 'boot', 'dev', 'etc', 'lib', 'lib64', 'proc', 'sbin', 'sys', 'usr', 'run'];
  if (inHome === null && systemDirectories.has(first) && (alone || running.includes(first))) {
    return { type: 'system', path };
  }
  if (inHome !== null && inHome.length === 1 && systemDirectories.has(first)) return { type: 'reserved', path };
  return null;
}

const lies = (inner: string, outer: string) => inner.startsWith(`${outer}/`);

export interface MountFacts {
  /** Null while the site has not answered: then nothing is called gone. */
  readonly folders: readonly Folder[] | null;
  /** Hosts that let this account mount in sessions; null where the site does not tell. */
  readonly mountHosts: readonly string[] | null;
  /** Id of the chosen project, for folders that belong to one. */
  readonly projectId: string | null;
}

/** Why a folder cannot be mounted at all, whatever its path; null when it can (P-MOUNT-01). */
export function folderProblem(folder: Folder, facts: MountFacts): MountProblem | null {
  if (!mountable(folder)) return { type: 'not-ready' };
  if (facts.mountHosts !== null && !facts.mountHosts.includes(folder.host)) return { type: 'no-permission' };
  const ofOther = folder.ownership === 'group' && folder.projectId && folder.projectId !== facts.projectId;
  return ofOther && facts.projectId !== null ? { type: 'other-project' } : null;
}

/** States in which a folder can be mounted (API reference, 7.1). */
export function mountable(folder: Pick<Folder, 'status'>): boolean {
  return ['ready', 'performing', 'cloning', 'mounted'].includes(folder.status.toLowerCase());
}

/** One entry a choice, in order; null: fine. A clash is said at the later one. */
export function mountProblems(choices: readonly MountChoice[], facts: MountFacts): (MountProblem | null)[] {
  const automatic = (facts.folders ?? []).filter((folder) => folder.automatic && mountable(folder));
  const taken: { readonly path: string; readonly name: string; readonly automatic: boolean }[] = automatic.map(
    ({ name }) => ({ path: automaticTarget(name), name, automatic: true }),
  );
  const names = new Set(choices.map(({ name }) => name));
  return choices.map((choice): MountProblem | null => {
    const folder = facts.folders?.find(({ id }) => id === choice.id);
    if (facts.folders !== null && folder === undefined) return { type: 'gone' };
    const whole = folder === undefined ? null : folderProblem(folder, facts);
    if (whole !== null) return whole;
    const path = targetPath(folder?.name ?? choice.name, choice.alias);
    const alone = pathProblem(path);
    if (alone !== null) return alone;
    const same = taken.find((other) => other.path === path);
    if (same) return { type: same.automatic ? 'automatic' : 'same-path', path, other: same.name };
    const nested = taken.find((other) => lies(path, other.path) || lies(other.path, path));
    if (nested) return { type: 'inside', path, other: nested.name };
    // The manager refuses a path that equals the name of another requested folder.
    const alias = choice.alias.trim();
    if (alias !== '' && alias !== choice.name && names.has(alias)) return { type: 'folder-name', path, other: alias };
    taken.push({ path, name: choice.name, automatic: false });
    return null;
  });
}

export type FolderNameProblem = 'empty' | 'too-long' | 'bad-characters' | 'reserved' | 'taken';

/** The rule for new folders (P-DATA-03): letters, digits, `-`, `_`, `.`, at most 64, no reserved name. */
export function folderNameProblem(name: string, existing: readonly string[]): FolderNameProblem | null {
  if (name === '') return 'empty';
  if (name.length > 64) return 'too-long';
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) return 'bad-characters';
  if (reservedNames.has(name) || reservedPattern.test(name) || systemDirectories.has(name) || /^\.+$/.test(name)) {
    return 'reserved';
  }
  return existing.includes(name) ? 'taken' : null;
}
