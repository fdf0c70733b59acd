/** Whether a session as described would start now, has to wait, or cannot start, and why, as values to put into words. */
import type { LimitSource } from '../../../src-preload/contract/launcher.ts';
import { type AmountProblem, type AmountRule, judgeAmount } from './amount-policy.ts';
import type { ShmemProblem, ShmemVerdict } from './memory-policy.ts';
import type { NameProblem } from './name-policy.ts';

export type Field = 'cpu' | 'mem' | 'gpu';

export type CannotReason =
  | { readonly type: 'no-environment' | 'no-project' | 'no-resource-group' }
  | { readonly type: 'name'; readonly problem: NameProblem }
  | { readonly type: 'amount'; readonly field: Field; readonly problem: AmountProblem; readonly rule: AmountRule }
  | { readonly type: 'shmem'; readonly problem: ShmemProblem };

export type WaitReason =
  | {
      readonly type: 'amount';
      readonly field: Field;
      readonly asked: number;
      readonly remaining: number;
      readonly by: LimitSource | null;
    }
  | { readonly type: 'sessions' };

export type Verdict =
  | { readonly kind: 'checking' }
  /** The limits could not be had; the site decides. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'now'; readonly downloads: boolean }
  | { readonly kind: 'wait'; readonly reasons: readonly WaitReason[]; readonly downloads: boolean }
  | { readonly kind: 'cannot'; readonly reasons: readonly CannotReason[] };

export interface VerdictInput {
  readonly name: NameProblem | null;
  readonly missing: readonly ('no-environment' | 'no-project' | 'no-resource-group')[];
  readonly amounts: readonly { readonly field: Field; readonly text: string; readonly rule: AmountRule }[];
  readonly shmem: ShmemVerdict;
  readonly installed: boolean;
  readonly sessionsLeft: number | null;
  /** Where the limits stand: still asked for, here, or not to be had. */
  readonly limits: 'asked' | 'known' | 'failed';
}

/** What forbids comes before what delays; more than remaining is only a wait (P-LIMIT-12). */
export function verdictOf(input: VerdictInput): Verdict {
  const reasons = cannotReasons(input);
  if (reasons.length > 0) {
    return input.limits === 'asked' ? { kind: 'checking' } : { kind: 'cannot', reasons };
  }
  if (input.limits !== 'known') {
    return { kind: input.limits === 'asked' ? 'checking' : 'unknown' };
  }
  const waits = waitReasons(input);
  const downloads = !input.installed;
  return waits.length > 0 ? { kind: 'wait', reasons: waits, downloads } : { kind: 'now', downloads };
}

function cannotReasons(input: VerdictInput): CannotReason[] {
  const reasons: CannotReason[] = input.missing.map((type) => ({ type }));
  if (input.name) {
    reasons.push({ type: 'name', problem: input.name });
  }
  for (const { field, text, rule } of input.amounts) {
    const { problem } = judgeAmount(text, rule);
    if (problem) {
      reasons.push({ type: 'amount', field, problem, rule });
    }
  }
  const memoryIsSound = !reasons.some((reason) => reason.type === 'amount' && reason.field === 'mem');
  if (input.shmem.problem && memoryIsSound) {
    reasons.push({ type: 'shmem', problem: input.shmem.problem });
  }
  return reasons;
}

function waitReasons(input: VerdictInput): WaitReason[] {
  const reasons: WaitReason[] = [];
  for (const { field, text, rule } of input.amounts) {
    const { waits, value } = judgeAmount(text, rule);
    if (waits && value !== null && rule.remaining !== null) {
      reasons.push({ type: 'amount', field, asked: value, remaining: rule.remaining, by: rule.remainingBy });
    }
  }
  if (input.sessionsLeft !== null && input.sessionsLeft <= 0) {
    reasons.push({ type: 'sessions' });
  }
  return reasons;
}
