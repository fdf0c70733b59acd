/** Words of the start dialog, and the limits of an amount put into them. */
import type { LauncherOptions } from '../../../src-preload/contract/launcher.ts';
import { defineWords } from '../../i18n/words.ts';
import { acceleratorUnit } from '../../ui/format.ts';
import { type AmountRule, isFractional, showTicks } from './amount-policy.ts';
import { byOthers } from './track-policy.ts';
import type { Field } from './verdict/verdict-policy.ts';
import { type FieldNames, sourceWord, type VerdictWords } from './verdict/verdict-words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useWords = defineWords('start', en, ko);
export type T = ReturnType<typeof useWords>;

export function fieldWord(t: T, field: Field): string {
  return field === 'cpu' ? t('cpu') : field === 'mem' ? t('memory') : t('gpu');
}

/** The unit that the site gives an accelerator, else the one that its slot's name tells. */
export function acceleratorUnitOf(options: LauncherOptions | undefined, accelerator: string | null): string {
  const told = options?.slots.find((it) => it.name === accelerator)?.unit;
  return told ?? (accelerator === null ? 'GPU' : acceleratorUnit(accelerator));
}

export function fieldNames(t: T, gpuUnit: string): FieldNames {
  return {
    label: (field) => fieldWord(t, field),
    unit: (field) => (field === 'cpu' ? t('unit.cpu') : field === 'mem' ? t('unit.mem') : gpuUnit),
  };
}

/** What may be asked, what is free, what is taken, and who says so: `1 (environment) to 8 (your policy) · 6 free now`. */
export function boundWords(t: T, v: VerdictWords, rule: AmountRule, containers: number): string[] {
  const show = (ticks: number) => showTicks(ticks, rule.perUnit);
  const words: string[] = [];
  const min = show(rule.min);
  const minBy = sourceWord(v, rule.minBy);
  if (rule.max !== null) {
    const max = show(rule.max);
    const maxBy = sourceWord(v, rule.maxBy);
    words.push(rule.min > 0 ? t('range', { min, minBy, max, maxBy }) : t('most', { amount: max, source: maxBy }));
  } else if (rule.min > 0) {
    words.push(t('least', { amount: min, source: minBy }));
  }
  if (rule.remaining !== null) {
    const amount = show(rule.remaining);
    const by = rule.remainingBy;
    words.push(by ? t('free', { amount, source: sourceWord(v, by) }) : t('freePlain', { amount }));
  }
  if (containers === 1) {
    const others = byOthers(rule);
    if (others > 0) words.push(t('others', { amount: show(others) }));
    if (rule.own !== null && rule.own > 0) words.push(t('own', { amount: show(rule.own) }));
  }
  if (rule.exact && rule.step < rule.perUnit) words.push(t('steps', { step: show(rule.step) }));
  if (containers > 1 && isFractional(rule.slot)) words.push(t('wholeShares'));
  if (words.length === 0) return [t('noLimit')];
  return containers > 1 ? [...words, t('perContainer')] : words;
}
