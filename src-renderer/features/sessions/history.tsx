/** The phases a session went through, each with how long it took, how long it usually takes, and what still comes. */
import { useQuery } from '@tanstack/react-query';
import type { LaunchPhase } from '../../../src-preload/contract/launches.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { useLanguage } from '../../i18n/words.ts';
import { exactTime, longDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import style from './detail-panel.module.css';
import { statusWord } from './status-word.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
}

/** Rows as they are shown: the site's own history, with the start's phases before and after it where those are known. */
function rowsOf(session: Session, phases: readonly LaunchPhase[]): LaunchPhase[] {
  const told = session.history.map(({ status, at }, index): LaunchPhase => {
    const next = session.history[index + 1];
    return {
      status,
      at,
      tookMs: next ? Date.parse(next.at) - Date.parse(at) : null,
      usualMs: phases.find((phase) => phase.status === status)?.usualMs ?? null,
    };
  });
  if (told.length === 0) return [...phases];
  return [...told, ...phases.filter((phase) => phase.at === null)];
}

export function History({ accountId, session }: Props) {
  const t = useWords();
  const language = useLanguage();
  const now = useNow('second');
  const starts = session.family === 'waiting' || session.family === 'starting';
  const progress = useQuery({
    queryKey: ['launches.progress', accountId, session.id, session.status],
    queryFn: ({ signal }) => berth.launches.progress({ accountId, sessionId: session.id }, { signal }),
    placeholderData: (before) => before,
  });
  const rows = rowsOf(session, progress.data?.phases ?? []);
  if (rows.length === 0) return <p className={style.note}>{t('panel.noHistory')}</p>;
  const over = session.family === 'finished' || session.family === 'broken';
  const current = rows.findLastIndex((row) => row.at !== null);
  return (
    <ol className={style.history} aria-label={t('panel.history')}>
      {rows.map((row, index) => {
        const isNow = index === current && !over;
        const usual = row.usualMs === null ? null : longDuration(row.usualMs, language);
        if (row.at === null) {
          return (
            <li key={row.status} data-coming>
              <span className="soft">{statusWord(t, row)}</span>
              <span className="soft numbers">{usual !== null && t('panel.usually', { duration: usual })}</span>
            </li>
          );
        }
        const lastedMs = row.tookMs ?? (isNow ? now - Date.parse(row.at) : null);
        return (
          <li key={`${row.status} ${row.at}`} data-now={isNow || undefined}>
            <span>{statusWord(t, row)}</span>
            <span className="soft numbers" data-tip={exactTime(row.at, language)}>
              {lastedMs === null ? exactTime(row.at, language) : longDuration(lastedMs, language)}
              {isNow && starts && usual !== null && ` · ${t('panel.usually', { duration: usual })}`}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
