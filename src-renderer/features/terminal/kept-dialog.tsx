/** Shells of this session that go on without a window: take one up again, or end it. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { berth } from '../../bridge.ts';
import { useLanguage } from '../../i18n/words.ts';
import { queryClient } from '../../state/query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { shortDuration } from '../../ui/format.ts';
import { Loading } from '../../ui/loading.tsx';
import style from './terminal-dialogs.module.css';
import { useWords } from './terminal-words.ts';

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  /** Those of this window are no news. */
  readonly mine: readonly string[];
  readonly onTakeUp: (terminalId: string) => void;
  readonly onClose: () => void;
}

export function KeptDialog({ accountId, sessionId, mine, onTakeUp, onClose }: Props) {
  const t = useWords();
  const language = useLanguage();
  const key = ['terminals.kept', accountId, sessionId];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => berth.terminals.kept({ accountId, sessionId }),
    staleTime: 0,
  });
  const shells = data?.filter((it) => !it.isShown && !mine.includes(it.terminalId)) ?? [];
  const end = async (terminalId: string) => {
    await berth.terminals.end({ accountId, sessionId, terminalId });
    await queryClient.invalidateQueries({ queryKey: key });
  };
  return (
    <Dialog title={t('kept.title')} width={520} onClose={onClose}>
      {error ? (
        <ErrorNotice error={toErrorValue(error)} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading words={t('kept.loading')} />
      ) : shells.length === 0 ? (
        <p>{t('kept.none')}</p>
      ) : (
        <ul className={style.shells}>
          {shells.map((it) => (
            <li key={it.terminalId}>
              <span className={style.shell}>
                <span className="ellipsis">{it.program ?? it.title ?? ''}</span>
                <span className="soft">
                  {t(it.program ? 'kept.runs' : 'kept.waits', {
                    age: shortDuration(Date.now() - Date.parse(it.createdAt), language),
                  })}
                </span>
              </span>
              <Button variant="default" size="compact-md" onClick={() => onTakeUp(it.terminalId)}>
                {t('kept.takeUp')}
              </Button>
              <Button variant="default" size="compact-md" onClick={() => void end(it.terminalId)}>
                {t('kept.end')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
