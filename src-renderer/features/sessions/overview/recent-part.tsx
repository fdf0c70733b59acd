/** The newest sessions of the project that run, everybody's as far as the site shows them. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import type { Project } from '../../../../src-preload/contract/sites.ts';
import { berth } from '../../../bridge.ts';
import { useLanguage } from '../../../i18n/words.ts';
import { exactTime, shortDuration } from '../../../ui/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { isOthers } from '../action-policy.ts';
import { OwnKey } from '../session-cells.tsx';
import style from './overview.module.css';
import { Part, PartError } from './part.tsx';
import { useOverviewWords } from './words.ts';

const againMs = 15_000;

interface Props {
  readonly accountId: string;
  readonly project: Project | null;
  readonly onShow: (sessionId: string) => void;
}

export function RecentPart({ accountId, project, onShow }: Props) {
  const t = useOverviewWords();
  const language = useLanguage();
  const now = useNow('second');
  const ownKey = useContext(OwnKey);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['overview.recent', accountId, project?.id],
    queryFn: ({ signal }) => berth.overview.recent({ accountId, projectId: project?.id ?? '' }, { signal }),
    enabled: project !== null,
    placeholderData: keepPreviousData,
    refetchInterval: againMs,
    staleTime: againMs,
  });
  return (
    <Part
      title={project === null ? t('recent.plain') : t('recent', { project: project.name })}
      isAsking={project !== null && isPending}
    >
      {project === null && <p className={style.none}>{t('recent.noProject')}</p>}
      {error && <PartError error={error} onRetry={() => void refetch()} />}
      {!error && data?.length === 0 && <p className={style.none}>{t('recent.none')}</p>}
      {!error && data && data.length > 0 && (
        <ul className={style.rows}>
          {data.map((session) => {
            const { id, name, owner, createdAt, startedAt, environment } = session;
            return (
              <li key={id}>
                <button
                  type="button"
                  className={style.link}
                  aria-label={t('recent.show', { name })}
                  data-tip={environment}
                  onClick={() => onShow(id)}
                >
                  {name}
                </button>
                {isOthers(session, ownKey) && <span className={style.soft}>{owner ?? session.accessKey}</span>}
                <span className={`${style.amount} numbers`} data-tip={exactTime(createdAt, language)}>
                  {t('recent.age', { duration: shortDuration(now - Date.parse(startedAt ?? createdAt), language) })}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Part>
  );
}
