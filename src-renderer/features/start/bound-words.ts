/** Limits and problems of amounts, put into words. */
import type { LimitSource } from '../../../src-preload/contract/launcher.ts';
import { defineWords } from '../../i18n/words.ts';
import { type AmountProblem, type AmountRule, formatAmount } from './amount-policy.ts';
import type { CannotReason, Field, WaitReason } from './verdict-policy.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useWords = defineWords('start', en, ko);
export type T = ReturnType<typeof useWords>;

export function sourceWord(t: T, source: LimitSource): string {
  return t(`by.${source}`);
}

/** What may be asked, what is free, and who says so: `1 (environment) to 8 (your policy) · 6 free now`. */
export function boundWords(t: T, rule: AmountRule): string[] {
  const words: string[] = [];
  const min = formatAmount(rule.min);
  const minBy = sourceWord(t, rule.minBy);
  if (rule.max !== null) {
    const max = formatAmount(rule.max);
    const maxBy = sourceWord(t, rule.maxBy ?? 'site');
    words.push(rule.min > 0 ? t('range', { min, minBy, max, maxBy }) : t('most', { amount: max, source: maxBy }));
  } else if (rule.min > 0) {
    words.push(t('least', { amount: min, source: minBy }));
  }
  if (rule.remaining !== null) {
    const amount = formatAmount(rule.remaining);
    const by = rule.remainingBy;
    words.push(by ? t('free', { amount, source: sourceWord(t, by) }) : t('freePlain', { amount }));
  }
  if (rule.exact && rule.step < 1) words.push(t('steps', { step: formatAmount(rule.step) }));
  return words.length > 0 ? words : [t('noLimit')];
}

export function amountProblemWords(t: T, field: string, problem: AmountProblem, rule: AmountRule): string {
  switch (problem) {
    case 'empty':
    case 'not-a-number':
      return t(`amount.${problem}`, { field });
    case 'below':
      return t('amount.below', { field, amount: formatAmount(rule.min), source: sourceWord(t, rule.minBy) });
    case 'above':
      return t('amount.above', {
        field,
        amount: formatAmount(rule.max ?? 0),
        source: sourceWord(t, rule.maxBy ?? 'site'),
      });
    case 'off-step':
      return t('amount.off-step', { field, step: formatAmount(rule.step) });
    case 'impossible':
      return t('amount.impossible', {
        field,
        min: formatAmount(rule.min),
        max: formatAmount(rule.max ?? 0),
        source: sourceWord(t, rule.maxBy ?? 'site'),
      });
  }
}

export function fieldWord(t: T, field: Field): string {
  return field === 'cpu' ? t('cpu') : field === 'mem' ? t('memory') : t('gpu');
}

export function cannotWords(t: T, reason: CannotReason): string {
  switch (reason.type) {
    case 'name':
      return t(`name.${reason.problem}`);
    case 'amount':
      return amountProblemWords(t, fieldWord(t, reason.field), reason.problem, reason.rule);
    case 'shmem':
      return t(`shmem.${reason.problem}`);
    default:
      return t(`cannot.${reason.type}`);
  }
}

export function waitWords(t: T, reason: WaitReason, gpuUnit: string): string {
  if (reason.type === 'sessions') return t('wait.sessions');
  const values = {
    asked: formatAmount(reason.asked),
    remaining: formatAmount(reason.remaining),
    unit: reason.field === 'cpu' ? t('unit.cpu') : reason.field === 'mem' ? t('unit.mem') : gpuUnit,
  };
  return reason.by ? t('wait.amount', { ...values, source: sourceWord(t, reason.by) }) : t('wait.amountPlain', values);
}
