/** What each project's sessions hold of what they may. A project that cannot be asked about leaves the others. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Project } from '../../../../src-preload/contract/sites.ts';
import { berth } from '../../../bridge.ts';
import { Loading } from '../../../ui/loading.tsx';
import { isOfUse, usageAmounts, usageLevel, usageName } from '../usage-words.ts';
import { useWords } from '../words.ts';
import style from './overview.module.css';
import { Part, PartError } from './part.tsx';
import { useOverviewWords } from './words.ts';

const againMs = 60_000;
/** An administrator may be in very many; each is a question to the site. */
const atFirst = 4;

interface Props {
  readonly accountId: string;
  readonly projects: readonly Project[];
  readonly first: Project | null;
}

export function ProjectsPart({ accountId, projects, first }: Props) {
  const t = useOverviewWords();
  const [all, setAll] = useState(false);
  const ordered = [...(first === null ? [] : [first]), ...projects.filter(({ id }) => id !== first?.id)];
  const shown = all ? ordered : ordered.slice(0, atFirst);
  const more = ordered.length - shown.length;
  return (
    <Part title={t('projects')} isAsking={false}>
      {ordered.length === 0 && <p className={style.none}>{t('recent.noProject')}</p>}
      {shown.map(({ id, name }) => (
        <ProjectUse key={id} accountId={accountId} name={name} />
      ))}
      {more > 0 && (
        <button type="button" className={style.link} onClick={() => setAll(true)}>
          {t('projects.all', { count: more })}
        </button>
      )}
    </Part>
  );
}

function ProjectUse({ accountId, name }: { readonly accountId: string; readonly name: string }) {
  const t = useOverviewWords();
  const words = useWords();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['overview.project', accountId, name],
    queryFn: ({ signal }) => berth.overview.project({ accountId, project: name }, { signal }),
    refetchInterval: againMs,
    staleTime: againMs,
  });
  return (
    <div className={style.item}>
      <h3 className={style.name}>{name}</h3>
      {isPending && <Loading words={t('asking')} />}
      {error && <PartError error={error} onRetry={() => void refetch()} />}
      {!error && data === null && <p className={style.none}>{t('projects.hidden')}</p>}
      {!error && data && (
        <ul className={`${style.brief} numbers`}>
          {data.filter(isOfUse).map((line) => (
            <li key={line.slot} data-level={usageLevel(line)}>
              <span className={style.soft}>{usageName(words, line, data)}</span> {usageAmounts(words, line)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
