/** The list when it has no rows: still loading, failed, nothing there, nothing found. */
import { Button } from '@mantine/core';
import { useContext, useEffect, useState } from 'react';
import type { SessionTab } from '../../../src-preload/contract/sessions.ts';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import { refused } from '../../ui/refused.ts';
import { useUiWords } from '../../ui/words.ts';
import { Blocked } from './session-cells.tsx';
import style from './sessions.module.css';
import type { Listed } from './use-project-sessions.ts';
import { useWords } from './words.ts';

interface Props {
  readonly list: Listed;
  readonly tab: SessionTab;
  readonly find: string;
  /** By type or filters. */
  readonly narrowed: boolean;
  readonly siteName: string;
  readonly onStart: () => void;
  readonly onClearFind: () => void;
}

export function ListStates({ list, tab, find, narrowed, siteName, onStart, onClearFind }: Props) {
  const t = useWords();
  const ui = useUiWords();
  const blocked = useContext(Blocked);
  const error = list.data?.error ?? (list.error ? toErrorValue(list.error) : undefined);
  const answered = list.data !== undefined && list.data.asOf !== null;
  if (error && !answered) {
    return (
      <div className={style.notice}>
        <ErrorNotice error={error} onRetry={() => void list.refetch()} busy={list.isFetching} />
      </div>
    );
  }
  if (!answered || (list.data?.sessions.length === 0 && !list.data.complete)) {
    return <LoadingRows words={t('loading', { site: siteName })} />;
  }
  if (find !== '' && (list.data?.sessions.length ?? 0) > 0) {
    return (
      <Empty
        icon="search"
        title={t('empty.find', { text: find })}
        action={
          <Button variant="default" onClick={onClearFind}>
            {ui('clear')}
          </Button>
        }
      >
        {t('empty.find.text')}
      </Empty>
    );
  }
  if (narrowed && (list.data?.sessions.length ?? 0) > 0) {
    return (
      <Empty
        icon="filter"
        title={t('empty.filters')}
        action={
          <Button variant="default" onClick={onClearFind}>
            {t('empty.filters.do')}
          </Button>
        }
      >
        {t('empty.filters.text')}
      </Empty>
    );
  }
  return (
    <Empty
      icon="sessions"
      title={t(`empty.${tab}`)}
      action={
        tab === 'running' && (
          <Button onClick={onStart} {...refused(blocked)}>
            {t('empty.running.do')}
          </Button>
        )
      }
    >
      {t(`empty.${tab}.text`)}
    </Empty>
  );
}

/** Rows without words for at most 300 ms, then words. */
function LoadingRows({ words }: { readonly words: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  if (late) return <Loading words={words} delayMs={0} />;
  return (
    <div aria-hidden="true">
      {[0, 1, 2, 3, 4, 5].map((it) => (
        <div key={it} className={style.skeleton} />
      ))}
    </div>
  );
}
