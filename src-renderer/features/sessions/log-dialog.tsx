/** A session's log as the site keeps it; the end first in view. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import { ScrollText } from '../../ui/scroll-text.tsx';
import style from './dialogs.module.css';
import { useWords } from './words.ts';

/** More lines than this slow the window down and nobody reads them; copy has them all. */
const shownLines = 5000;

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onClose: () => void;
}

export function LogDialog({ accountId, session, onClose }: Props) {
  const t = useWords();
  const box = useRef<HTMLElement>(null);
  const log = useQuery({
    queryKey: ['sessions.logs', accountId, session.id],
    queryFn: ({ signal }) => berth.sessions.logs({ accountId, sessionId: session.id }, { signal }),
    staleTime: 0,
    gcTime: 0,
  });
  const text = log.data?.text.trimEnd() ?? '';
  const lines = text.split('\n');
  const shown = lines.length > shownLines ? lines.slice(-shownLines).join('\n') : text;

  // biome-ignore lint/correctness/useExhaustiveDependencies: new text is what moves the view to its end
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown]);

  return (
    <Dialog
      title={t('log.title', { name: session.name })}
      width={900}
      onClose={onClose}
      footer={
        <>
          {text !== '' && <CopyButton text={text} label={t('log.copy')} />}
          <Button variant="default" loading={log.isFetching} onClick={() => void log.refetch()}>
            {t('log.refresh')}
          </Button>
        </>
      }
    >
      {log.isPending && <Loading words={t('log.loading')} />}
      {log.error && <ErrorNotice error={toErrorValue(log.error)} />}
      {log.data && text === '' && <Empty icon="log" title={t('log.empty')} />}
      {lines.length > shownLines && <p className="soft">{t('log.cut', { n: shownLines })}</p>}
      {text !== '' && (
        <ScrollText ref={box} label={t('log.title', { name: session.name })} className={style.log} text={shown} />
      )}
    </Dialog>
  );
}
