/** A start that failed: in which phase, and the way to mend it. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import style from './detail-panel.module.css';
import { statusWord } from './status-word.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onLaunchAgain: () => void;
}

export function FailedStart({ accountId, session, onLaunchAgain }: Props) {
  const t = useWords();
  const progress = useQuery({
    queryKey: ['launches.progress', accountId, session.id, session.status],
    queryFn: ({ signal }) => berth.launches.progress({ accountId, sessionId: session.id }, { signal }),
  });
  const failedIn = progress.data?.failedIn ?? null;
  if (failedIn === null) return null;
  return (
    <>
      <p className={style.reason}>{t('panel.failedIn', { phase: statusWord(t, { status: failedIn }) })}</p>
      <Button size="compact-sm" variant="default" onClick={onLaunchAgain}>
        {t('panel.editAndLaunch')}
      </Button>
    </>
  );
}
