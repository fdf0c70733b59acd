/** Running, Finished, Other, each with its count. */
import type { KeyboardEvent, ReactNode } from 'react';
import type { SessionCounts, SessionTab } from '../../../src-preload/contract/sessions.ts';
import style from './sessions.module.css';
import { tabs } from './use-sessions.ts';
import { useWords } from './words.ts';

interface Props {
  readonly tab: SessionTab;
  readonly counts: SessionCounts | undefined;
  readonly onTab: (tab: SessionTab) => void;
  /** At the right end of the bar. */
  readonly children: ReactNode;
}

export function SessionTabs({ tab, counts, onTab, children }: Props) {
  const t = useWords();
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    onTab(next);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div className={style.tabs}>
      <div role="tablist" aria-label={t('title')} className={style.tabList} onKeyDown={key}>
        {tabs.map((it) => (
          <button
            key={it}
            id={`tab-${it}`}
            type="button"
            role="tab"
            aria-selected={it === tab}
            tabIndex={it === tab ? 0 : -1}
            className={style.tab}
            onClick={() => onTab(it)}
          >
            {t(`tab.${it}`)}
            {counts && <span className={style.count}> {counts[it]}</span>}
          </button>
        ))}
      </div>
      <div className={style.tabsEnd}>{children}</div>
    </div>
  );
}
