/**
 * From a person's choices and the site's answers to all that the launcher shows and sends: one pure derivation, so that
 * a verdict can be tested, and a recipe judged, without a screen.
 */
import type { LaunchSpec } from '../../../src-preload/contract/launch-spec.ts';
import type { Bound, Folder, LauncherBounds, LauncherOptions } from '../../../src-preload/contract/launcher.ts';
import { sharesMemory } from '../../../src-preload/contract/slot-names.ts';
import { type AmountRule, openRule, readTicks, ruleOf, showTicks, toSlotText } from './amount-policy.ts';
import { batchProblems, readLocal } from './batch-policy.ts';
import { envProblems, isThreadCount } from './environ-policy.ts';
import { automaticShmemMib, judgeShmem, toMib } from './memory-policy.ts';
import { type MountFacts, mountProblems } from './mount-policy.ts';
import { type NameProblem, nameProblem, roomForSeveral } from './name-policy.ts';
import { judgePorts } from './ports-policy.ts';
import { byPresets, presetOutlook } from './preset-policy.ts';
import {
  acceleratorBounds,
  allowedSpec,
  chosenAmounts,
  chosenImage,
  chosenProject,
  chosenResourceGroup,
  type Image,
  imageCanUse,
  readCount,
  timesOf,
  usableBounds,
} from './spec-policy.ts';
import { type AmountAsked, type VerdictInput, verdictOf } from './verdict/verdict-policy.ts';

export interface LivingSession {
  readonly id: string;
  readonly name: string;
  readonly project: string | null;
}

export interface Answers {
  readonly options: LauncherOptions | null;
  /** For this image and group; null before the first answer. */
  readonly bounds: LauncherBounds | null;
  readonly limits: 'asked' | 'known' | 'failed';
  readonly folders: readonly Folder[] | null;
  readonly mountHosts: readonly string[] | null;
  /** Sessions that are not over; null before the first answer. */
  readonly living: readonly LivingSession[] | null;
  /** Names that the site has refused meanwhile. */
  readonly refusedNames: readonly string[];
  readonly now: Date;
}

export const noBounds: LauncherBounds = {
  bounds: [],
  presets: [],
  sessionsLeft: null,
  maxContainers: null,
  groups: [],
};

export type Form = ReturnType<typeof formOf>;

export function formOf(asked: LaunchSpec, answers: Answers) {
  const { options } = answers;
  const spec = options === null ? asked : allowedSpec(asked, options.rules);
  const image = options && chosenImage(spec, options);
  const project = options && chosenProject(spec, options);
  const resourceGroup = options && chosenResourceGroup(spec, options);
  const answer = answers.bounds ?? openBounds(options, answers.limits === 'failed');
  const families = image?.version.accelerators ?? [];
  const presetsOnly = options !== null && !options.rules.customAmounts;
  const chosen = chosenAmounts(spec, answer, families);
  const rules = rulesFor(answer, spec, chosen.accelerator, chosen.acceleratorUsable);
  const ticks = {
    cpu: readTicks(chosen.amounts.cpu, rules.cpu.perUnit),
    mem: readTicks(chosen.amounts.mem, rules.mem.perUnit),
    gpu: rules.gpu ? readTicks(chosen.amounts.gpu, rules.gpu.perUnit) : 0,
  };
  const imageMinimumMib = toMib(Number(image?.version.minimum.mem ?? 0) || 0);
  const automaticMib =
    chosen.presetShmemBytes === null
      ? automaticShmemMib(ticks.mem ?? 0, imageMinimumMib)
      : toMib(chosen.presetShmemBytes);
  const shmemText = spec.shmem ?? showTicks(automaticMib, rules.mem.perUnit);
  const siteShmem = options?.rules.maxShmemBytes ?? null;
  const shmem = judgeShmem({
    mib: readTicks(shmemText, rules.mem.perUnit),
    memoryMib: ticks.mem,
    imageMinimumMib,
    siteMaximumMib: siteShmem === null ? null : toMib(siteShmem),
  });
  const taken = takenNames(answers, project);
  const name = spec.name.trim();
  const count = readCount(spec.count);
  const nameTrouble: NameProblem | 'no-room' | null =
    nameProblem(name, taken) ?? ((count ?? 1) > 1 && !roomForSeveral(name) ? 'no-room' : null);

  const mountFacts: MountFacts = {
    folders: answers.folders,
    mountHosts: answers.mountHosts,
    projectId: options?.projectId ?? null,
  };
  const mounts = mountProblems(spec.mounts, mountFacts);
  const environ = envProblems(spec.environ);
  const ports = judgePorts(spec.ports, options?.rules.maxPorts ?? 0, image?.version.servicePorts ?? []);
  const batch = spec.type === 'batch' ? batchProblems(spec.batch, answers.now) : [];
  const slots = { ...slotsAsked(chosen.accelerator, ticks), ...chosen.beside };
  const bounds = usableBounds(answer.bounds, families);

  const input: VerdictInput = {
    name: nameTrouble,
    missing: options
      ? [
          ...missingOf(spec, options, image, project, resourceGroup),
          // P-LIMIT-41: without a preset there is nothing that may be asked for.
          ...(presetsOnly && answers.bounds !== null && chosen.preset === null ? (['no-preset'] as const) : []),
        ]
      : [],
    presetsOnly,
    amounts: amountsAsked(chosen.amounts, rules),
    accelerator: acceleratorTrouble(spec, chosen, answer.bounds),
    shmem,
    cluster: { size: readCount(spec.clusterSize), most: answer.maxContainers },
    count,
    mounts: spec.mounts.map((mount, index) => ({ name: mount.name, problem: mounts[index] ?? null })),
    batch,
    environ: spec.environ.map((row, index) => ({ name: row.name, problem: environ[index] ?? null })),
    ports: spec.ports.map((row, index) => ({ text: row.ports, problem: ports.problems[index] ?? null })),
    slips: slipsOf(spec),
    startsAt: spec.type === 'batch' && spec.batch.startsAt !== null ? readLocal(spec.batch.startsAt) : null,
    dependencies: dependenciesOf(spec, answers.living),
    installed: image?.version.installed ?? true,
    sessionsLeft: answer.sessionsLeft,
    byPresets: byPresets(numbersOf(slots), answer.presets),
    others: {
      freeGroups: freeGroups(slots, spec, answer, resourceGroup),
      groups: (options?.resourceGroups ?? []).filter((group) => group !== resourceGroup),
      startingPresets: answer.presets
        .filter((preset) => presetOutlook(preset, bounds, answer.sessionsLeft) === 'now')
        .map((preset) => preset.name),
      environments: usableElsewhere(options, image, chosen.accelerator),
    },
    limits: answers.limits,
  };
  return {
    image,
    project,
    resourceGroup,
    answer,
    slotBounds: bounds,
    chosen,
    rules,
    ticks,
    slots,
    shmem,
    shmemText,
    /** What stays when the preset ends: its own shared memory is shown, and must not change with another amount. */
    keptShmem: spec.shmem ?? (chosen.presetShmemBytes === null ? null : shmemText),
    siteShmemMib: siteShmem === null ? null : toMib(siteShmem),
    taken,
    name,
    nameTrouble,
    mountFacts,
    mountProblems: mounts,
    environProblems: environ,
    ports,
    batchProblems: batch,
    startingAtOnce: startingAtOnce(amountsAsked(chosen.amounts, rules), spec),
    verdict: verdictOf(input),
  };
}

function takenNames({ living, refusedNames }: Answers, project: string | null): ReadonlySet<string> {
  const here = (living ?? []).filter((it) => it.project === null || it.project === project);
  return new Set([...here.map((it) => it.name), ...refusedNames]);
}

/** When the limits cannot be had: the slots the site named, without limits. */
function openBounds(options: LauncherOptions | null, failed: boolean): LauncherBounds {
  if (!failed || !options) return noBounds;
  const open = { min: 0, minBy: 'site', max: null, maxBy: null, remaining: null, remainingBy: null } as const;
  const bounds = options.slots.map(
    (slot): Bound => ({
      ...open,
      total: null,
      totalBy: null,
      own: null,
      slot: slot.name,
      step: slot.step ?? 1,
      unit: slot.unit,
    }),
  );
  return { ...noBounds, bounds };
}

export interface Rules {
  readonly cpu: AmountRule;
  readonly mem: AmountRule;
  readonly gpu: AmountRule | null;
}

function rulesFor(answer: LauncherBounds, spec: LaunchSpec, accelerator: string | null, usable: boolean): Rules {
  const { bounds, maxContainers } = answer;
  const { containers, sessions } = timesOf(spec);
  // A cluster that is too large is one reason, not one for each amount as well.
  const times = { containers: Math.min(containers, Math.max(1, maxContainers ?? containers)), sessions };
  const rule = (slot: string) => {
    const bound = bounds.find((it) => it.slot === slot);
    return bound ? ruleOf(bound, times) : openRule(slot);
  };
  const gpu = acceleratorBounds(bounds).find((bound) => bound.slot === accelerator);
  const asks = gpu && usable && !sharesMemory(gpu.slot);
  return { cpu: rule('cpu'), mem: rule('mem'), gpu: asks ? ruleOf(gpu, times) : null };
}

function amountsAsked(texts: { cpu: string; mem: string; gpu: string }, rules: Rules): AmountAsked[] {
  const asked: AmountAsked[] = [
    { field: 'cpu', text: texts.cpu, rule: rules.cpu },
    { field: 'mem', text: texts.mem, rule: rules.mem },
  ];
  if (rules.gpu) asked.push({ field: 'gpu', text: texts.gpu, rule: rules.gpu });
  return asked;
}

/** What is asked of each slot for one container, as the wire has it; only what is a number already. */
function slotsAsked(
  accelerator: string | null,
  ticks: { cpu: number | null; mem: number | null; gpu: number | null },
): Record<string, string> {
  const slots: Record<string, string> = {};
  if (ticks.cpu !== null) slots.cpu = toSlotText(ticks.cpu, 'cpu');
  if (ticks.mem !== null) slots.mem = toSlotText(ticks.mem, 'mem');
  if (accelerator !== null && ticks.gpu !== null && ticks.gpu > 0)
    slots[accelerator] = toSlotText(ticks.gpu, accelerator);
  return slots;
}

const numbersOf = (slots: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(slots).map(([slot, text]) => [slot, Number(text)]));

/** An accelerator that was asked for by hand and that this image or this group does not offer. */
function acceleratorTrouble(
  spec: LaunchSpec,
  chosen: { accelerator: string | null; acceleratorUsable: boolean },
  bounds: readonly Bound[],
): 'image' | 'group' | null {
  if (spec.custom === null || spec.accelerator === null || !((readTicks(spec.custom.gpu, 1000) ?? 0) > 0)) return null;
  // Before the bounds are there nothing is known of the group.
  if (bounds.length === 0) return null;
  if (!bounds.some(({ slot }) => slot === spec.accelerator)) return 'group';
  return chosen.acceleratorUsable ? null : 'image';
}

function missingOf(
  spec: LaunchSpec,
  options: LauncherOptions,
  image: Image | null,
  project: string | null,
  resourceGroup: string | null,
): VerdictInput['missing'] {
  const manual = options.rules.manualImage && spec.manualImage.trim() !== '';
  return [
    ...(image ? [] : ([manual ? 'bad-image' : 'no-environment'] as const)),
    ...(project ? [] : (['no-project'] as const)),
    ...(resourceGroup ? [] : (['no-resource-group'] as const)),
  ];
}

function slipsOf(spec: LaunchSpec): VerdictInput['slips'] {
  const { threads, priority, owner, agents } = spec;
  const many = timesOf(spec).containers;
  const wrongAgents = agents.length > 0 && agents.length !== (spec.clusterMode === 'multi-node' ? many : 1);
  return [
    ...(threads !== null && !(isThreadCount(threads.openmp) && isThreadCount(threads.openblas))
      ? (['threads'] as const)
      : []),
    ...(priority.trim() !== '' && !/^(\d{1,2}|100)$/.test(priority.trim()) ? (['priority'] as const) : []),
    ...(owner !== null && (owner.accessKey.trim() === '' || owner.email.trim() === '') ? (['owner'] as const) : []),
    ...(wrongAgents ? (['agents'] as const) : []),
  ];
}

function dependenciesOf(spec: LaunchSpec, living: readonly LivingSession[] | null): VerdictInput['dependencies'] {
  const known = new Map((living ?? []).map((session) => [session.id, session.name]));
  const names = spec.dependencies.flatMap((id) => known.get(id) ?? []);
  // One that is over may have ended badly, and then this one would wait for ever; the form no longer shows it either.
  return living === null ? { gone: 0, names: [] } : { gone: spec.dependencies.length - names.length, names };
}

/** Other groups in which all that is asked is free, by name. */
function freeGroups(
  slots: Readonly<Record<string, string>>,
  spec: LaunchSpec,
  { groups }: LauncherBounds,
  current: string | null,
): string[] {
  const { containers, sessions } = timesOf(spec);
  return groups
    .filter(({ name, remaining }) => {
      if (name === current) return false;
      return Object.entries(slots).every(([slot, text]) => {
        const free = remaining[slot];
        return free !== undefined && Number(text) * containers * sessions <= Number(free);
      });
    })
    .map(({ name }) => name);
}

/** Environments that can use this accelerator, the installed ones first. */
function usableElsewhere(options: LauncherOptions | null, image: Image | null, accelerator: string | null) {
  if (options === null || accelerator === null) return [];
  const can = (installed: boolean) =>
    options.environments.filter(
      (environment) =>
        environment.id !== image?.environment?.id &&
        environment.versions.some((it) => it.installed === installed && imageCanUse(accelerator, it.accelerators)),
    );
  return [...can(true), ...can(false)].map(({ id, title }) => ({ id, title }));
}

/** How many sessions of this size are free at once (P-LAUNCH-43); null when nothing limits it. */
function startingAtOnce(asked: readonly AmountAsked[], spec: LaunchSpec): number | null {
  const { containers } = timesOf(spec);
  const counts = asked.flatMap(({ text, rule }) => {
    const ticks = readTicks(text, rule.perUnit);
    if (ticks === null || ticks === 0 || rule.free === null) return [];
    return [Math.floor(rule.free / (ticks * containers))];
  });
  return counts.length === 0 ? null : Math.min(...counts);
}
