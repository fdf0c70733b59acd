/** Why a session ended or failed, in words; the site's own below. */

import { endReason } from '../../../src-preload/contract/end-words.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';

/** Something to tell beyond the status itself. */
export function hasEndReason(session: Session): boolean {
  return (
    (session.family === 'broken' || session.family === 'finished') &&
    (session.statusInfo !== null || session.reasons.length > 0)
  );
}

export function EndSection({ session }: { readonly session: Session }) {
  const t = useDetailWords();
  const known = endReason(session.statusInfo);
  const exit = session.reasons.map((it) => /^exit code (\d+)$/.exec(it)?.[1]).find((it) => it !== undefined);
  const said = [
    ...(known === null && session.statusInfo !== null ? [session.statusInfo] : []),
    ...session.reasons.filter((it) => !/^exit code \d+$/.test(it)),
  ];
  return (
    <>
      {known !== null && <p className={style.reason}>{sentence(t(known))}</p>}
      {exit !== undefined && (
        <p className={style.reason}>
          {t('end.exit', { code: exit })} {exit === '137' && t('end.killed')}
        </p>
      )}
      {said.length > 0 && (
        <ul className={style.lines}>
          {said.map((text) => (
            <li key={text}>{t('text.other', { text })}</li>
          ))}
        </ul>
      )}
    </>
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
