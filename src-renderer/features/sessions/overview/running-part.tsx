/** How many of one's own sessions run, by type: from the list that Berth watches anyway. */
import { useMemo } from 'react';
import { clockTime } from '../../../ui/format.ts';
import { useSessions } from '../use-sessions.ts';
import { useWords } from '../words.ts';
import { countSessions, usualTypes } from './counts-policy.ts';
import style from './overview.module.css';
import { Part, PartError } from './part.tsx';
import { useOverviewWords } from './words.ts';

export function RunningPart({ accountId }: { readonly accountId: string }) {
  const t = useOverviewWords();
  const words = useWords();
  const { data, error, refetch } = useSessions(accountId, 'running');
  const { byType, coming } = useMemo(() => countSessions(data?.sessions ?? []), [data?.sessions]);
  const nameOf = (type: string) => {
    const known = usualTypes.find((it) => it === type);
    return known ? words(`type.${known}`) : type;
  };
  return (
    <Part title={t('running')} isAsking={!data && !error}>
      {error && <PartError error={error} onRetry={() => void refetch()} />}
      {data && (
        <>
          <dl className={style.counts}>
            {byType.map(({ type, count }) => (
              <div key={type} data-none={count === 0 || undefined}>
                <dt>{nameOf(type)}</dt>
                <dd className="numbers">{count}</dd>
              </div>
            ))}
          </dl>
          {coming > 0 && <p className={style.none}>{t('running.coming', { count: coming })}</p>}
          {!data.complete && !data.error && <p className={style.none}>{t('running.reading')}</p>}
          {data.error && data.asOf && <p className={style.none}>{t('running.asOf', { time: clockTime(data.asOf) })}</p>}
        </>
      )}
    </Part>
  );
}
