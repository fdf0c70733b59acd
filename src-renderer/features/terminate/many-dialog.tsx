/** Ends several sessions: each by name, with what it would take with it. */
import { Button } from '@mantine/core';
import { useMutation, useQueries } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { toErrorValue, useErrorSentences } from '../../ui/errors/sentences.ts';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import { useEndLine } from './end-trouble.tsx';
import { figureOf, hasLoss } from './loss-line.tsx';
import style from './terminate.module.css';
import { useEndings } from './use-endings.ts';
import { useEnds } from './use-ends.ts';
import { canLook, lookAgain, type SecondLook } from './use-look.ts';
import { useWords, type Words } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly sessions: readonly Session[];
  readonly onKeep: (session: Session) => void;
  /** The site refuses the plain end of these in their state, and would take force. */
  readonly onForce: (sessions: readonly Session[]) => void;
  readonly onClose: () => void;
}

export function ManyDialog({ accountId, sessions, onKeep, onForce, onClose }: Props) {
  const t = useWords();
  const opened = useId();
  const sentences = useErrorSentences();
  const endLine = useEndLine();
  const { outcome, end: endOne } = useEnds(accountId, false);
  const [again, setAgain] = useState<ReadonlyMap<string, SecondLook>>(new Map());
  const looks = useQueries({
    queries: sessions.map((session) => ({
      queryKey: ['files.look', accountId, session.id, opened],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        berth.files.look({ accountId, sessionId: session.id }, { signal }),
      enabled: canLook(session),
      gcTime: 0,
    })),
  });
  const endings = useEndings(accountId, sessions);
  const rows = sessions.map((session, at) => {
    const ending = endings[at]?.plain === 'refused' ? endings[at] : undefined;
    return { session, look: looks[at], refusal: ending, error: outcome.get(session.id) };
  });
  const left = rows.filter(({ session }) => outcome.get(session.id) !== null);
  const harmless = left.filter(
    ({ session, look }) =>
      !canLook(session) || (look?.data && !hasLoss(look.data) && newsOf(t, again.get(session.id)) === null),
  );
  const forcible = left.filter(({ refusal }) => refusal?.force === 'offered').map(({ session }) => session);
  const stillLooking = left.some(({ session, look }) => canLook(session) && look?.isPending);

  const end = useMutation({
    mutationFn: async (which: readonly Session[]) => {
      let left = sessions.filter(({ id }) => outcome.get(id) !== null).length;
      const seconds = new Map(again);
      for (const { id } of which) {
        const checkId = rows.find(({ session }) => session.id === id)?.look?.data?.checkId;
        if (checkId !== undefined && !seconds.has(id)) {
          const second = await lookAgain(checkId);
          seconds.set(id, second);
          setAgain(new Map(seconds));
          // Told, and left to the next press of the button.
          if (second.news === null || second.news.count > 0) continue;
        }
        if ((await endOne(id)) === null) left -= 1;
      }
      return left;
    },
    onSuccess: (left) => {
      if (left === 0) onClose();
    },
  });
  const failed = rows.filter(({ error }) => error !== undefined && error !== null).length;
  const done = rows.filter(({ error }) => error === null).length;

  return (
    <Dialog
      role="alertdialog"
      width={600}
      title={t('title.many', { n: sessions.length })}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t(done > 0 && !end.isPending ? 'close' : 'cancel')}
          </Button>
          <Button
            variant="default"
            disabled={harmless.length === 0 || harmless.length === left.length || end.isPending}
            onClick={() => end.mutate(harmless.map(({ session }) => session))}
          >
            {t('many.harmless', { count: harmless.length })}
          </Button>
          <Button
            className={style.danger ?? ''}
            color="var(--danger)"
            loading={end.isPending}
            disabled={left.length === 0}
            onClick={() => end.mutate(left.map(({ session }) => session))}
          >
            {t('do')}
          </Button>
        </>
      }
    >
      <p>{t('many.lost')}</p>
      <ul className={style.sessions} aria-label={t('many.list')}>
        {rows.map(({ session, look, refusal, error }) => (
          <li key={session.id} className={style.sessionRow}>
            <span className={`${style.sessionName} ellipsis`}>{session.name}</span>
            <span className={style.sessionLoss} role="status">
              {error === null
                ? t('many.ended')
                : error
                  ? endLine(error)
                  : refusal
                    ? t(`force.${refusal.reason}`, { status: session.status })
                    : !canLook(session)
                      ? t('many.notStarted')
                      : look?.data
                        ? (newsOf(t, again.get(session.id)) ?? figureOf(t, look.data))
                        : look?.error
                          ? `${t('couldNot')} ${sentences(toErrorValue(look.error)).what}`
                          : t('looking')}
            </span>
            {look?.data && look.data.files + look.data.links > 0 && error !== null && (
              <Button
                variant="default"
                size="compact-md"
                aria-label={t('many.keepOf', { name: session.name })}
                disabled={end.isPending}
                onClick={() => onKeep(session)}
              >
                {t('keep')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {forcible.length > 0 && (
        <Button variant="default" size="compact-md" disabled={end.isPending} onClick={() => onForce(forcible)}>
          {t('many.force', { count: forcible.length })}
        </Button>
      )}
      <div role="status">
        {failed > 0 && (
          <>
            <p className={style.figure}>
              {t(done > 0 ? 'many.mixed' : 'many.none', { done, failed, total: done + failed })}
            </p>
            <p className={style.note}>{t('many.again')}</p>
          </>
        )}
        {stillLooking && failed === 0 && <p className={style.note}>{t('many.looking')}</p>}
      </div>
    </Dialog>
  );
}

/** Null: nothing came up, or nobody has looked again. */
function newsOf(t: Words, second: SecondLook | undefined): string | null {
  if (second === undefined || second.news?.count === 0) return null;
  if (second.news === null) return t('many.newsCouldNot');
  const { count, bytes } = second.news;
  return t('many.news', { count, n: formatNumber(count), size: formatBytes(bytes) });
}
