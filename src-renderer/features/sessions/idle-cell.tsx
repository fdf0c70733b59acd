/** The worst of a session's idle checks, in a word and with the time that is left (web client parity P-LIST-16). */
import { memo } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { exactTime, longDuration, shortDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import { useDetailWords } from './detail-words.ts';
import style from './idle-cell.module.css';
import { worstCheck } from './idle-policy.ts';
import { checkName } from './idle-section.tsx';

export const IdleCell = memo(function IdleCell({ session }: { readonly session: Session }) {
  const d = useDetailWords();
  const language = useLanguage();
  const now = useNow('slow');
  const worst = worstCheck(session, now);
  if (worst === null) return <span className="soft">–</span>;
  const { state, check } = worst;
  const left = check.endsAt === null ? null : Math.max(0, Date.parse(check.endsAt) - now);
  const tip = [
    checkName(d, check.name),
    ...(check.endsAt === null || left === null
      ? []
      : [
          d(check.kind === 'grace' ? 'idle.grace' : 'idle.left', { duration: longDuration(left, language) }),
          exactTime(check.endsAt, language),
        ]),
  ].join(' · ');
  return (
    <span className={style.idle} data-level={state} data-tip={tip}>
      {d(`idle.state.${state}`)}
      {left !== null && check.kind === 'expire' && <span className="numbers"> · {shortDuration(left, language)}</span>}
    </span>
  );
});
