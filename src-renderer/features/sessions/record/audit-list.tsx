/** Entries of a site's audit log: what, with which result, when, by whom, how long it took. */
import type { AuditEntry } from '../../../../src-preload/contract/session-facts.ts';
import { useLanguage } from '../../../i18n/words.ts';
import { formatNumber, longDuration } from '../../../ui/format.ts';
import { Ago } from './ago.tsx';
import style from './record.module.css';
import { type RecordWords, useRecordWords } from './record-words.ts';
import { en } from './words.en.ts';

const levels: Readonly<Record<string, string>> = { success: 'good', error: 'bad', denied: 'bad', running: 'again' };

interface Props {
  readonly entries: readonly AuditEntry[];
  /** E-mail address of who looks. */
  readonly own: string | undefined;
}

export function AuditList({ entries, own }: Props) {
  const t = useRecordWords();
  const language = useLanguage();
  return (
    <ul className={style.audit} aria-label={t('audit.list')}>
      {entries.map(({ id, at, operation, result, by, durationMs, description }) => (
        <li key={id}>
          <div className={style.auditHead}>
            <strong>{operation}</strong>
            <span className={style.result} data-level={levels[result] ?? 'unknown'} data-tip={result}>
              {resultWord(t, result)}
            </span>
            <span className="soft numbers">
              <Ago at={at} />
            </span>
          </div>
          <p className={style.note}>
            {by === null ? t('audit.byNobody') : t('audit.by', { who: whoOf(t, by, own) })}
            {durationMs !== null &&
              ` · ${t('audit.took', {
                duration:
                  durationMs < 1000 ? t('ms', { n: formatNumber(durationMs, 0) }) : longDuration(durationMs, language),
              })}`}
          </p>
          {description !== '' && <p className={style.description}>{description}</p>}
        </li>
      ))}
    </ul>
  );
}

function whoOf(t: RecordWords, { id, email }: NonNullable<AuditEntry['by']>, own: string | undefined): string {
  if (email === null) return id;
  return email === own ? `${t('audit.you')} (${email})` : email;
}

/** A word of a newer manager is shown as it is. */
function resultWord(t: RecordWords, result: string): string {
  const key = `audit.${result}`;
  return key in en ? t(key as 'audit.success') : result;
}
