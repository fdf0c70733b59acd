/** Reasons for waiting in words: a line for the list, a sentence for the panel. */
import type { WaitHelp, Waiting, WaitReason } from '../../../src-preload/contract/waiting.ts';
import type { Language } from '../../i18n/language.ts';
import { acceleratorUnit, clockTime, exactTime, formatBytes, formatNumber, longDuration } from '../../ui/format.ts';
import type { DetailWords } from './detail-words.ts';

export function slotName(t: DetailWords, slot: string): string {
  if (slot === 'cpu' || slot === 'mem') return t(`slot.${slot}`);
  return acceleratorUnit(slot);
}

/** Without the unit where the slot's name beside it says it. */
export function amount(slot: string, value: number | null): string {
  if (value === null) return '?';
  return slot === 'mem' ? formatBytes(value) : formatNumber(value);
}

/** For the row: what matters most, short. */
export function waitingLine(t: DetailWords, waiting: Waiting): string {
  const [first] = waiting.reasons;
  if (first === undefined) return t('line.none');
  const line = reasonLine(t, first);
  return waiting.never ? `${line} · ${t('line.never')}` : line;
}

function reasonLine(t: DetailWords, reason: WaitReason): string {
  switch (reason.kind) {
    case 'room': {
      const slot = slotName(t, reason.slot);
      return reason.free === null
        ? t('line.missing', { slot, missing: amount(reason.slot, reason.missing) })
        : t('line.room', { slot, asked: amount(reason.slot, reason.asked), free: amount(reason.slot, reason.free) });
    }
    case 'too-large':
      return t('line.tooLarge', tooLarge(t, reason));
    case 'quota': {
      const of = t(`of.${reason.of}`);
      const [over] = reason.over;
      if (over === undefined) return t('line.quotaPlain', { of });
      const { slot, used } = over;
      const values = { of, slot: slotName(t, slot), asked: amount(slot, over.asked), limit: amount(slot, over.limit) };
      if (used === null || reason.never) return t('line.quota', values);
      return t('line.quotaUsed', { ...values, left: amount(slot, Math.max(0, over.limit - used)) });
    }
    case 'sessions':
      return reason.limit === null ? t('line.sessions') : t('line.sessionsOf', { limit: reason.limit });
    case 'dependency': {
      const failed = reason.sessions.filter(({ state }) => state === 'failed');
      const names = namesOf(failed.length > 0 ? failed : reason.sessions);
      return t(failed.length > 0 ? 'line.dependencyFailed' : 'line.dependency', { names });
    }
    case 'start-time':
      return reason.at === null ? t('line.startTimeOpen') : t('line.start-time', { time: clockTime(reason.at) });
    case 'incompatible':
      if (reason.why === 'architecture') return t('line.architecture', { architecture: reason.architecture ?? '?' });
      return t(reason.why === 'other' ? 'line.incompatible' : `line.${reason.why}`);
    case 'other':
      return reason.text;
    default:
      return t(`line.${reason.kind}`);
  }
}

/** For the panel: a whole sentence, one a missing amount. */
export function reasonTexts(t: DetailWords, reason: WaitReason, language: Language, now: number): string[] {
  switch (reason.kind) {
    case 'room': {
      const { slot } = reason;
      const missing = amount(slot, reason.missing);
      if (reason.free === null) return [t('text.missing', { slot: slotName(t, slot), missing })];
      const values = { slot: slotName(t, slot), asked: amount(slot, reason.asked), free: amount(slot, reason.free) };
      if (reason.on === 'chosen-machine') return [t('text.room.chosen-machine', values)];
      return [t(`text.room.${reason.on}`, { ...values, missing })];
    }
    case 'too-large':
      return [t(`text.tooLarge.${reason.on}`, tooLarge(t, reason))];
    case 'quota': {
      const of = t(`of.${reason.of}`);
      if (reason.over.length === 0) return [t('text.quotaPlain', { of })];
      return reason.over.map(({ slot, asked, used, limit }) => {
        const values = { of, slot: slotName(t, slot), asked: amount(slot, asked), limit: amount(slot, limit) };
        if (asked > limit) return t('text.quotaNever', values);
        return used === null ? t('text.quota', values) : t('text.quotaUsed', { ...values, used: amount(slot, used) });
      });
    }
    case 'sessions':
      if (reason.limit === null) return [t('text.sessions')];
      return [t(reason.sftp ? 'text.sftp' : 'text.sessionsOf', { limit: reason.limit })];
    case 'pending-count':
      return [reason.limit === null ? t('text.pending-count') : t('text.pendingCountOf', { limit: reason.limit })];
    case 'pending-amounts': {
      const amounts = Object.entries(reason.waiting).map(
        ([slot, value]) => `${slotName(t, slot)} ${amount(slot, value)}`,
      );
      return [
        amounts.length === 0
          ? `${t('line.pending-amounts')}.`
          : t('text.pending-amounts', { amounts: amounts.join(', ') }),
      ];
    }
    case 'dependency': {
      const failed = reason.sessions.filter(({ state }) => state === 'failed');
      const open = reason.sessions.filter(({ state }) => state !== 'failed');
      return [
        ...(failed.length > 0 ? [t('text.dependencyFailed', { names: namesOf(failed) })] : []),
        ...(open.length > 0 || failed.length === 0 ? [t('text.dependency', { names: namesOf(open) })] : []),
      ];
    }
    case 'start-time':
      if (reason.at === null) return [t('text.startTimeOpen')];
      return [
        t('text.start-time', {
          time: exactTime(reason.at, language),
          duration: longDuration(Date.parse(reason.at) - now, language),
        }),
      ];
    case 'incompatible':
      if (reason.why === 'architecture') return [t('text.architecture', { architecture: reason.architecture ?? '?' })];
      return [t(reason.why === 'other' ? 'text.incompatible' : `text.${reason.why}`)];
    case 'other':
      return [t('text.other', { text: reason.text })];
    default:
      return [t(`text.${reason.kind}`)];
  }
}

function tooLarge(t: DetailWords, { slot, asked, most }: Extract<WaitReason, { kind: 'too-large' }>) {
  return { slot: slotName(t, slot), asked: amount(slot, asked), most: amount(slot, most) };
}

export function helpText(t: DetailWords, help: WaitHelp): string {
  if (help.do === 'look-at') return t('help.look-at', { name: help.name });
  if (help.do !== 'ask-less') return t(`help.${help.do}`);
  if (help.slot === null || help.by === null || help.by <= 0) return t('help.askLess');
  return t('help.askLessOf', { slot: slotName(t, help.slot), by: amount(help.slot, help.by) });
}

function namesOf(sessions: readonly { readonly name: string }[]): string {
  return sessions.map(({ name }) => name).join(', ') || '?';
}
