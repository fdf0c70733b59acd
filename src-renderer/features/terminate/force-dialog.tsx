/** The end by force: with its consequences, and only where the site would take it. */
import { Button } from '@mantine/core';
import { useMutation, useQueries } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './terminate.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly sessions: readonly Session[];
  readonly onClose: () => void;
}

export function ForceDialog({ accountId, sessions, onClose }: Props) {
  const t = useWords();
  const endings = useQueries({
    queries: sessions.map(({ id, status }) => ({
      queryKey: ['sessions.ending', accountId, id, status],
      queryFn: () => berth.sessions.ending({ accountId, sessionId: id }),
      gcTime: 0,
    })),
  });
  const rows = sessions.map((session, at) => ({ session, ending: endings[at]?.data }));
  const possible = rows.filter(({ ending }) => ending?.force === 'offered');
  const terminate = useMutation({
    mutationFn: async () => {
      for (const { session } of possible) {
        await berth.sessions.terminate({ accountId, sessionId: session.id, forced: true });
      }
    },
    onSuccess: onClose,
  });
  const [first] = sessions;
  const title =
    first && sessions.length === 1
      ? t('title.forced', { name: first.name })
      : t('title.forced.many', { n: sessions.length });
  return (
    <Dialog
      role="alertdialog"
      width={520}
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button
            className={style.danger ?? ''}
            color="var(--danger)"
            loading={terminate.isPending}
            disabled={possible.length === 0}
            onClick={() => terminate.mutate()}
          >
            {t('do')}
          </Button>
        </>
      }
    >
      {rows.map(({ session, ending }) => (
        <p key={session.id}>
          {sessions.length > 1 && <strong>{session.name}: </strong>}
          {ending ? t(`force.${ending.reason}`, { status: session.status }) : t('force.asking')}
        </p>
      ))}
      {possible.length > 0 && (
        <>
          <p>{t('forced')}</p>
          <p>{t('forced.files')}</p>
        </>
      )}
      {terminate.error && <ErrorNotice error={toErrorValue(terminate.error)} />}
    </Dialog>
  );
}
