/** Finding an environment by whatever a person knows of it, and the order they stand in. Pure. */
import type { Environment, EnvironmentVersion } from '../../../src-preload/contract/launcher.ts';

export interface FoundEnvironment {
  readonly environment: Environment;
  /** The version that the words named, where they named one; null: the environment as a whole. */
  readonly version: EnvironmentVersion | null;
}

export function versionKey(version: Pick<EnvironmentVersion, 'image' | 'architecture'>): string {
  return `${version.image}@${version.architecture}`;
}

const squeeze = (text: string) => text.toLowerCase().trim();

function environmentText({ id, title }: Environment): string {
  return squeeze(`${title} ${id}`);
}

function versionText(version: EnvironmentVersion): string {
  const { tag, label, architecture, accelerators, aliases, customName } = version;
  const families = accelerators.includes('*') ? [] : accelerators;
  return squeeze([tag, label, architecture, ...families, ...aliases, customName ?? '', versionKey(version)].join(' '));
}

/**
 * Every word must be found: in name, tag, alias, architecture, accelerator or the full image name (P-LAUNCH-23). Words
 * that only one version has choose that version, so that pasting a full name gives exactly that image.
 */
export function findEnvironments(environments: readonly Environment[], words: string): FoundEnvironment[] {
  const wanted = squeeze(words).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return environments.map((environment) => ({ environment, version: null }));
  const found = environments.flatMap((environment): FoundEnvironment[] => {
    const own = environmentText(environment);
    const open = wanted.filter((word) => !own.includes(word));
    if (open.length === 0) return [{ environment, version: null }];
    const versions = environment.versions.filter((version) => {
      const text = versionText(version);
      return open.every((word) => text.includes(word));
    });
    const version = versions.find(({ installed }) => installed) ?? versions[0];
    return version === undefined ? [] : [{ environment, version }];
  });
  // What begins as typed is most likely meant; then what has the words in its title; the site's order within each.
  const rank = ({ environment }: FoundEnvironment) => {
    const title = squeeze(environment.title);
    if (title.startsWith(wanted.join(' '))) return 0;
    return wanted.every((word) => title.includes(word)) ? 1 : 2;
  };
  return found.sort((a, b) => rank(a) - rank(b));
}

export interface EnvironmentGroups {
  readonly pinned: Environment[];
  readonly recent: Environment[];
  readonly others: Environment[];
}

/** Pinned first, then the ones used last, then the rest in the site's order; each once. */
export function groupEnvironments(
  environments: readonly Environment[],
  pinned: readonly string[],
  recent: readonly string[],
): EnvironmentGroups {
  const byId = new Map(environments.map((environment) => [environment.id, environment]));
  const take = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const environment = byId.get(id);
      byId.delete(id);
      return environment === undefined ? [] : [environment];
    });
  return { pinned: take(pinned), recent: take(recent), others: [...byId.values()] };
}

const plainOrigins: ReadonlySet<string> = new Set(['', 'lablup', 'cloud', 'stable']);

/** Where an environment comes from, where that tells something: another of the same title, or an unusual namespace (P-LAUNCH-24). */
export function originOf({ id, title }: Environment, among: readonly Environment[]): string | null {
  const path = id.split('/').slice(0, -1);
  if (among.some((it) => it.title === title && it.id !== id)) return path.join('/');
  const namespace = path.slice(1).join('/');
  return plainOrigins.has(namespace) ? null : namespace;
}

/** Two letters for the tile before a name: `PyTorch` -> `PT`, `Python 3` -> `Py`. */
export function monogram(title: string): string {
  const letters = title.replace(/[^\p{L}\p{N} ]/gu, ' ').trim();
  const capitals = letters.match(/\p{Lu}/gu) ?? [];
  if (capitals.length >= 2) return capitals.slice(0, 2).join('');
  return letters.slice(0, 2) || '?';
}

/** A hue that is the same for the same environment everywhere. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

/** `registry/name:tag@architecture`, architecture optional; null when it is no full image name. */
export function readImageName(text: string): { readonly image: string; readonly architecture: string } | null {
  const [image = '', architecture = 'x86_64', ...rest] = text.trim().split('@');
  const isReference = /^[\w.-]+(?::\d+)?(?:\/[\w.-]+)+:[\w.-]+$/.test(image);
  if (!isReference || rest.length > 0 || !/^[\w-]+$/.test(architecture)) return null;
  return { image, architecture };
}
