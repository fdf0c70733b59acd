/** Sessions that this one waits for, and those that wait for it. Shown only where there are any. */
import { useQuery } from '@tanstack/react-query';
import type { Relatives } from '../../../src-preload/contract/session-facts.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { Section } from './panel-section.tsx';
import { statusWord } from './status-word.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onShow: (sessionId: string) => void;
}

export function RelativesSection({ accountId, session, onShow }: Props) {
  const t = useDetailWords();
  const { data } = useQuery({
    queryKey: ['sessions.relatives', accountId, session.id, session.status],
    queryFn: ({ signal }) => berth.sessions.relatives({ accountId, sessionId: session.id }, { signal }),
    staleTime: 60_000,
  });
  if (!data || (data.dependsOn.length === 0 && (data.neededBy ?? []).length === 0)) return null;
  return (
    <Section name="relatives" title={t('relatives.title')}>
      <Group title={t('relatives.needs')} all={data.dependsOn} onShow={onShow} />
      <Group title={t('relatives.neededBy')} all={data.neededBy ?? []} onShow={onShow} />
    </Section>
  );
}

function Group({
  title,
  all,
  onShow,
}: {
  readonly title: string;
  readonly all: Relatives['dependsOn'];
  readonly onShow: (sessionId: string) => void;
}) {
  const t = useWords();
  const d = useDetailWords();
  if (all.length === 0) return null;
  return (
    <>
      <h3 className={style.subtitle}>{title}</h3>
      <ul className={style.lines}>
        {all.map(({ id, name, status, result }) => (
          <li key={id}>
            <button
              type="button"
              className={style.link}
              aria-label={d('relatives.show', { name })}
              onClick={() => onShow(id)}
            >
              {name}
            </button>{' '}
            <span className="soft">
              {statusWord(t, { status })}
              {result === null ? '' : ` · ${result}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
