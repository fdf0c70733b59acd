/** The way from a session's timeline to the rounds of the site's scheduler, where the site keeps them. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Session } from '../../../../src-preload/contract/sessions.ts';
import { berth } from '../../../bridge.ts';
import { useSessionRules } from '../../../state/use-session-rules.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { toErrorValue } from '../../../ui/errors/sentences.ts';
import { Loading } from '../../../ui/loading.tsx';
import style from './record.module.css';
import { useRecordWords } from './record-words.ts';
import { RoundsTable } from './rounds-table.tsx';

interface Props {
  readonly accountId: string;
  readonly session: Session;
}

/** While a session waits or starts its scheduler goes on. */
const againMs = 10_000;

export function RoundsButton({ accountId, session }: Props) {
  const t = useRecordWords();
  const rules = useSessionRules(accountId);
  const [open, setOpen] = useState(false);
  if (rules?.rounds !== true) return null;
  return (
    <>
      <Button size="compact-sm" variant="default" mt={6} onClick={() => setOpen(true)}>
        {t('rounds.open')}
      </Button>
      {open && <RoundsDialog accountId={accountId} session={session} onClose={() => setOpen(false)} />}
    </>
  );
}

function RoundsDialog({ accountId, session, onClose }: Props & { readonly onClose: () => void }) {
  const t = useRecordWords();
  const moves = session.family === 'waiting' || session.family === 'starting';
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['sessions.rounds', accountId, session.id, session.status],
    queryFn: ({ signal }) => berth.sessions.rounds({ accountId, sessionId: session.id }, { signal }),
    refetchInterval: moves ? againMs : false,
    // A status later the rounds before it are still true.
    placeholderData: (before) => before,
  });
  return (
    <Dialog title={t('rounds.title', { name: session.name })} width={1080} onClose={onClose}>
      {error && <ErrorNotice error={toErrorValue(error)} onRetry={() => void refetch()} busy={isFetching} />}
      {data === undefined ? (
        !error && <Loading />
      ) : data.rounds.length === 0 ? (
        <p>{t('rounds.none')}</p>
      ) : (
        <>
          <RoundsTable rounds={data.rounds} />
          {data.total > data.rounds.length && (
            <p className={style.note}>{t('rounds.newest', { shown: data.rounds.length, total: data.total })}</p>
          )}
        </>
      )}
    </Dialog>
  );
}
