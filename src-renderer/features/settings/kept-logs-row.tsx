/** How much is kept of logs, and the way to be rid of it. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { formatBytes } from '../../ui/format.ts';
import style from './settings.module.css';
import { useWords } from './words.ts';

const key = ['logs.kept'] as const;

export function KeptLogsRow() {
  const t = useWords();
  const kept = useQuery({ queryKey: key, queryFn: () => berth.logs.kept(), staleTime: 0 }).data;
  const clear = useMutation({
    mutationFn: () => berth.logs.clear(),
    onSuccess: (now) => queryClient.setQueryData(key, now),
  });
  return (
    <div className={style.row}>
      <span className={style.label}>{t('keptLogs')}</span>
      <span className={style.value}>
        {kept && t('kept', { count: kept.sessions, size: formatBytes(kept.bytes), folder: kept.folder })}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        loading={clear.isPending}
        disabled={!kept || kept.sessions === 0}
        onClick={() => clear.mutate()}
      >
        {t('keptLogs.clear')}
      </Button>
    </div>
  );
}
