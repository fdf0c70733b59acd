/**
 * What holds now, from a person's choices and the site's answers: image, project, resource group, amounts. Choices that
 * are null follow from the answers, so a late answer or another image never fights with what was typed. Pure.
 */
import { emptySpec, type LaunchSpec, type TypedAmounts } from '../../../src-preload/contract/launch-spec.ts';
import type {
  Bound,
  Environment,
  EnvironmentVersion,
  LauncherBounds,
  LauncherOptions,
  LauncherRules,
  Preset,
} from '../../../src-preload/contract/launcher.ts';
import { boundTicks, gibBytes, showTicks, slotToText, ticksPerUnit } from './amount-policy.ts';
import { readImageName, versionKey } from './environment-policy.ts';
import { automaticPreset, presetFits } from './preset-policy.ts';

/** A form that nobody has touched. */
export function newSpec(name: string): LaunchSpec {
  return { ...emptySpec, name };
}

/**
 * The choices that this site takes (P-LAUNCH-15, -31, -37, -60). Those of a draft or recipe that it does not take count for
 * nothing, because the launcher shows no field for them; `changesOf` tells them.
 */
export function allowedSpec(spec: LaunchSpec, rules: LauncherRules): LaunchSpec {
  return {
    ...spec,
    custom: rules.customAmounts ? spec.custom : null,
    batch: rules.batchTimeout ? spec.batch : { ...spec.batch, timeout: null },
    ports: rules.maxPorts > 0 ? spec.ports : [],
    priority: rules.priority ? spec.priority : '',
    agents: rules.agents ? spec.agents : [],
    mounts: rules.readOnlyMounts ? spec.mounts : spec.mounts.map((mount) => ({ ...mount, readOnly: false })),
  };
}

/** What a session is made from. `environment` is null for an image named by hand that the site did not list. */
export interface Image {
  readonly environment: Environment | null;
  readonly version: EnvironmentVersion;
}

/** An image by its name alone: no minimum is known, and the site decides what it can use. */
function unlisted(image: string, architecture: string): EnvironmentVersion {
  const tag = image.slice(image.lastIndexOf(':') + 1);
  return {
    image,
    architecture,
    label: tag,
    tag,
    aliases: [],
    customName: null,
    installed: true,
    accelerators: ['*'],
    services: [],
    servicePorts: [],
    minimum: {},
  };
}

/** The image named by hand, else the chosen environment and version, else the site's default, else the first installed. */
export function chosenImage(spec: LaunchSpec, options: LauncherOptions): Image | null {
  const { environments, defaultEnvironment, recent, rules } = options;
  if (rules.manualImage && spec.manualImage.trim() !== '') {
    const named = readImageName(spec.manualImage);
    if (named === null) return null;
    for (const environment of environments) {
      const version = environment.versions.find((it) => versionKey(it) === versionKey(named));
      if (version) return { environment, version };
    }
    return { environment: null, version: unlisted(named.image, named.architecture) };
  }
  const byId = (id: string | null | undefined) => environments.find((it) => it.id === id);
  const ready = environments.find((it) => it.versions.some((version) => version.installed));
  const environment =
    byId(spec.environmentId) ?? byId(recent[0]) ?? byId(defaultEnvironment) ?? ready ?? environments[0];
  const version =
    environment?.versions.find((it) => versionKey(it) === spec.version) ??
    environment?.versions.find((it) => it.installed) ??
    environment?.versions[0];
  return environment && version ? { environment, version } : null;
}

/** For somebody else one of theirs, which need not be one's own. */
export function chosenProject(spec: LaunchSpec, options: LauncherOptions): string | null {
  if (options.rules.owner && spec.owner?.project !== undefined) return spec.owner.project;
  return kept(spec.project, options.projects) ?? options.projects[0] ?? null;
}

export function chosenResourceGroup(spec: LaunchSpec, options: LauncherOptions): string | null {
  return (
    kept(spec.resourceGroup, options.resourceGroups) ??
    kept('default', options.resourceGroups) ??
    options.resourceGroups[0] ??
    null
  );
}

function kept(value: string | null, among: readonly string[]): string | null {
  return value !== null && among.includes(value) ? value : null;
}

export interface Chosen {
  /** Null: custom amounts. */
  readonly preset: Preset | null;
  readonly amounts: TypedAmounts;
  /** Slot of the accelerator field; null where the resource group offers none. */
  readonly accelerator: string | null;
  readonly acceleratorUsable: boolean;
  /** Accelerators of other kinds that the preset has as well, as the wire has them; a request may name several. */
  readonly beside: Readonly<Record<string, string>>;
  /** A preset's own shared memory in bytes, which stands in for the automatic amount (P-LIMIT-24). */
  readonly presetShmemBytes: number | null;
}

export function acceleratorBounds(bounds: readonly Bound[]): Bound[] {
  return bounds.filter((bound) => bound.slot !== 'cpu' && bound.slot !== 'mem');
}

/** Whether an image can use a slot: its families are prefixes of slot names, `*` or a lone empty text mean all (P-LIMIT-30). */
export function imageCanUse(slot: string, families: readonly string[]): boolean {
  return families.some((family) => family === '*' || family === '' || slot.split('.')[0] === family.split('.')[0]);
}

/** Amounts, preset and accelerator that hold now, from the choices and the site's bounds for the chosen image. */
export function chosenAmounts(spec: LaunchSpec, answer: LauncherBounds, families: readonly string[]): Chosen {
  const accelerators = acceleratorBounds(answer.bounds);
  const usable = accelerators.filter((bound) => imageCanUse(bound.slot, families));
  const bounds = usableBounds(answer.bounds, families);
  const preset = spec.custom ? null : presetFor(spec.preset, answer.presets, bounds);
  const inPreset = accelerators.find((bound) => Number(preset?.slots[bound.slot] ?? 0) > 0)?.slot;
  // What was typed keeps its slot, also where another image cannot use it: the verdict then says so.
  const own = spec.custom && accelerators.some((bound) => bound.slot === spec.accelerator) ? spec.accelerator : null;
  const preferred = usable.some((bound) => bound.slot === spec.accelerator) ? spec.accelerator : null;
  const accelerator = own ?? inPreset ?? preferred ?? usable[0]?.slot ?? accelerators[0]?.slot ?? null;
  const amounts = spec.custom ?? (preset ? presetAmounts(preset, accelerator) : leastAmounts(bounds, accelerator));
  return {
    preset,
    amounts,
    accelerator,
    acceleratorUsable: usable.some((bound) => bound.slot === accelerator),
    beside: Object.fromEntries(
      accelerators.flatMap(({ slot }) => {
        const amount = preset?.slots[slot];
        return slot !== accelerator && amount !== undefined && Number(amount) > 0 ? [[slot, amount]] : [];
      }),
    ),
    presetShmemBytes: preset?.shmem ? Number(preset.shmem) : null,
  };
}

/** An image without an accelerator cannot use a preset with one: such a bound counts as zero. */
export function usableBounds(bounds: readonly Bound[], families: readonly string[]): Bound[] {
  return bounds.map((bound) =>
    bound.slot === 'cpu' || bound.slot === 'mem' || imageCanUse(bound.slot, families)
      ? bound
      : { ...bound, min: 0, max: 0 },
  );
}

function presetFor(name: string | null, presets: readonly Preset[], bounds: readonly Bound[]): Preset | null {
  const named = presets.find((preset) => preset.name === name);
  return named && presetFits(named, bounds) ? named : automaticPreset(presets, bounds);
}

export function presetAmounts(preset: Preset, accelerator: string | null): TypedAmounts {
  const amount = (slot: string | null) => slotToText(Number((slot && preset.slots[slot]) ?? 0) || 0, slot ?? '');
  return { cpu: amount('cpu'), mem: amount('mem'), gpu: amount(accelerator) };
}

/** Without presets: what the image needs, but at least one core and a GiB where the limits allow it (P-LIMIT-42). */
function leastAmounts(bounds: readonly Bound[], accelerator: string | null): TypedAmounts {
  const least = (slot: string, wanted: number) => {
    const bound = bounds.find((it) => it.slot === slot);
    const perUnit = ticksPerUnit(slot);
    const min = boundTicks(slot, bound?.min ?? 0, 'up');
    const most = boundTicks(slot, Math.min(wanted, bound?.max ?? wanted), 'down');
    return showTicks(Math.max(min, most), perUnit);
  };
  return {
    cpu: least('cpu', 1),
    mem: least('mem', gibBytes),
    gpu: accelerator === null ? '0' : least(accelerator, 0),
  };
}

/** A whole number as typed, or null. */
export function readCount(text: string): number | null {
  const plain = text.trim();
  return /^\d{1,6}$/.test(plain) && Number(plain) >= 1 ? Number(plain) : null;
}

/** Containers and sessions by which amounts count; what is not typed yet counts as one. */
export function timesOf(spec: LaunchSpec): { containers: number; sessions: number } {
  return { containers: readCount(spec.clusterSize) ?? 1, sessions: readCount(spec.count) ?? 1 };
}
