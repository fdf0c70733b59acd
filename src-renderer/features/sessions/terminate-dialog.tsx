/** The one red button: says what is lost before it ends a session. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './dialogs.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly forced: boolean;
  readonly onClose: () => void;
}

export function TerminateDialog({ accountId, session, forced, onClose }: Props) {
  const t = useWords();
  const terminate = useMutation({
    mutationFn: () => berth.sessions.terminate({ accountId, sessionId: session.id, forced }),
    onSuccess: onClose,
  });
  const folders = session.mounts.join(', ');
  return (
    <Dialog
      role="alertdialog"
      title={t(forced ? 'terminate.forced.title' : 'terminate.title', { name: session.name })}
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
            {t('terminate.do')}
          </Button>
        </>
      }
    >
      {session.family === 'waiting' ? (
        <p>{t('terminate.waiting')}</p>
      ) : folders === '' ? (
        <p>{t('terminate.allLost')}</p>
      ) : (
        <>
          <p>{t('terminate.lost')}</p>
          <p>{t('terminate.kept', { folders })}</p>
        </>
      )}
      {forced && <p>{t('terminate.forced')}</p>}
      {terminate.error && <ErrorNotice error={toErrorValue(terminate.error)} />}
    </Dialog>
  );
}
