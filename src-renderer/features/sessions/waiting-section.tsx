/** Why a session waits, what would help, and the site's own words folded below. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { shortDuration } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Loading } from '../../ui/loading.tsx';
import { useNow } from '../../ui/use-now.ts';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { infoWord } from './status-word.ts';
import { useWaiting } from './use-waiting.ts';
import { helpText, reasonTexts } from './waiting-words.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  /** Shows another session. */
  readonly onShow: (sessionId: string) => void;
}

export function WaitingSection({ accountId, session, onShow }: Props) {
  const t = useDetailWords();
  const w = useWords();
  const language = useLanguage();
  const now = useNow('second');
  const { data: waiting, error } = useWaiting(accountId, session);
  if (waiting === undefined) return error ? <ErrorNotice error={toErrorValue(error)} /> : <Loading />;
  const { reasons, never, place, tries, lastTryAt, help, said, passed = [] } = waiting;
  return (
    <>
      {never && (
        <p className={style.never}>
          <Icon name="warning" />
          <strong>{t('text.never')}</strong>
        </p>
      )}
      {reasons.length === 0 && <p className={style.note}>{infoWord(w, session.statusInfo) ?? t('text.none')}</p>}
      {waiting.computed && <p className={style.note}>{t('text.computed')}</p>}
      <ul className={style.lines}>
        {reasons
          .flatMap((reason) => reasonTexts(t, reason, language, now))
          .map((text) => (
            <li key={text}>{text}</li>
          ))}
      </ul>
      <p className={style.note}>
        {place !== null && <>{t('text.place', { n: place })} </>}
        {tries !== null &&
          tries > 0 &&
          lastTryAt !== null &&
          t('text.tries', { count: tries, ago: shortDuration(now - Date.parse(lastTryAt), language) })}
      </p>
      {help.length > 0 && (
        <>
          <h3 className={style.subtitle}>{t('help.title')}</h3>
          <ul className={style.help}>
            {help.map((it) => (
              <li key={it.do}>
                {it.do === 'look-at' && it.id !== null ? (
                  <button type="button" className={style.link} onClick={() => onShow(it.id ?? '')}>
                    {helpText(t, it)}
                  </button>
                ) : (
                  helpText(t, it)
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {said.length + passed.length > 0 && (
        <details className={style.said}>
          <summary>{t('said.title')}</summary>
          {said.length > 0 && <pre>{said.join('\n\n')}</pre>}
          {passed.length > 0 && <p>{t('said.passed', { names: passed.join(', ') })}</p>}
        </details>
      )}
    </>
  );
}
