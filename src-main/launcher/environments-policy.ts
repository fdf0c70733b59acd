/**
 * Images of a site -> environments and versions that a person chooses from (API reference, section 6.5). Pure.
 */
import type { Slots } from '../../src-preload/contract/common.ts';
import type { Environment, EnvironmentVersion } from '../../src-preload/contract/launcher.ts';

/** What is needed of an image; the wire's spelling is settled before. */
export interface SiteImage {
  readonly registry: string;
  /** Name or namespace, with slashes, without tag. */
  readonly name: string;
  readonly tag: string;
  readonly architecture: string;
  readonly installed: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly minimum: Slots;
  readonly maximum: Slots;
  readonly accelerators: readonly string[];

  // What the labels and newer managers say beside that.
  readonly id?: string | null;
  readonly digest?: string | null;
  readonly sizeBytes?: number | null;
  readonly aliases?: readonly string[];
  readonly baseName?: string | null;
  readonly version?: string | null;
  readonly role?: 'COMPUTE' | 'INFERENCE' | 'SYSTEM';
  /** E.g. `batch`, `uid-match`, `operation`, `private`. */
  readonly features?: readonly string[];
  /** Shared memory that the image prefers. */
  readonly shmemBytes?: number | null;
  /** Made of somebody's session. */
  readonly customized?: { readonly owner: string | null; readonly name: string; readonly id: string } | null;
  /** Sessions of it open no services. */
  readonly blockedServices?: boolean;
  /** Environment variables that the site sets to the number of cores. */
  readonly coreCountEnvs?: readonly string[];
}

const titles: Readonly<Record<string, string>> = {
  python: 'Python',
  'python-pytorch': 'PyTorch',
  'python-tensorflow': 'TensorFlow',
  'python-ff': 'Python (fast-forward)',
  'python-cntk': 'CNTK',
  'python-mxnet': 'MXNet',
  'python-jax': 'JAX',
  'python-caffe': 'Caffe',
  'ngc-pytorch': 'NVIDIA PyTorch',
  'ngc-tensorflow': 'NVIDIA TensorFlow',
  'ngc-rapids': 'NVIDIA RAPIDS',
  'ngc-digits': 'NVIDIA DIGITS',
  'ngc-triton-server': 'NVIDIA Triton Server',
  'r-base': 'R',
  rstudio: 'RStudio',
  julia: 'Julia',
  nodejs: 'Node.js',
  scala: 'Scala',
  swift: 'Swift',
  rust: 'Rust',
  golang: 'Go',
  java: 'Java',
  gcc: 'C/C++ (GCC)',
  matlab: 'MATLAB',
  octave: 'Octave',
  shell: 'Shell',
  jupyter: 'Jupyter',
  filebrowser: 'File browser',
  lua: 'Lua',
  php: 'PHP',
  haskell: 'Haskell',
  llm: 'LLM',
};

export function imageReference(image: Pick<SiteImage, 'registry' | 'name' | 'tag'>): string {
  return `${image.registry}/${image.name}:${image.tag}`;
}

/** Title of a known name, else the name itself made readable. */
export function environmentTitle(name: string): string {
  const last = name.split('/').pop() ?? name;
  const known = titles[last];
  if (known !== undefined) return known;
  return last
    .split(/[-_]/)
    .filter((word) => word !== '')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join(' ');
}

/** `3.11-ubuntu22.04-cuda12` -> `3.11 · ubuntu22.04 · cuda12`; an image that a person made begins with its own name. */
export function versionLabel(tag: string, labels: Readonly<Record<string, string>> = {}): string {
  const custom = labels['ai.backend.customized-image.name'];
  const parts = tag.split('-').filter((part) => part !== '' && !part.startsWith('customized_'));
  return [...(custom === undefined ? [] : [custom]), ...parts].join(' · ');
}

/** What a person reads in a row: environment and version of a canonical reference. */
export function describeImage(reference: string): string {
  const withoutArchitecture = reference.split('@', 1)[0] ?? reference;
  const colon = withoutArchitecture.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  const tagged = colon > withoutArchitecture.lastIndexOf('/');
  const name = tagged ? withoutArchitecture.slice(0, colon) : withoutArchitecture;
  const label = tagged ? versionLabel(withoutArchitecture.slice(colon + 1)) : '';
  return label === '' ? environmentTitle(name) : `${environmentTitle(name)} ${label}`;
}

/** Service names of the label `name:protocol:port[,...]`, where a port may be a bracket list. */
export function servicesOf(labels: Readonly<Record<string, string>>): string[] {
  const text = (labels['ai.backend.service-ports'] ?? '').replace(/\[[^\]]*\]/g, '0');
  return text.split(',').flatMap((entry) => {
    const [name, protocol] = entry.trim().split(':');
    return name === undefined || name === '' || protocol === 'pty' || protocol === 'internal' ? [] : [name];
  });
}

/** All ports that the image's services take in a container, also those of services that no app opens. */
export function servicePortsOf(labels: Readonly<Record<string, string>>): number[] {
  const text = labels['ai.backend.service-ports'] ?? '';
  const ports = [...text.matchAll(/(?<=[:[,]\s*)\d{2,5}(?=\s*(?:[\],]|$))/g)].map(([port]) => Number(port));
  return [...new Set(ports)];
}

/** Images for the site's own use, and those that cannot run as a session of a person. */
export function isHidden(image: Pick<SiteImage, 'labels'>): boolean {
  const role = (image.labels['ai.backend.role'] ?? 'COMPUTE').toUpperCase();
  const features = (image.labels['ai.backend.features'] ?? '').split(/\s+/);
  return role !== 'COMPUTE' || features.includes('private') || features.includes('operation');
}

/** Grouped by registry and name, by title; versions newest first, then by architecture. */
export function environmentsOf(images: readonly SiteImage[]): Environment[] {
  const groups = new Map<string, { title: string; versions: EnvironmentVersion[] }>();
  for (const image of images) {
    if (isHidden(image)) continue;
    const id = `${image.registry}/${image.name}`;
    const group = groups.get(id) ?? { title: environmentTitle(image.name), versions: [] };
    groups.set(id, group);
    group.versions.push({
      image: imageReference(image),
      architecture: image.architecture,
      label: versionLabel(image.tag, image.labels),
      aliases: [...(image.aliases ?? [])],
      customName: image.labels['ai.backend.customized-image.name'] ?? null,
      installed: image.installed,
      accelerators: [...image.accelerators],
      services: servicesOf(image.labels),
      servicePorts: servicePortsOf(image.labels),
      minimum: { ...image.minimum },
      tag: image.tag,
    });
  }
  return [...groups]
    .map(([id, { title, versions }]) => ({
      id,
      title,
      versions: versions.sort((a, b) => compareTags(b.tag, a.tag) || a.architecture.localeCompare(b.architecture)),
    }))
    .sort((a, b) => a.title.localeCompare(b.title) || a.id.localeCompare(b.id));
}

/**
 * Only those that the site allows, by the beginning of their names or images; none named allows all.
 */
export function allowedEnvironments(environments: readonly Environment[], allowed: readonly string[]): Environment[] {
  if (allowed.length === 0) return [...environments];
  const named = (text: string) => allowed.some((name) => text.startsWith(name) || text.includes(`/${name}`));
  return environments.flatMap((environment) => {
    const versions = environment.versions.filter((version) => named(version.image));
    return versions.length > 0 ? [{ ...environment, versions }] : [];
  });
}

/** The one that the site names, else the first environment that has Jupyter and is installed, else the first with Jupyter, else the first. */
export function defaultEnvironment(environments: readonly Environment[], named: string | null = null): string | null {
  if (named !== null) {
    const [reference = named] = named.split('@');
    const found = environments.find(
      ({ id, versions }) => id === reference || versions.some(({ image }) => image === reference),
    );
    if (found !== undefined) return found.id;
  }
  const withJupyter = environments.filter((environment) => environment.versions.some(hasJupyter));
  const ready = withJupyter.find((environment) =>
    environment.versions.some((version) => hasJupyter(version) && version.installed),
  );
  return (ready ?? withJupyter[0] ?? environments[0])?.id ?? null;
}

function hasJupyter(version: EnvironmentVersion): boolean {
  return version.services.includes('jupyter') || version.services.includes('jupyterlab');
}

/** Numbers in tags by value, the rest by text: 3.10 is newer than 3.9. */
export function compareTags(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const one = left[index] ?? '';
    const other = right[index] ?? '';
    const byValue = /^\d/.test(one) && /^\d/.test(other) ? Number(one) - Number(other) : one.localeCompare(other);
    if (byValue !== 0) return byValue;
  }
  return 0;
}
