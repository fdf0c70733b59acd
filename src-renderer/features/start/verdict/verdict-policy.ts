/**
 * Whether a session as described would start now, has to wait, or can never start here; why; and what would help, each as
 * one change of the choices. Values to put into words, no words. Pure.
 */
import type { LimitSource } from '../../../../src-preload/contract/launcher.ts';
import {
  type AmountProblem,
  type AmountRule,
  clampToGrid,
  judgeAmount,
  mostFree,
  showTicks,
} from '../amount-policy.ts';
import type { BatchProblem } from '../batch-policy.ts';
import type { EnvProblem } from '../environ-policy.ts';
import type { ShmemProblem, ShmemVerdict } from '../memory-policy.ts';
import type { MountProblem } from '../mount-policy.ts';
import { mostSessions, type NameProblem } from '../name-policy.ts';
import type { PortProblem } from '../ports-policy.ts';

export type Field = 'cpu' | 'mem' | 'gpu';
/** A folded part that a fix opens and goes to. */
export type Part = 'image' | 'batch' | 'environ' | 'ports' | 'owner' | 'threads' | 'cluster' | 'priority' | 'agents';

/** One click that changes the choices so that a reason falls away. */
export type Fix =
  | {
      readonly type: 'amount';
      readonly field: Field;
      readonly text: string;
      readonly to: 'free' | 'most' | 'least' | 'step';
    }
  | { readonly type: 'preset' | 'resource-group' | 'environment'; readonly name: string; readonly title: string }
  | {
      readonly type:
        | 'no-accelerator'
        | 'automatic-shmem'
        | 'another-name'
        | 'start-later'
        | 'no-start-time'
        | 'no-owner';
    }
  | { readonly type: 'cluster-size' | 'count'; readonly text: string }
  | { readonly type: 'untick' | 'default-path'; readonly index: number; readonly name: string }
  | { readonly type: 'drop-dependencies' }
  | { readonly type: 'show'; readonly part: Part };

export type Missing = 'no-environment' | 'no-project' | 'no-resource-group' | 'no-preset';

export type CannotReason =
  | { readonly type: Missing | 'bad-image' }
  | { readonly type: 'name'; readonly problem: NameProblem | 'no-room' }
  | { readonly type: 'amount'; readonly field: Field; readonly problem: AmountProblem; readonly rule: AmountRule }
  | { readonly type: 'accelerator'; readonly why: 'image' | 'group' }
  | { readonly type: 'shmem'; readonly problem: ShmemProblem }
  | { readonly type: 'cluster'; readonly problem: 'not-a-number' | 'too-many'; readonly most: number | null }
  | { readonly type: 'count'; readonly problem: 'not-a-number' | 'too-many' | 'with-cluster' }
  | { readonly type: 'mount'; readonly name: string; readonly problem: MountProblem }
  | { readonly type: 'batch'; readonly problem: BatchProblem }
  | { readonly type: 'environ'; readonly name: string; readonly problem: EnvProblem }
  | { readonly type: 'threads' | 'priority' | 'owner' | 'agents' }
  | { readonly type: 'ports'; readonly text: string; readonly problem: PortProblem }
  | { readonly type: 'dependency-gone'; readonly count: number };

export type WaitReason =
  | {
      readonly type: 'amount';
      readonly field: Field;
      readonly asked: number;
      readonly rule: AmountRule;
      /** Containers and sessions that this amount stands for in all. */
      readonly times: number;
      readonly by: LimitSource | null;
    }
  | { readonly type: 'machine' }
  | { readonly type: 'sessions'; readonly left: number; readonly asked: number }
  | { readonly type: 'start-time'; readonly at: Date }
  | { readonly type: 'dependencies'; readonly names: readonly string[] };

export type Explained<R> = R & { readonly fixes: readonly Fix[] };

export type Verdict =
  | { readonly kind: 'checking' }
  /** The limits could not be had; the site decides. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'now'; readonly downloads: boolean }
  | { readonly kind: 'wait'; readonly reasons: readonly Explained<WaitReason>[]; readonly downloads: boolean }
  /** `never`: waiting and correcting a slip do not help, something else must be chosen. */
  | { readonly kind: 'cannot'; readonly reasons: readonly Explained<CannotReason>[]; readonly never: boolean };

export interface AmountAsked {
  readonly field: Field;
  readonly text: string;
  readonly rule: AmountRule;
}

export interface VerdictInput {
  readonly name: NameProblem | 'no-room' | null;
  readonly missing: readonly (Missing | 'bad-image')[];
  /** Amounts cannot be changed by hand on this site. */
  readonly presetsOnly: boolean;
  readonly amounts: readonly AmountAsked[];
  /** Why the asked accelerator cannot be had; null when it can or none is asked. */
  readonly accelerator: 'image' | 'group' | null;
  readonly shmem: ShmemVerdict;
  readonly cluster: { readonly size: number | null; readonly most: number | null };
  readonly count: number | null;
  readonly mounts: readonly { readonly name: string; readonly problem: MountProblem | null }[];
  readonly batch: readonly BatchProblem[];
  readonly environ: readonly { readonly name: string; readonly problem: EnvProblem | null }[];
  readonly ports: readonly { readonly text: string; readonly problem: PortProblem | null }[];
  readonly slips: readonly ('threads' | 'priority' | 'owner' | 'agents')[];
  readonly startsAt: Date | null;
  readonly dependencies: { readonly gone: number; readonly names: readonly string[] };
  readonly installed: boolean;
  readonly sessionsLeft: number | null;
  /** What the site's presets tell of these amounts on single machines. */
  readonly byPresets: 'now' | 'wait' | null;
  /** Ways out that the site's answers offer. */
  readonly others: {
    readonly freeGroups: readonly string[];
    readonly groups: readonly string[];
    readonly startingPresets: readonly string[];
    readonly environments: readonly { readonly id: string; readonly title: string }[];
  };
  /** Where the limits stand: still asked for, here, or not to be had. */
  readonly limits: 'asked' | 'known' | 'failed';
}

/** What forbids comes before what delays; more than remaining is only a wait (P-LIMIT-12). */
export function verdictOf(input: VerdictInput): Verdict {
  const reasons = possible(input, cannotReasons(input));
  if (reasons.length > 0) {
    if (input.limits === 'asked') return { kind: 'checking' };
    return { kind: 'cannot', reasons, never: reasons.some(isForGood) };
  }
  if (input.limits !== 'known') return { kind: input.limits === 'asked' ? 'checking' : 'unknown' };
  const waits = possible(input, waitReasons(input));
  const downloads = !input.installed;
  return waits.length > 0 ? { kind: 'wait', reasons: waits, downloads } : { kind: 'now', downloads };
}

/** A fix of an amount would be none where only presets may be asked for. */
function possible<R>({ presetsOnly }: VerdictInput, reasons: readonly Explained<R>[]): Explained<R>[] {
  if (!presetsOnly) return [...reasons];
  const changesAmount = ({ type }: Fix) => type === 'amount' || type === 'no-accelerator';
  return reasons.map((reason) => ({ ...reason, fixes: reason.fixes.filter((fix) => !changesAmount(fix)) }));
}

/** Limits, as opposed to slips of the pen. */
function isForGood(reason: CannotReason): boolean {
  if (reason.type === 'amount') return reason.problem === 'above' || reason.problem === 'impossible';
  if (reason.type === 'no-preset') return true;
  return reason.type === 'accelerator' || (reason.type === 'cluster' && reason.problem === 'too-many');
}

function cannotReasons(input: VerdictInput): Explained<CannotReason>[] {
  const reasons: Explained<CannotReason>[] = input.missing.map((type) => ({
    type,
    fixes:
      type === 'bad-image'
        ? [show('image')]
        : type === 'no-preset'
          ? [...otherGroups(input.others.groups), ...otherEnvironment(input)]
          : [],
  }));
  const add = (reason: CannotReason, ...fixes: Fix[]) => reasons.push({ ...reason, fixes });
  if (input.name) add({ type: 'name', problem: input.name }, ...(input.name === 'no-room' ? [] : [anotherName]));
  if (input.accelerator !== null) {
    add({ type: 'accelerator', why: input.accelerator }, { type: 'no-accelerator' }, ...otherEnvironment(input));
  }
  for (const { field, text, rule } of input.amounts) {
    const { problem } = judgeAmount(text, rule);
    if (problem) add({ type: 'amount', field, problem, rule }, ...amountFixes(input, { field, text, rule }, problem));
  }
  const memoryIsSound = !reasons.some((reason) => reason.type === 'amount' && reason.field === 'mem');
  if (input.shmem.problem && memoryIsSound) {
    add({ type: 'shmem', problem: input.shmem.problem }, { type: 'automatic-shmem' });
  }
  const { size, most } = input.cluster;
  if (size === null) add({ type: 'cluster', problem: 'not-a-number', most }, { type: 'cluster-size', text: '1' });
  else if (most !== null && size > most) {
    add({ type: 'cluster', problem: 'too-many', most }, { type: 'cluster-size', text: String(Math.max(1, most)) });
  }
  if (input.count === null) add({ type: 'count', problem: 'not-a-number' }, { type: 'count', text: '1' });
  else if (input.count > mostSessions) {
    add({ type: 'count', problem: 'too-many' }, { type: 'count', text: String(mostSessions) });
  } else if (input.count > 1 && size !== null && size > 1) {
    add({ type: 'count', problem: 'with-cluster' }, { type: 'count', text: '1' }, { type: 'cluster-size', text: '1' });
  }
  input.mounts.forEach(({ name, problem }, index) => {
    if (problem === null) return;
    const path: Fix[] = 'path' in problem ? [{ type: 'default-path', index, name }] : [];
    add({ type: 'mount', name, problem }, ...path, { type: 'untick', index, name });
  });
  for (const problem of input.batch) {
    const time: Fix[] = [{ type: 'start-later' }, { type: 'no-start-time' }];
    add({ type: 'batch', problem }, ...(problem.endsWith('start') ? time : [show('batch')]));
  }
  for (const { name, problem } of input.environ) {
    if (problem) add({ type: 'environ', name, problem }, show('environ'));
  }
  for (const { text, problem } of input.ports) if (problem) add({ type: 'ports', text, problem }, show('ports'));
  for (const type of input.slips) add({ type }, ...(type === 'owner' ? [noOwner] : []), show(type));
  if (input.dependencies.gone > 0) {
    add({ type: 'dependency-gone', count: input.dependencies.gone }, { type: 'drop-dependencies' });
  }
  return reasons;
}

const anotherName: Fix = { type: 'another-name' };
const noOwner: Fix = { type: 'no-owner' };
const show = (part: Part): Fix => ({ type: 'show', part });
const otherGroups = (names: readonly string[]): Fix[] =>
  names.slice(0, 2).map((name) => ({ type: 'resource-group', name, title: name }));
const otherEnvironment = ({ others }: VerdictInput): Fix[] =>
  others.environments.slice(0, 1).map(({ id, title }) => ({ type: 'environment', name: id, title }));
const startingPreset = ({ others }: VerdictInput): Fix[] =>
  others.startingPresets.slice(0, 1).map((name) => ({ type: 'preset', name, title: name }));

function amountFixes(input: VerdictInput, { field, text, rule }: AmountAsked, problem: AmountProblem): Fix[] {
  const put = (ticks: number, to: 'free' | 'most' | 'least' | 'step'): Fix => ({
    type: 'amount',
    field,
    text: showTicks(clampToGrid(ticks, rule), rule.perUnit),
    to,
  });
  const { ticks } = judgeAmount(text, rule);
  const noGpu: Fix[] = field === 'gpu' && rule.min === 0 ? [{ type: 'no-accelerator' }] : [];
  switch (problem) {
    case 'above':
      return [put(rule.max ?? 0, 'most'), ...noGpu, ...startingPreset(input), ...otherGroups(input.others.freeGroups)];
    case 'below':
    case 'empty':
    case 'not-a-number':
      return [put(rule.min, 'least')];
    case 'off-step':
      return [put(ticks ?? rule.min, 'step'), ...noGpu];
    case 'impossible':
      return [...otherGroups(input.others.groups), ...otherEnvironment(input)];
  }
}

function waitReasons(input: VerdictInput): Explained<WaitReason>[] {
  const reasons: Explained<WaitReason>[] = [];
  const times = (input.cluster.size ?? 1) * (input.count ?? 1);
  const elsewhere = [...startingPreset(input), ...otherGroups(input.others.freeGroups)];
  for (const { field, text, rule } of input.amounts) {
    const { waits, ticks } = judgeAmount(text, rule);
    if (!waits || ticks === null) continue;
    const most = mostFree(rule);
    const lower: Fix[] =
      most === null || (field === 'gpu' && most === 0)
        ? []
        : [{ type: 'amount', field, text: showTicks(most, rule.perUnit), to: 'free' }];
    const without: Fix[] = field === 'gpu' && rule.min === 0 ? [{ type: 'no-accelerator' }] : [];
    const fixes = [...lower, ...without, ...elsewhere];
    reasons.push({ type: 'amount', field, asked: ticks, rule, times, by: rule.remainingBy, fixes });
  }
  if (reasons.length === 0 && input.byPresets === 'wait' && times === 1) {
    reasons.push({ type: 'machine', fixes: elsewhere });
  }
  const asked = input.count ?? 1;
  if (input.sessionsLeft !== null && asked > input.sessionsLeft) {
    const fewer: Fix[] = input.sessionsLeft > 0 ? [{ type: 'count', text: String(input.sessionsLeft) }] : [];
    reasons.push({ type: 'sessions', left: input.sessionsLeft, asked, fixes: fewer });
  }
  if (input.startsAt !== null) {
    reasons.push({ type: 'start-time', at: input.startsAt, fixes: [{ type: 'no-start-time' }] });
  }
  if (input.dependencies.names.length > 0) {
    reasons.push({ type: 'dependencies', names: input.dependencies.names, fixes: [{ type: 'drop-dependencies' }] });
  }
  return reasons;
}
