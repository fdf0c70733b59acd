/**
 * Why a session waits: from each shape in which managers say it (API reference, sections 5.4 and 5.5; parity page, 8.2) and
 * from what is known of limits, to reasons that windows put in words. Pure. Where the site says nothing, what is asked is
 * compared with what is left, and the answer says that this was computed.
 */
import type { Slots } from '../../src-preload/contract/common.ts';
import type { Bound } from '../../src-preload/contract/launcher.ts';
import type { WaitedFor, WaitHelp, Waiting, WaitReason } from '../../src-preload/contract/waiting.ts';
import { parseAmount } from '../launcher/amount-policy.ts';
import { readSentence, type Sentence, unique } from './wait-sentence-policy.ts';

/** One entry of the scheduling history (26.4 and newer). */
export interface SchedulingStep {
  readonly phase: string;
  readonly result: string;
  readonly errorCode: string | null;
  readonly message: string | null;
  readonly attempts: number | null;
  readonly updatedAt: string | null;
  readonly subSteps: readonly {
    readonly step: string;
    readonly result: string;
    readonly errorCode: string | null;
    readonly message: string | null;
  }[];
}

/** A session that this one depends on, as far as it is known. */
export interface KnownDependency {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** `SUCCESS`, `FAILURE`, `UNDEFINED`; null where the site does not tell. */
  readonly result: string | null;
}

export interface WaitingFacts {
  readonly statusInfo: string | null;
  /** `status_data`, parsed; null where there is none. */
  readonly statusData: unknown;
  /** Empty where the site has no such history. */
  readonly history: readonly SchedulingStep[];
  /** From 0, as the wire has it. */
  readonly queuePosition: number | null;
  readonly asked: Slots;
  readonly architecture: string;
  readonly startsAt: string | null;
  readonly dependencies: readonly KnownDependency[];
  /** Containers that it is made of, and whether they all have to be on one machine. */
  readonly containers: number;
  readonly onOneMachine: boolean;
  /** All that each machine of the resource group has; empty while not known, or not told. */
  readonly machines: readonly Slots[];
  /** What may be asked for and what is left (check-presets); null while not known. */
  readonly limits: { readonly bounds: readonly Bound[]; readonly sessionsLeft: number | null } | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** `status_info` values that say nothing by themselves. */
const silent = new Set([
  'predicate-checks-failed',
  'no-available-instances',
  'scheduled',
  'pending',
  'unknown',
  // From 26.8 on: how it came to wait, which windows say in words.
  'RESCHEDULED',
  'preemption-reservation',
  'preempted-by-reservation',
  'PREEMPTED_BY_SCHEDULER',
  'triggered-by-scheduler',
  'not-attempted-this-cycle',
]);
const retryResults = new Set(['NEED_RETRY', 'FAILURE', 'EXPIRED', 'GIVE_UP']);
const maxSaid = 12;
const maxSaidLength = 4000;

export function explainWaiting(facts: WaitingFacts): Waiting {
  const scheduler = record(record(facts.statusData).scheduler);
  const sentences = sentencesOf(facts, scheduler);
  const told = unique(sentences.flatMap(readSentence)).map((reason) => withFacts(reason, facts));
  if (facts.statusInfo === 'scheduler-error') told.unshift({ kind: 'scheduler-error' });
  const vague = told.every(({ kind }) => kind === 'full' || kind === 'other');
  const compared = vague ? compare(facts, told) : [];
  const large = tooLarge(facts);
  if (told.length === 0 && facts.statusInfo === 'no-available-instances' && compared.length + large.length === 0) {
    told.push({ kind: 'full' });
  }
  // "No room" says less than which amount is short; a sentence that is not understood stays beside it.
  const kept = compared.length + large.length > 0 ? told.filter(({ kind }) => kind !== 'full') : told;
  const reasons = [...large, ...kept, ...compared].sort((a, b) => Number(isNever(b)) - Number(isNever(a)));
  const step = newestRetry(facts.history);
  return {
    reasons,
    computed: told.length === 0 && reasons.length > 0,
    never: reasons.some(isNever),
    place: facts.queuePosition === null || facts.queuePosition < 0 ? null : Math.trunc(facts.queuePosition) + 1,
    tries: step?.attempts ?? count(scheduler.retries),
    lastTryAt: step?.updatedAt ?? instant(scheduler.last_try),
    help: helpFor(reasons),
    said: [...new Set(sentences.map(({ text }) => text.trim().slice(0, maxSaidLength)))]
      .filter((text) => text !== '')
      .slice(0, maxSaid),
  };
}

/** Waiting alone does not lead to a start. */
export function isNever(reason: WaitReason): boolean {
  if (reason.kind === 'incompatible' || reason.kind === 'too-large') return true;
  if (reason.kind === 'quota') return reason.never;
  return reason.kind === 'dependency' && reason.sessions.some(({ state }) => state === 'failed');
}

function sentencesOf(facts: WaitingFacts, scheduler: Readonly<Record<string, unknown>>): Sentence[] {
  const step = newestRetry(facts.history);
  if (step !== undefined) return stepSentences(step);
  const failed = list(scheduler.failed_predicates).flatMap((item): Sentence[] => {
    const { name, msg } = record(item);
    const text = typeof msg === 'string' ? msg : '';
    return typeof name === 'string' || text !== '' ? [{ name: typeof name === 'string' ? name : null, text }] : [];
  });
  const { msg } = scheduler;
  const whole: Sentence[] = typeof msg === 'string' && msg.trim() !== '' ? [{ name: null, text: msg }] : [];
  // From 25.13 `msg` repeats what the failed ones say; before, it is about machines, after every condition was met.
  const fromData = failed.length > 0 ? failed : whole;
  if (fromData.length > 0) return fromData;
  const error = record(record(facts.statusData).error);
  const broken = [error.repr, error.name].find((text): text is string => typeof text === 'string' && text !== '');
  if (broken !== undefined) return [{ name: null, text: broken }];
  const info = facts.statusInfo?.trim() ?? '';
  // A slug says nothing to read; 25.13 and newer put a human sentence here.
  return info === '' || silent.has(info) || info === 'scheduler-error' ? [] : [{ name: null, text: info }];
}

/** The whole sentence where it can be read, else those of the sub-steps that did not pass. */
function stepSentences(step: SchedulingStep): Sentence[] {
  const parts = step.subSteps
    .filter(({ result }) => retryResults.has(result.toUpperCase()))
    .map(({ step: name, message, errorCode }) => ({ name, text: message ?? errorCode ?? '' }));
  const whole: Sentence = { name: step.errorCode, text: step.message ?? '' };
  const understood = whole.text !== '' && readSentence(whole).some(({ kind }) => kind !== 'other' && kind !== 'full');
  if (understood || parts.length === 0) return whole.text === '' && whole.name === null ? [] : [whole];
  return parts;
}

function newestRetry(history: readonly SchedulingStep[]): SchedulingStep | undefined {
  const byTime = [...history].sort((a, b) => (b.updatedAt ?? '').localeCompare(a.updatedAt ?? ''));
  const newest = byTime[0];
  return newest !== undefined && retryResults.has(newest.result.toUpperCase()) ? newest : undefined;
}

/** Adds what the sentence leaves out and Berth knows. */
function withFacts(reason: WaitReason, facts: WaitingFacts): WaitReason {
  if (reason.kind === 'start-time') return { ...reason, at: reason.at ?? facts.startsAt };
  if (reason.kind === 'incompatible' && reason.why === 'architecture') {
    return { ...reason, architecture: reason.architecture ?? facts.architecture };
  }
  if (reason.kind === 'dependency') return { ...reason, sessions: dependencies(reason.sessions, facts.dependencies) };
  if (reason.kind === 'room' && reason.asked === null) {
    const asked = parseAmount(reason.slot, facts.asked[reason.slot]);
    return { ...reason, asked };
  }
  if (reason.kind !== 'quota') return reason;
  const over = Object.entries(reason.limits).flatMap(([slot, limit]) => {
    const asked = parseAmount(slot, facts.asked[slot]) ?? 0;
    const used = usedOf(slot, limit, reason.of, facts);
    const exceeds = used === null ? asked > limit : asked + used > limit;
    return exceeds && asked > 0 ? [{ slot, asked, used, limit }] : [];
  });
  return { ...reason, over, never: over.some(({ asked, limit }) => asked > limit) };
}

/** What is used of a quota, as far as check-presets tells it: limit less what is left, where that quota is what binds. */
function usedOf(
  slot: string,
  limit: number,
  of: Extract<WaitReason, { kind: 'quota' }>['of'],
  { limits }: WaitingFacts,
): number | null {
  const bound = limits?.bounds.find((candidate) => candidate.slot === slot);
  const source = of === 'project' ? 'project' : of === 'domain' ? null : 'policy';
  if (bound === undefined || bound.remaining === null || bound.remainingBy !== source) return null;
  return Math.max(0, limit - bound.remaining);
}

function dependencies(named: readonly WaitedFor[], known: readonly KnownDependency[]): WaitedFor[] {
  const listed = named.length > 0 ? named : known.map(({ id, name }): WaitedFor => ({ id, name, state: 'unknown' }));
  return listed.map((item) => {
    const found = known.find(({ id, name }) => (item.id === null ? name === item.name : id === item.id));
    return found === undefined ? item : { ...item, id: found.id, state: stateOf(found) };
  });
}

/** A cancelled one never had a result, and one that ended without success never gets another. */
function stateOf({ status, result }: KnownDependency): WaitedFor['state'] {
  if (status === 'CANCELLED' || status === 'ERROR') return 'failed';
  if (status !== 'TERMINATED') return 'unfinished';
  return result === 'SUCCESS' ? 'unfinished' : result === null ? 'unknown' : 'failed';
}

/** Asked against left, where the site's words say no amounts. */
function compare(facts: WaitingFacts, told: readonly WaitReason[]): WaitReason[] {
  const reasons: WaitReason[] = [];
  if (facts.startsAt !== null && Date.parse(facts.startsAt) > facts.now) {
    reasons.push({ kind: 'start-time', at: facts.startsAt });
  }
  const unmet = facts.dependencies.filter(({ status, result }) => status !== 'TERMINATED' || result !== 'SUCCESS');
  if (unmet.length > 0) reasons.push({ kind: 'dependency', sessions: dependencies([], unmet) });
  if (facts.limits?.sessionsLeft === 0 && told.length === 0) {
    reasons.push({ kind: 'sessions', limit: null, sftp: false });
  }
  for (const bound of facts.limits?.bounds ?? []) {
    const asked = parseAmount(bound.slot, facts.asked[bound.slot]) ?? 0;
    const ever = bound.max !== null && asked > bound.max ? bound.max : null;
    if (asked <= 0 || (ever === null && (bound.remaining === null || asked <= bound.remaining))) continue;
    const by = ever === null ? bound.remainingBy : bound.maxBy;
    if (by === 'policy' || by === 'project') {
      const limit = bound.max ?? bound.remaining ?? 0;
      const used = bound.max === null || bound.remaining === null ? null : Math.max(0, bound.max - bound.remaining);
      reasons.push({
        kind: 'quota',
        of: by === 'policy' ? 'keypair' : 'project',
        limits: { [bound.slot]: limit },
        over: [{ slot: bound.slot, asked, used, limit }],
        never: ever !== null,
      });
    } else if (ever === null && bound.remaining !== null) {
      const free = bound.remaining;
      reasons.push({ kind: 'room', slot: bound.slot, asked, free, missing: asked - free, on: 'group' });
    }
  }
  return reasons;
}

/** What no machine, or the whole resource group, has even while nobody else is there. */
function tooLarge({ asked, machines, containers, onOneMachine }: WaitingFacts): WaitReason[] {
  if (machines.length === 0) return [];
  return Object.entries(asked).flatMap(([slot, text]): WaitReason[] => {
    const all = parseAmount(slot, text) ?? 0;
    const each = onOneMachine ? all : all / Math.max(1, containers);
    const has = machines.map((machine) => parseAmount(slot, machine[slot]) ?? 0);
    const most = Math.max(...has);
    if (each > most) return [{ kind: 'too-large', slot, asked: each, most, on: 'machine' }];
    const sum = has.reduce((total, amount) => total + amount, 0);
    return all > sum ? [{ kind: 'too-large', slot, asked: all, most: sum, on: 'group' }] : [];
  });
}

/** One or two next steps for the reason that matters most. */
function helpFor(reasons: readonly WaitReason[]): WaitHelp[] {
  const [first] = reasons;
  if (first === undefined) return [{ do: 'wait' }];
  switch (first.kind) {
    case 'room':
      return [{ do: 'ask-less', slot: first.slot, by: first.missing }, { do: 'other-group' }];
    case 'too-large':
      return [{ do: 'ask-less', slot: first.slot, by: first.asked - first.most }, { do: 'other-group' }];
    case 'full':
      return [{ do: 'ask-less', slot: null, by: null }, { do: 'other-group' }];
    case 'containers':
      return [{ do: 'wait' }, { do: 'other-group' }];
    case 'quota': {
      const over = first.over[0];
      const less: WaitHelp = {
        do: 'ask-less',
        slot: over?.slot ?? null,
        by: over === undefined ? null : over.asked + (first.never ? 0 : (over.used ?? 0)) - over.limit,
      };
      if (first.never) return [less, { do: 'ask-administrator' }];
      return [less, first.of === 'keypair' || first.of === 'user' ? { do: 'end-a-session' } : { do: 'other-project' }];
    }
    case 'sessions':
      return [{ do: 'end-a-session' }, { do: 'ask-administrator' }];
    case 'pending-count':
    case 'pending-amounts':
      return [{ do: 'cancel-a-waiting' }, { do: 'ask-administrator' }];
    case 'dependency': {
      const blocking = first.sessions.find(({ state }) => state === 'failed') ?? first.sessions[0];
      const look: WaitHelp[] = blocking === undefined ? [] : [{ do: 'look-at', id: blocking.id, name: blocking.name }];
      return [...look, isNever(first) ? { do: 'start-again' } : { do: 'wait' }];
    }
    case 'start-time':
      return [{ do: 'wait' }];
    case 'no-machines':
      return [{ do: 'other-group' }, { do: 'ask-administrator' }];
    case 'incompatible':
      return first.why === 'architecture'
        ? [{ do: 'other-environment' }, { do: 'other-group' }]
        : [{ do: 'other-group' }, { do: 'ask-administrator' }];
    case 'scheduler-error':
      return [{ do: 'wait' }, { do: 'ask-administrator' }];
    case 'other':
      return [{ do: 'ask-administrator' }];
  }
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : null;
}

function instant(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
