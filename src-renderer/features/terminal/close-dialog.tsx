/** Asks before a terminal is closed in which something runs, or may run. */
import { Button } from '@mantine/core';
import { Dialog } from '../../ui/dialog.tsx';
import { useWords } from './terminal-words.ts';
import type { CloseQuestion } from './use-closing.ts';

interface Props {
  readonly question: CloseQuestion;
  readonly onClose: () => void;
  readonly onLeave: () => void;
  readonly onCancel: () => void;
}

export function CloseDialog({ question, onClose, onLeave, onCancel }: Props) {
  const t = useWords();
  const { why, programs, panes } = question;
  const names = programs.join(', ');
  return (
    <Dialog
      title={t('close.title', { count: panes.length })}
      role="alertdialog"
      width={460}
      onClose={onCancel}
      footer={
        <>
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          {why === 'runs' && (
            <Button variant="default" onClick={onLeave}>
              {t('close.leave')}
            </Button>
          )}
          {why === 'unseen' ? (
            <Button onClick={onLeave} data-autofocus>
              {t('close.leave')}
            </Button>
          ) : (
            <Button onClick={onClose} data-autofocus>
              {t('close.end')}
            </Button>
          )}
        </>
      }
    >
      <p>{t(`close.${why}`, { names, count: programs.length })}</p>
      {why === 'runs' && <p className="soft">{t('close.leaveHint')}</p>}
    </Dialog>
  );
}
