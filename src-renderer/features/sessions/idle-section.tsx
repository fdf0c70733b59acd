/** Idle checks as countdowns, each with its meaning and with what happens (web client parity P-IDLE). */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { clockTime, formatNumber, longDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import style from './detail-panel.module.css';
import { en } from './detail-words.en.ts';
import { type DetailWords, useDetailWords } from './detail-words.ts';
import { applying, soonMs, stateOf, stateOfResource } from './idle-policy.ts';

export function IdleSection({ session }: { readonly session: Session }) {
  const t = useDetailWords();
  const language = useLanguage();
  const now = useNow('second');
  return (
    <ul className={style.idle}>
      {applying(session).map((check) => {
        const left = check.endsAt === null ? null : Math.max(0, Date.parse(check.endsAt) - now);
        const duration = left === null ? '' : longDuration(left, language);
        const isGrace = check.kind === 'grace';
        return (
          <li key={check.name}>
            <div className={style.idleHead}>
              <strong>{checkName(t, check.name)}</strong>
              <span className="numbers" data-level={stateOf(check, now)}>
                {left === null ? t('idle.checking') : t(isGrace ? 'idle.grace' : 'idle.left', { duration })}
              </span>
            </div>
            <p className={style.note}>
              {meaning(t, check.name)}{' '}
              {check.endsAt !== null && !isGrace && t('idle.at', { time: clockTime(check.endsAt) })}
            </p>
            {check.resources.length > 0 && (
              <>
                <p className={style.note}>{t(check.operator === 'or' ? 'idle.or' : 'idle.and')}</p>
                <ul className={style.lines}>
                  {check.resources.map((it) => (
                    <li key={it.name} data-level={stateOfResource(it)}>
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
  const soonest = applying(session)
    .flatMap(({ kind, name, endsAt }) => (kind === 'expire' && endsAt !== null ? [{ name, endsAt }] : []))
    .sort((a, b) => a.endsAt.localeCompare(b.endsAt))[0];
  if (soonest === undefined) return null;
  const left = Date.parse(soonest.endsAt) - now;
  if (left > soonMs || left < 0) return null;
  return (
    <p role="status" className={style.warning}>
      {t('idle.soon', {
        time: clockTime(soonest.endsAt),
        duration: longDuration(left, language),
        why: checkName(t, soonest.name),
      })}
    </p>
  );
}

/** A rule that the site made up is shown by its own name. */
export function checkName(t: DetailWords, name: string): string {
  const key = `idle.${name}`;
  return key in en ? t(key as 'idle.utilization') : name;
}

function meaning(t: DetailWords, name: string): string {
  const key = `idle.${name}.what`;
  return key in en ? t(key as 'idle.utilization.what') : '';
}
