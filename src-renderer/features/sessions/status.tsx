/** A status as shape, word and colour, in that order of trust; and the sentence for one on its way. */

import { endReason } from '../../../src-preload/contract/end-words.ts';
import type { Session, StatusFamily } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { useCurrentAccount } from '../../state/current-account.ts';
import { shortDuration } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import { useDetailWords } from './detail-words.ts';
import style from './status.module.css';
import { infoWord, statusWord } from './status-word.ts';
import { useWaiting } from './use-waiting.ts';
import { waitingLine } from './waiting-words.ts';
import { en } from './words.en.ts';
import { useWords } from './words.ts';

const shapes: Record<StatusFamily, React.ReactNode> = {
  running: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  waiting: (
    <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="1.7 1.97" />
  ),
  starting: (
    <>
      <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M5 1.6a3.4 3.4 0 0 1 0 6.8Z" fill="currentColor" />
    </>
  ),
  ending: <rect x="1.7" y="1.7" width="6.6" height="6.6" rx="1" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  finished: <path d="M1.5 5h7" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
  broken: <path d="M5 .8 9.6 9H.4Z" fill="currentColor" />,
  unknown: <path d="M5 .8 9.2 5 5 9.2.8 5Z" fill="none" stroke="currentColor" strokeWidth="1.4" />,
};

export function StatusShape({ family }: { readonly family: StatusFamily }) {
  return (
    <svg aria-hidden="true" width="10" height="10" viewBox="0 0 10 10" className={style.shape} data-family={family}>
      {shapes[family]}
    </svg>
  );
}

export function StatusWord({ session }: { readonly session: Session }) {
  const t = useWords();
  const part = partOf(session);
  return (
    <span className={style.word} data-family={session.family} data-tip={session.status}>
      {statusWord(t, session)}
      {part !== null && <span className="numbers"> {part}</span>}
    </span>
  );
}

/** `2 / 3`: how many containers of a cluster have the session's status, while not all have; null else (P-STATUS-21). */
function partOf({ kernels, status }: Session): string | null {
  const reached = kernels.filter((it) => it.status === status).length;
  return kernels.length < 2 || reached === kernels.length ? null : `${reached} / ${kernels.length}`;
}

/** When the present status began, as far as the site tells. */
export function phaseSince(session: Session): string {
  return session.history.findLast((it) => it.status === session.status)?.at ?? session.createdAt;
}

/** True for sessions whose amounts say nothing yet: the row then explains instead. */
export function isExplained(session: Session): boolean {
  return session.family !== 'running' && session.family !== 'finished';
}

/** `waits for GPU: asked 2, free 1 · number 3 in line · 4 m`. */
export function PhaseLine({ session }: { readonly session: Session }) {
  const t = useWords();
  const d = useDetailWords();
  const language = useLanguage();
  const now = useNow('second');
  const { accountId } = useCurrentAccount();
  const waiting = useWaiting(accountId, session).data;
  const key = `phase.${session.status}`;
  const phase = key in en ? t(key as 'phase.PULLING') : t('phase.unknown', { status: session.status });
  const { statusInfo } = session;
  const [reason, ...others] = session.reasons;
  const known = session.family === 'broken' ? endReason(statusInfo) : null;
  const spoken =
    waiting !== undefined && waiting.reasons.length > 0
      ? waitingLine(d, waiting)
      : (reason ??
        (known === null ? null : d(known)) ??
        infoWord(t, statusInfo) ??
        (statusInfo && session.family !== 'waiting' ? `${phase} (${statusInfo})` : phase));
  const parts = [spoken];
  const more = waiting === undefined ? others.length : waiting.reasons.length - 1;
  if (more > 0) parts.push(t('reasons.more', { count: more }));
  const place = waiting?.place ?? (session.queuePosition === null ? null : session.queuePosition + 1);
  if (place !== null) parts.push(t('phase.place', { n: place }));
  const elapsedMs = now - Date.parse(phaseSince(session));
  if (elapsedMs >= 3000) parts.push(shortDuration(elapsedMs, language));
  const text = parts.join(' · ');
  return (
    <span className="ellipsis numbers" data-tip={text}>
      {text}
    </span>
  );
}
