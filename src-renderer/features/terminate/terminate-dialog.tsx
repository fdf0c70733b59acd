/** The one red button: says what is lost before it ends a session, or several. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
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
  readonly forced: boolean;
  readonly onClose: () => void;
}

export function TerminateDialog({ accountId, sessions, forced, onClose }: Props) {
  const t = useWords();
  const terminate = useMutation({
    mutationFn: async () => {
      for (const { id } of sessions) await berth.sessions.terminate({ accountId, sessionId: id, forced });
    },
    onSuccess: onClose,
  });
  const [first] = sessions;
  const folders = [...new Set(sessions.flatMap((it) => it.mounts))].join(', ');
  const title =
    first && sessions.length === 1
      ? t(forced ? 'title.forced' : 'title', { name: first.name })
      : t(forced ? 'title.forced.many' : 'title.many', { n: sessions.length });
  return (
    <Dialog
      role="alertdialog"
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
            onClick={() => terminate.mutate()}
          >
            {t('do')}
          </Button>
        </>
      }
    >
      {sessions.length > 1 && (
        <ul className={style.sessions}>
          {sessions.map((it) => (
            <li key={it.id}>{it.name}</li>
          ))}
        </ul>
      )}
      {sessions.every((it) => it.family === 'waiting') ? (
        <p>{t('waiting')}</p>
      ) : folders === '' ? (
        <p>{t('allLost')}</p>
      ) : (
        <>
          <p>{t('lost')}</p>
          <p>{t('kept', { folders })}</p>
        </>
      )}
      {forced && <p>{t('forced')}</p>}
      {terminate.error && <ErrorNotice error={toErrorValue(terminate.error)} />}
    </Dialog>
  );
}
