/**
 * A launch from elsewhere (history, file, link, another session) against the site as it is now: fitted where that is
 * certain, and a list of what differs, so that nothing changes silently. Pure.
 */
import type { LaunchSpec } from '../../../../src-preload/contract/launch-spec.ts';
import type {
  Folder,
  LauncherBounds,
  LauncherOptions,
  LauncherRules,
} from '../../../../src-preload/contract/launcher.ts';
import type { Recipe } from '../../../../src-preload/contract/launches.ts';
import { readLocal } from '../batch-policy.ts';
import { versionKey } from '../environment-policy.ts';
import { chosenImage, chosenProject, chosenResourceGroup } from '../spec-policy.ts';

export type ChangeKind =
  | 'other-site'
  | 'name-taken'
  | 'environment-gone'
  | 'version-gone'
  | 'manual-refused'
  | 'project-gone'
  | 'group-gone'
  | 'preset-gone'
  | 'accelerator-gone'
  | 'folder-gone'
  | 'folder-read-only'
  | 'value-left-out'
  | 'time-passed'
  | 'amounts-refused'
  | 'timeout-refused'
  | 'ports-refused'
  | 'priority-refused'
  | 'machines-refused'
  | 'read-only-refused';

export interface Change {
  readonly kind: ChangeKind;
  /** What the launch asked for. */
  readonly what: string;
  /** What stands in for it now; null: nothing. */
  readonly instead: string | null;
}

/** The site as it is now. */
export interface Here {
  readonly options: LauncherOptions;
  readonly folders: readonly Folder[];
  /** Names of sessions that are not over. */
  readonly taken: ReadonlySet<string>;
  readonly siteName: string;
}

const longestName = 64;

/** The same name with the first number that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const base = name.replace(/-\d{1,4}$/, '');
  for (let number = 2; ; number += 1) {
    const end = `-${number}`;
    const candidate = base.slice(0, longestName - end.length) + end;
    if (!taken.has(candidate)) return candidate;
  }
}

/** The launch as a form of this site: folders found by name, the environment of a bare image, a name that is free. */
export function fitRecipe(spec: LaunchSpec, here: Here): LaunchSpec {
  const { environments } = here.options;
  const environment =
    environments.find(({ id }) => id === spec.environmentId) ??
    environments.find(({ versions }) => versions.some((one) => versionKey(one) === spec.version));
  return {
    ...spec,
    environmentId: environment?.id ?? spec.environmentId,
    name: freeName(spec.name, here.taken),
    // Folder ids are a site's own; a folder of the same name is what a person means elsewhere.
    mounts: spec.mounts.map((mount) => {
      const found =
        here.folders.find(({ id }) => id === mount.id) ??
        here.folders.find(({ name, automatic }) => name === mount.name && !automatic);
      return found ? { ...mount, id: found.id } : mount;
    }),
  };
}

/** What this site does not take at all: it counts for nothing (`allowedSpec`). */
function refusals(asked: LaunchSpec, rules: LauncherRules): [ChangeKind, string][] {
  const { custom, batch, ports, priority, agents } = asked;
  const refused: [ChangeKind, string | null][] = [
    ['amounts-refused', rules.customAmounts || custom === null ? null : `${custom.cpu} CPU, ${custom.mem} GiB`],
    ['timeout-refused', rules.batchTimeout || !batch.timeout ? null : `${batch.timeout.amount} ${batch.timeout.unit}`],
    ['ports-refused', rules.maxPorts > 0 ? null : ports.map((row) => row.ports).join(', ')],
    ['priority-refused', rules.priority ? null : priority.trim()],
    ['machines-refused', rules.agents ? null : agents.join(', ')],
  ];
  return refused.flatMap(([kind, what]) => (what ? [[kind, what]] : []));
}

/** What is not as the launch asks for. @param bounds for the image and group that hold now; null while not known */
export function changesOf(recipe: Recipe, here: Here, bounds: LauncherBounds | null, now: Date): Change[] {
  const { options } = here;
  const asked = recipe.spec;
  const fitted = fitRecipe(asked, here);
  const changes: Change[] = [];
  const add = (kind: ChangeKind, what: string, instead: string | null = null) => changes.push({ kind, what, instead });

  if (recipe.madeFor !== null && recipe.madeFor !== '' && recipe.madeFor !== here.siteName) {
    add('other-site', recipe.madeFor, here.siteName);
  }
  if (asked.name !== '' && fitted.name !== asked.name) add('name-taken', asked.name, fitted.name);

  const image = chosenImage(fitted, options);
  const shown = image ? `${image.environment?.title ?? image.version.image} ${image.version.label}` : null;
  if (asked.manualImage.trim() !== '') {
    if (!options.rules.manualImage) add('manual-refused', asked.manualImage.trim(), shown);
  } else if (asked.environmentId !== null || asked.version !== null) {
    const isThere = options.environments.some(({ id }) => id === fitted.environmentId);
    const wanted = asked.version ?? asked.environmentId ?? '';
    if (!isThere) add('environment-gone', wanted, shown);
    else if (asked.version !== null && (image === null || versionKey(image.version) !== asked.version)) {
      add('version-gone', asked.version, shown);
    }
  }

  const project = chosenProject(fitted, options);
  if (asked.project !== null && project !== asked.project) add('project-gone', asked.project, project);
  const group = chosenResourceGroup(fitted, options);
  if (asked.resourceGroup !== null && group !== asked.resourceGroup) add('group-gone', asked.resourceGroup, group);

  if (bounds !== null) {
    const { preset, custom, accelerator } = asked;
    if (
      (custom === null || !options.rules.customAmounts) &&
      preset !== null &&
      !bounds.presets.some(({ name }) => name === preset)
    ) {
      add('preset-gone', preset);
    }
    const wantsGpu = custom !== null && accelerator !== null && Number(custom.gpu) > 0;
    if (wantsGpu && !bounds.bounds.some(({ slot }) => slot === accelerator)) add('accelerator-gone', accelerator);
  }

  for (const mount of fitted.mounts) {
    const folder = here.folders.find(({ id }) => id === mount.id);
    if (!folder) add('folder-gone', mount.name);
    else if (folder.permission === 'ro' && !mount.readOnly) add('folder-read-only', mount.name);
    else if (mount.readOnly && folder.permission !== 'ro' && !options.rules.readOnlyMounts) {
      add('read-only-refused', mount.name);
    }
  }
  for (const [kind, what] of refusals(asked, options.rules)) add(kind, what);
  const startsAt = asked.type === 'batch' && asked.batch.startsAt !== null ? readLocal(asked.batch.startsAt) : null;
  if (startsAt !== null && startsAt.getTime() <= now.getTime()) add('time-passed', asked.batch.startsAt ?? '');
  for (const name of recipe.leftOut) add('value-left-out', name);
  return changes;
}
