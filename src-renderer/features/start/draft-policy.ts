/**
 * The half-filled form. It holds only what a person chose; everything else is null and follows from the site's answers,
 * so a late answer or another image never fights with what was typed. Nothing in it is a secret.
 */
import { z } from 'zod';
import type {
  Bound,
  Environment,
  EnvironmentVersion,
  LauncherBounds,
  LauncherOptions,
  Preset,
} from '../../../src-preload/contract/launcher.ts';
import { formatAmount, gibBytes } from './amount-policy.ts';
import { automaticPreset, presetFits } from './preset-policy.ts';

/** Texts as typed, memory in GiB. */
export const Amounts = z.strictObject({ cpu: z.string(), mem: z.string(), gpu: z.string() });
export type Amounts = z.infer<typeof Amounts>;

export const Draft = z.strictObject({
  name: z.string(),
  environmentId: z.string().nullable(),
  /** Image and architecture, as `versionKey` makes it. */
  version: z.string().nullable(),
  project: z.string().nullable(),
  resourceGroup: z.string().nullable(),
  /** Null: the first preset that fits. */
  preset: z.string().nullable(),
  /** Set once an amount was edited: then no preset counts. */
  custom: Amounts.nullable(),
  accelerator: z.string().nullable(),
  /** GiB as typed; null: the automatic amount. */
  shmem: z.string().nullable(),
  folders: z.array(z.string()),
});
export type Draft = z.infer<typeof Draft>;

export function emptyDraft(name: string): Draft {
  return {
    name,
    environmentId: null,
    version: null,
    project: null,
    resourceGroup: null,
    preset: null,
    custom: null,
    accelerator: null,
    shmem: null,
    folders: [],
  };
}

export function versionKey(version: Pick<EnvironmentVersion, 'image' | 'architecture'>): string {
  return `${version.image}@${version.architecture}`;
}

export interface Image {
  readonly environment: Environment;
  readonly version: EnvironmentVersion;
}

/** The chosen environment and version, else the site's default, else the first that needs no download. */
export function chosenImage(draft: Draft, options: LauncherOptions): Image | null {
  const { environments, defaultEnvironment } = options;
  const byId = (id: string | null) => environments.find((it) => it.id === id);
  const ready = environments.find((it) => it.versions.some((version) => version.installed));
  const environment = byId(draft.environmentId) ?? byId(defaultEnvironment) ?? ready ?? environments[0];
  const version =
    environment?.versions.find((it) => versionKey(it) === draft.version) ??
    environment?.versions.find((it) => it.installed) ??
    environment?.versions[0];
  return environment && version ? { environment, version } : null;
}

export function chosenProject(draft: Draft, options: LauncherOptions): string | null {
  return kept(draft.project, options.projects) ?? options.projects[0] ?? null;
}

export function chosenResourceGroup(draft: Draft, options: LauncherOptions): string | null {
  return (
    kept(draft.resourceGroup, options.resourceGroups) ??
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
  readonly amounts: Amounts;
  /** Slot of the accelerator field; null where the resource group offers none. */
  readonly accelerator: string | null;
  readonly acceleratorUsable: boolean;
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

/** Amounts, preset and accelerator that hold now, from the draft and the site's bounds for the chosen image. */
export function chosenAmounts(draft: Draft, answer: LauncherBounds, families: readonly string[]): Chosen {
  const accelerators = acceleratorBounds(answer.bounds);
  const usable = accelerators.filter((bound) => imageCanUse(bound.slot, families));
  // An image without any accelerator cannot use a preset with one, so its bound counts as zero.
  const bounds = answer.bounds.map((bound) =>
    accelerators.includes(bound) && !usable.includes(bound) ? { ...bound, min: 0, max: 0 } : bound,
  );
  const preset = draft.custom ? null : presetFor(draft.preset, answer.presets, bounds);
  const inPreset = accelerators.find((bound) => Number(preset?.slots[bound.slot] ?? 0) > 0)?.slot;
  const preferred = usable.some((bound) => bound.slot === draft.accelerator) ? draft.accelerator : null;
  const accelerator = inPreset ?? preferred ?? usable[0]?.slot ?? accelerators[0]?.slot ?? null;
  const amounts = draft.custom ?? (preset ? presetAmounts(preset, accelerator) : leastAmounts(bounds, accelerator));
  return {
    preset,
    amounts,
    accelerator,
    acceleratorUsable: usable.some((bound) => bound.slot === accelerator),
    presetShmemBytes: preset?.shmem ? Number(preset.shmem) : null,
  };
}

function presetFor(name: string | null, presets: readonly Preset[], bounds: readonly Bound[]): Preset | null {
  const named = presets.find((preset) => preset.name === name);
  return named && presetFits(named, bounds) ? named : automaticPreset(presets, bounds);
}

function presetAmounts(preset: Preset, accelerator: string | null): Amounts {
  const amount = (slot: string | null) => Number((slot && preset.slots[slot]) ?? 0) || 0;
  return {
    cpu: formatAmount(amount('cpu')),
    mem: formatAmount(amount('mem') / gibBytes),
    gpu: formatAmount(amount(accelerator)),
  };
}

/** Without presets: what the image needs, but at least one core and a GiB where the limits allow it. */
function leastAmounts(bounds: readonly Bound[], accelerator: string | null): Amounts {
  const least = (slot: string, wanted: number) => {
    const bound = bounds.find((it) => it.slot === slot);
    return Math.max(bound?.min ?? 0, Math.min(wanted, bound?.max ?? wanted));
  };
  return {
    cpu: formatAmount(least('cpu', 1)),
    mem: formatAmount(least('mem', gibBytes) / gibBytes),
    gpu: formatAmount(accelerator === null ? 0 : least(accelerator, 0)),
  };
}
