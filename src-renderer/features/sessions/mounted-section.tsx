/** The folders of a session, each a link to where it stands among the folders (web client parity P-DETAIL-04). */
import { useQuery } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { writePlace } from '../../state/place-policy.ts';
import style from './detail-panel.module.css';
import { mountedFolders } from './mounted-policy.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
}

/** Folders change seldom; the page of folders asks for itself. */
const freshMs = 60_000;

export function MountedSection({ accountId, session }: Props) {
  const t = useWords();
  const { data, error } = useQuery({
    queryKey: ['folders.list', accountId],
    queryFn: ({ signal }) => berth.folders.list({ accountId }, { signal }),
    enabled: session.mounts.length > 0,
    staleTime: freshMs,
  });
  if (session.mounts.length === 0) return <p className={style.note}>{t('panel.noFolders')}</p>;
  return (
    <>
      <ul className={style.lines}>
        {mountedFolders(session, data ?? null).map(({ name, now, id, state, readOnly, path }) => (
          <li key={name}>
            {id === null ? (
              name
            ) : (
              <a
                className={`${style.link} ${style.listed}`}
                href={writePlace({ section: 'folders', open: { accountId, id } })}
                aria-label={t('mounted.open', { name: now ?? name })}
              >
                {name}
              </a>
            )}{' '}
            <span className="soft">
              {[
                now,
                readOnly ? t('mounted.readOnly') : null,
                path === null ? null : t('mounted.at', { path }),
                state === 'missing' ? t('mounted.missing') : null,
                state === 'unknown' && !error ? t('mounted.asking') : null,
              ]
                .filter((it) => it !== null)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      {error && <p className={style.note}>{t('mounted.unknown')}</p>}
    </>
  );
}
