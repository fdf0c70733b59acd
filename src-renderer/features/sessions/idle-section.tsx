/** Idle checks as countdowns, each with its meaning and with what happens (web client parity P-IDLE). */
import { useEffect, useRef, useState } from 'react';
import type { IdleCheck } from '../../../src-preload/contract/session-facts.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { clockTime, formatNumber, longDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import style from './detail-panel.module.css';
import { en } from './detail-words.en.ts';
import { type DetailWords, useDetailWords } from './detail-words.ts';

/** Less than this is a warning on top of the panel. */
const soonMs = 3_600_000;

interface Anchored extends IdleCheck {
  /** Epoch milliseconds; null while the site is computing. */
  readonly endsAt: number | null;
}

/** Seconds that are left count from the moment they came, until other ones come. */
function useAnchored(checks: readonly IdleCheck[]): Anchored[] {
  const key = JSON.stringify(checks);
  const [seen, setSeen] = useState({ key, at: Date.now() });
  const last = useRef(key);
  useEffect(() => {
    if (last.current === key) return;
    last.current = key;
    setSeen({ key, at: Date.now() });
  }, [key]);
  return checks.map((check) => ({
    ...check,
    endsAt:
      check.remainingSeconds === null || check.remainingSeconds < 0 ? null : seen.at + check.remainingSeconds * 1000,
  }));
}

/** Checks that apply: nothing left and nothing told mean that one does not. */
export function applying(session: Session): IdleCheck[] {
  if (session.family !== 'running') return [];
  return (session.idleChecks ?? []).filter(({ remainingSeconds, resources }) =>
    remainingSeconds === null ? resources.length > 0 : remainingSeconds !== 0,
  );
}

export function IdleSection({ session }: { readonly session: Session }) {
  const t = useDetailWords();
  const language = useLanguage();
  const now = useNow('second');
  const checks = useAnchored(applying(session));
  return (
    <ul className={style.idle}>
      {checks.map((check) => {
        const left = check.endsAt === null ? null : Math.max(0, check.endsAt - now);
        const duration = left === null ? '' : longDuration(left, language);
        const isGrace = check.kind === 'grace';
        return (
          <li key={check.name}>
            <div className={style.idleHead}>
              <strong>{checkName(t, check.name)}</strong>
              <span className="numbers" data-level={levelOf(left, isGrace)}>
                {left === null ? t('idle.checking') : t(isGrace ? 'idle.grace' : 'idle.left', { duration })}
              </span>
            </div>
            <p className={style.note}>
              {meaning(t, check.name)}{' '}
              {check.endsAt !== null &&
                !isGrace &&
                t('idle.at', { time: clockTime(new Date(check.endsAt).toISOString()) })}
            </p>
            {check.resources.length > 0 && (
              <>
                <p className={style.note}>{t(check.operator === 'or' ? 'idle.or' : 'idle.and')}</p>
                <ul className={style.lines}>
                  {check.resources.map((it) => (
                    <li key={it.name}>
                      {it.average === null || it.average < 0
                        ? t('idle.resourceNone', { name: it.name, threshold: formatNumber(it.threshold ?? 0) })
                        : t('idle.resource', {
                            name: it.name,
                            average: formatNumber(it.average, 1),
                            threshold: formatNumber(it.threshold ?? 0),
                          })}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** On top of the panel while less than an hour is left; null otherwise. */
export function IdleWarning({ session }: { readonly session: Session }) {
  const t = useDetailWords();
  const language = useLanguage();
  const now = useNow('second');
  const soonest = useAnchored(applying(session))
    .filter(({ kind, endsAt }) => kind === 'expire' && endsAt !== null)
    .sort((a, b) => (a.endsAt ?? 0) - (b.endsAt ?? 0))[0];
  if (soonest?.endsAt == null || soonest.endsAt - now > soonMs || soonest.endsAt < now) return null;
  return (
    <p role="status" className={style.warning}>
      {t('idle.soon', {
        time: clockTime(new Date(soonest.endsAt).toISOString()),
        duration: longDuration(soonest.endsAt - now, language),
        why: checkName(t, soonest.name),
      })}
    </p>
  );
}

function levelOf(left: number | null, isGrace: boolean): 'soon' | 'later' | 'far' {
  if (left === null || isGrace) return 'far';
  return left < soonMs ? 'soon' : left < 4 * soonMs ? 'later' : 'far';
}

/** A rule that the site made up is shown by its own name. */
function checkName(t: DetailWords, name: string): string {
  const key = `idle.${name}`;
  return key in en ? t(key as 'idle.utilization') : name;
}

function meaning(t: DetailWords, name: string): string {
  const key = `idle.${name}.what`;
  return key in en ? t(key as 'idle.utilization.what') : '';
}
