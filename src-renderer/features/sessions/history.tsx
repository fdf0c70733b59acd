/** The phases a session went through, each with how long it took. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { exactTime, longDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import style from './detail-panel.module.css';
import { statusWord } from './status.tsx';
import { useWords } from './words.ts';

export function History({ session }: { readonly session: Session }) {
  const t = useWords();
  const language = useLanguage();
  const now = useNow('second');
  const { history } = session;
  if (history.length === 0) return <p className={style.note}>{t('panel.noHistory')}</p>;
  const over = session.family === 'finished' || session.family === 'broken';
  return (
    <ol className={style.history}>
      {history.map((entry, index) => {
        const next = history[index + 1];
        const untilMs = next ? Date.parse(next.at) : over ? null : now;
        return (
          <li key={`${entry.status} ${entry.at}`} data-now={(!next && !over) || undefined}>
            <span>{statusWord(t, entry)}</span>
            <span className="soft numbers" data-tip={exactTime(entry.at, language)}>
              {untilMs === null
                ? exactTime(entry.at, language)
                : longDuration(untilMs - Date.parse(entry.at), language)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
