/** What the list shows: the tab's sessions through type, filters and Find, in the order the person chose. */
import { useCallback, useDeferredValue, useEffect, useMemo } from 'react';
import type { ListColumn, SessionView, UsageView } from '../../../src-preload/contract/session-view.ts';
import type { Session, SessionTab } from '../../../src-preload/contract/sessions.ts';
import { berth, saveText } from '../../bridge.ts';
import { useRemembered } from '../../state/remembered.ts';
import { type ColumnId, nextSort, type SortColumn, sizeColumn, sortSessions } from './columns-policy.ts';
import { toCsv, toJson } from './export-policy.ts';
import { selectSessions } from './filter-policy.ts';
import { statusWord } from './status-word.ts';
import { useListView } from './use-list-view.ts';
import { type Listed, useProjectSessions } from './use-project-sessions.ts';
import { useSessions } from './use-sessions.ts';
import { useWords } from './words.ts';

type TabView = SessionView['tabs']['running'];

const empty: readonly Session[] = [];
const leastName = 80;

export function useListing(accountId: string) {
  const t = useWords();
  const [view, changeView] = useListView(accountId);
  const [text, setText] = useRemembered(`sessions.${accountId}.find`, '');
  const { tab } = view;
  const own = view.tabs[tab];
  const [projectId, setProject] = useRemembered<string | null>(`sessions.${accountId}.project`, null);
  const mine = useSessions(accountId, tab);
  const ofProject = useProjectSessions(accountId, projectId, tab);
  const list: Listed = projectId === null ? mine : ofProject;
  const find = useDeferredValue(text);
  const all = list.data?.sessions ?? empty;
  // Thousands of rows change while a person types and scrolls: both come first.
  const rows = useDeferredValue(all);
  const { type, filters, sort } = own;
  const selected = useMemo(
    () => selectSessions(rows, { type, filters }, find, (session) => statusWord(t, session)),
    [rows, type, filters, find, t],
  );
  const shown = useMemo(() => sortSessions(selected, sort), [selected, sort]);

  const change = useCallback(
    (part: Partial<TabView>) =>
      changeView((now) => ({ ...now, tabs: { ...now.tabs, [now.tab]: { ...now.tabs[now.tab], ...part } } })),
    [changeView],
  );
  const setTab = useCallback((next: SessionTab) => changeView((now) => ({ ...now, tab: next })), [changeView]);
  const setColumns = useCallback(
    (columns: readonly ListColumn[]) => changeView((now) => ({ ...now, columns: [...columns] })),
    [changeView],
  );
  const setUsage = useCallback((usage: UsageView) => changeView((now) => ({ ...now, usage })), [changeView]);
  const sortBy = useCallback((column: SortColumn) => change({ sort: nextSort(sort, column) }), [change, sort]);
  const size = useCallback(
    (column: SortColumn, width: number | null) =>
      changeView((now) => {
        if (column === 'name')
          return { ...now, nameWidth: width === null ? null : Math.max(leastName, Math.round(width)) };
        const columns =
          width === null
            ? now.columns.map(({ id, ...rest }) => (id === column ? { id } : { id, ...rest }))
            : [...sizeColumn(now.columns, column, width)];
        return { ...now, columns };
      }),
    [changeView],
  );
  /** So that a session just started is in view. */
  const reset = useCallback(
    (to: SessionTab) => {
      setText('');
      setProject(null);
      changeView((now) => ({
        ...now,
        tab: to,
        tabs: { ...now.tabs, [to]: { ...now.tabs[to], type: 'all', filters: [] } },
      }));
    },
    [changeView, setProject, setText],
  );
  const download = (kind: 'csv' | 'json', siteName: string, columns: readonly ColumnId[]) => {
    const name = `sessions-${siteName.replace(/[^\p{L}\p{N}.-]+/gu, '-')}-${new Date().toISOString().slice(0, 10)}.${kind}`;
    if (kind === 'csv') saveText(name, 'text/csv;charset=utf-8', toCsv(shown, columns));
    else saveText(name, 'application/json', toJson(shown, columns));
  };
  const unread = list.data?.unread ?? 0;
  const narrowed = find.trim() !== '' || type !== 'all' || filters.length > 0 || sort !== null;
  const readOn = useCallback(() => {
    // What cannot be read on is said; nothing else depends on it.
    if (tab === 'finished' && projectId === null) berth.sessions.readOn({ accountId }).catch(() => undefined);
  }, [accountId, projectId, tab]);
  // Whoever looks for something looks through all there is, page by page.
  useEffect(() => {
    if (narrowed && unread > 0) readOn();
  }, [narrowed, unread, readOn]);
  return {
    projectId,
    setProject,
    unread,
    readOn,
    view,
    tab,
    own,
    list,
    all,
    shown,
    text,
    setText,
    find,
    change,
    setTab,
    setColumns,
    setUsage,
    sortBy,
    size,
    reset,
    download,
  };
}
