/** Limits, reasons and fixes, put into words. */
import type { LimitSource } from '../../../../src-preload/contract/launcher.ts';
import type { Language } from '../../../i18n/language.ts';
import { defineWords, type Translate } from '../../../i18n/words.ts';
import { exactTime } from '../../../ui/format.ts';
import { type AmountProblem, type AmountRule, showTicks } from '../amount-policy.ts';
import { offsetOf } from '../batch-policy.ts';
import type { MountProblem } from '../mount-policy.ts';
import { mostSessions } from '../name-policy.ts';
import type { CannotReason, Field, Fix, WaitReason } from './verdict-policy.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useVerdictWords = defineWords('start-verdict', en, ko);
export type VerdictWords = Translate<typeof en>;

/** What a field is called and counted in; the accelerator's is the site's own. */
export interface FieldNames {
  readonly label: (field: Field) => string;
  readonly unit: (field: Field) => string;
}

export function sourceWord(t: VerdictWords, source: LimitSource | null): string {
  return t(`by.${source ?? 'site'}`);
}

export function amountProblemWords(t: VerdictWords, field: string, problem: AmountProblem, rule: AmountRule): string {
  const show = (ticks: number | null) => showTicks(ticks ?? 0, rule.perUnit);
  const most = { field, source: sourceWord(t, rule.maxBy) };
  switch (problem) {
    case 'empty':
    case 'not-a-number':
      return t(`amount.${problem}`, { field });
    case 'below':
      return t('amount.below', { field, amount: show(rule.min), source: sourceWord(t, rule.minBy) });
    case 'above':
      return t('amount.above', { ...most, amount: show(rule.max) });
    case 'off-step':
      return t('amount.off-step', { field, step: show(rule.step) });
    case 'impossible':
      return t('amount.impossible', { ...most, min: show(rule.min), max: show(rule.max) });
  }
}

export function mountProblemWords(t: VerdictWords, name: string, problem: MountProblem): string {
  const path = 'path' in problem ? problem.path : '';
  const other = 'other' in problem ? problem.other : '';
  return t(`mount.${problem.type}`, { name, path, other } as never);
}

export function cannotWords(t: VerdictWords, reason: CannotReason, names: FieldNames): string {
  switch (reason.type) {
    case 'name':
      return t(`name.${reason.problem}`);
    case 'amount':
      return amountProblemWords(t, names.label(reason.field), reason.problem, reason.rule);
    case 'shmem':
      return t(`shmem.${reason.problem}`);
    case 'accelerator':
      return t(`accelerator.${reason.why}`);
    case 'cluster':
      return reason.problem === 'too-many'
        ? t('cluster.too-many', { most: reason.most ?? 1 })
        : t('cluster.not-a-number');
    case 'count':
      return reason.problem === 'too-many' ? t('count.too-many', { most: mostSessions }) : t(`count.${reason.problem}`);
    case 'mount':
      return mountProblemWords(t, reason.name, reason.problem);
    case 'batch':
      return t(`batch.${reason.problem}`);
    case 'environ':
      return reason.problem === 'no-name'
        ? t('environ.no-name')
        : t(`environ.${reason.problem}`, { name: reason.name });
    case 'ports':
      return t(`ports.${reason.problem}`, { text: reason.text });
    case 'dependency-gone':
      return t('dependency-gone', { count: reason.count });
    case 'threads':
    case 'priority':
    case 'owner':
    case 'agents':
      return t(reason.type);
    default:
      return t(`cannot.${reason.type}`);
  }
}

/** A moment in the person's own time, with its offset. */
export function momentWords(at: Date, language: Language): string {
  return `${exactTime(at.toISOString(), language)} (UTC${offsetOf(at)})`;
}

export function waitWords(t: VerdictWords, reason: WaitReason, names: FieldNames, language: Language): string {
  switch (reason.type) {
    case 'amount': {
      const { rule, times } = reason;
      const values = {
        asked: showTicks(reason.asked, rule.perUnit),
        remaining: showTicks(rule.remaining ?? 0, rule.perUnit),
        unit: names.unit(reason.field),
      };
      if (times > 1) return t('wait.amountTimes', { ...values, times });
      return reason.by === null
        ? t('wait.amountPlain', values)
        : t('wait.amount', { ...values, source: sourceWord(t, reason.by) });
    }
    case 'sessions':
      return reason.left > 0 ? t('wait.someSessions', { count: reason.left }) : t('wait.sessions');
    case 'start-time':
      return t('wait.start-time', { at: momentWords(reason.at, language) });
    case 'dependencies':
      return t('wait.dependencies', { names: reason.names.join(', ') });
    case 'machine':
      return t('wait.machine');
  }
}

export function fixWords(t: VerdictWords, fix: Fix, names: FieldNames): string {
  switch (fix.type) {
    case 'amount':
      return t(`fix.${fix.to}`, { amount: `${fix.text} ${names.unit(fix.field)}` });
    case 'preset':
    case 'resource-group':
    case 'environment':
      return t(`fix.${fix.type}`, { name: fix.title });
    case 'cluster-size':
    case 'count':
      return t(`fix.${fix.type}`, { count: Number(fix.text) });
    case 'untick':
    case 'default-path':
      return t(`fix.${fix.type}`, { name: fix.name });
    default:
      return t(`fix.${fix.type}`);
  }
}
