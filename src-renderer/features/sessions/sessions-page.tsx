/** Sessions: tabs, find, filters, the list, the detail panel, and the dialogs that act on a session. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ErrorCode } from '../../../src-preload/contract/errors.ts';
import type { Recipe } from '../../../src-preload/contract/launches.ts';
import { readSessionLink, type SessionLink } from '../../../src-preload/contract/session-link.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth, openTerminalWindow, type SessionTarget } from '../../bridge.ts';
import { useRemembered } from '../../state/remembered.ts';
import { useSessionRules } from '../../state/use-session-rules.ts';
import { useSettings } from '../../state/use-settings.ts';
import { accountOf, useSites } from '../../state/use-sites.ts';
import { Banner } from '../../ui/banner.tsx';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { FindBox } from '../../ui/find-box.tsx';
import { clockTime } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { lazyPart } from '../../ui/lazy-part.tsx';
import { refused } from '../../ui/refused.ts';
import { useNow } from '../../ui/use-now.ts';
import { allowedColumns, layOutList } from './columns-policy.ts';
import { DetailPanel } from './detail-panel.tsx';
import { idleOf } from './idle-policy.ts';
import { FilterChips, ListBar, SelectionBar, UnreadLine } from './list-bar.tsx';
import { ListStates } from './list-states.tsx';
import { OverviewToggle } from './overview/overview-toggle.tsx';
import { type Act, ListFrame } from './session-cells.tsx';
import type { Asked, RenderLog, RenderTerminate } from './session-dialogs.tsx';
import { SessionMenu } from './session-menu.tsx';
import { SessionTabs } from './session-tabs.tsx';
import style from './sessions.module.css';
import { SessionsTable, useWidth } from './sessions-table.tsx';
import { UsageStrip, usualUsage } from './usage-strip.tsx';
import { useListing } from './use-listing.ts';
import { useOpenSession } from './use-open-session.ts';
import { usePageKeys } from './use-page-keys.ts';
import { useSelection } from './use-selection.ts';
import { useSession } from './use-sessions.ts';
import { ListAccount } from './use-sparks.ts';
import { useWords } from './words.ts';

export const SessionDialogs = lazyPart(() => import('./session-dialogs.tsx').then((it) => it.SessionDialogs));
const Overview = lazyPart(() => import('./overview/overview.tsx').then((it) => it.Overview));
const ColumnsDialog = lazyPart(() => import('./list-dialogs.tsx').then((it) => it.ColumnsDialog));
const FilterDialog = lazyPart(() => import('./list-dialogs.tsx').then((it) => it.FilterDialog));

interface StartProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onStarted: (session: { readonly sessionId: string }) => void;
}

interface Props {
  readonly accountId: string;
  readonly siteName: string;
  /** A launch from elsewhere: a new one opens the launcher. */
  readonly recipe: Recipe | null;
  readonly onLaunchAgain: (target: SessionTarget) => void;
  /** A link to a session, put into the find box. */
  readonly onLink: (link: SessionLink) => void;
  readonly renderStart: (props: StartProps) => ReactNode;
  readonly renderTerminate: RenderTerminate;
  readonly renderLog: RenderLog;
  /** The end of a session's log, in the panel. */
  readonly renderLogTail: (session: Session) => ReactNode;
}

/** The account's own bar says these, with what to do; one bar is enough. */
const toldByAccount: ReadonlySet<ErrorCode> = new Set([
  'unauthorised',
  'signed-out',
  'secrets-locked',
  'certificate-changed',
  'tls',
  'proxy',
]);

export function SessionsPage({
  accountId,
  siteName,
  recipe,
  onLaunchAgain,
  onLink,
  renderStart,
  renderTerminate,
  renderLog,
  renderLogTail,
}: Props) {
  const t = useWords();
  const sentences = useErrorSentences();
  const { values } = useSettings();
  const kept = `sessions.${accountId}`;
  const { openId, activeId, ...panel } = useOpenSession(accountId);
  const [looksOver, setLooksOver] = useRemembered(`${kept}.overview`, false);
  const [starting, setStarting] = useState<'never' | 'open' | 'closed'>('never');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [shaping, setShaping] = useState<'columns' | 'filter' | null>(null);
  const [menu, setMenu] = useState<{ session: Session; anchor: HTMLElement } | null>(null);
  const findBox = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (recipe !== null) setStarting('open');
  }, [recipe]);
  const [measured, width] = useWidth();

  const account = accountOf(useSites().data, accountId)?.account;
  const projects = account?.projects ?? [];
  const projectNames = useMemo(() => (account?.projects ?? []).map(({ name }) => name), [account?.projects]);
  const listing = useListing(accountId);
  const { list, all, shown, view, tab, own, text, find } = listing;
  const ticks = tab !== 'finished';
  const now = useNow('slow');
  const idle = useMemo(() => idleOf(all, now), [all, now]);
  // Asked only where something depends on it: most lists name no machine.
  const namesMachines = view.columns.some(({ id }) => id === 'agents');
  const { agents = false } = useSessionRules(accountId, namesMachines || shaping !== null) ?? {};
  const layout = useMemo(
    () => layOutList(allowedColumns(view.columns, agents), view.nameWidth, width, ticks, idle),
    [view.columns, agents, view.nameWidth, width, ticks, idle],
  );
  const project = projects.find(({ id }) => id === listing.projectId) ?? projects[0] ?? null;
  const picked = useSelection(shown, all, ticks);
  const active = useSession(
    accountId,
    openId,
    all.find((it) => it.id === openId),
  );
  const reconnect = useMutation({ mutationFn: () => berth.sites.reconnect({ accountId }) });

  const act = useCallback<Act>(
    (action, session, anchor) => {
      if (action === 'terminal') openTerminalWindow({ accountId, sessionId: session.id });
      else if (action === 'terminate') setAsked({ what: 'terminate', sessions: [session] });
      else if (action !== 'more') setAsked({ what: action, session });
      else if (anchor) setMenu((now) => (now?.session.id === session.id ? null : { session, anchor }));
    },
    [accountId],
  );
  const closeMenu = useCallback(() => setMenu(null), []);

  const error = list.data?.error;
  const asOf = list.data?.asOf;
  const blocked = error ? `${sentences(error).what} ${t('blocked')}` : null;
  const openStart = () => {
    if (blocked === null) setStarting('open');
  };
  const terminateTicked = () => setAsked({ what: 'terminate', sessions: picked.sessions });
  usePageKeys({
    onFind: () => findBox.current?.focus(),
    onHelp: () => setAsked({ what: 'keys' }),
    onStart: openStart,
    onEscape: () => (picked.sessions.length > 0 ? picked.clear() : panel.close()),
  });

  return (
    <ListAccount value={accountId}>
      <ListFrame blocked={blocked} ownKey={account?.accessKey ?? null} projects={projectNames}>
        <div className={style.page}>
          {error && asOf && !toldByAccount.has(error.code) && (
            <Banner
              kind="warning"
              action={{ label: t('tryNow'), onClick: () => reconnect.mutate(), busy: reconnect.isPending }}
            >
              {t('asOf', { site: siteName, time: clockTime(asOf), why: sentences(error).what })}
            </Banner>
          )}
          <header className={style.header}>
            <h1 className={style.title}>{t('title')}</h1>
            <FindBox
              ref={findBox}
              value={text}
              placeholder={t('find.placeholder')}
              onChange={(typed) => {
                const link = readSessionLink(typed);
                listing.setText(link === null ? typed : '');
                if (link !== null) onLink(link);
              }}
            />
            <Button leftSection={<Icon name="plus" />} onClick={openStart} {...refused(blocked)}>
              {t('start')}
            </Button>
          </header>
          <SessionTabs tab={tab} counts={list.data?.counts} onTab={listing.setTab}>
            {list.data && !list.data.complete && !error && <span role="status">{t('loadingMore')}</span>}
            <ListBar
              sessions={all}
              type={own.type}
              projects={projects}
              projectId={listing.projectId}
              onProject={listing.setProject}
              onType={(type) => listing.change({ type })}
              onFilter={() => setShaping('filter')}
              onColumns={() => setShaping('columns')}
              onExport={(kind) => listing.download(kind, siteName, layout.shown)}
              onKeys={() => setAsked({ what: 'keys' })}
            />
          </SessionTabs>
          <UsageStrip
            accountId={accountId}
            project={projects.find(({ id }) => id === listing.projectId)?.name ?? null}
            running={list.data?.counts.running}
            view={view.usage ?? usualUsage}
            onView={listing.setUsage}
            more={<OverviewToggle isOpen={looksOver} onToggle={() => setLooksOver((now) => !now)} />}
          />
          {looksOver && <Overview accountId={accountId} project={project} projects={projects} onShow={panel.show} />}
          <FilterChips
            filters={own.filters}
            shown={shown.length}
            of={all.length}
            onRemove={(filter) => listing.change({ filters: own.filters.filter((it) => it !== filter) })}
            onClear={() => listing.change({ filters: [] })}
          />
          <UnreadLine tab={tab} read={all.length} unread={listing.unread} />
          <SelectionBar
            count={picked.sessions.length}
            reason={blocked}
            onTerminate={terminateTicked}
            onClear={picked.clear}
          />
          <div className={style.split}>
            <div className={style.list} ref={measured} role="tabpanel" aria-labelledby={`tab-${tab}`}>
              {/* A new one when the first rows come: only then can it scroll back to where it was. */}
              <SessionsTable
                key={`${tab} ${shown.length > 0}`}
                sessions={shown}
                layout={layout}
                sort={own.sort}
                selection={picked.selection}
                rowHeight={values.density === 'compact' ? 32 : 40}
                activeId={activeId}
                menuFor={menu?.session.id ?? null}
                scrollKey={`berth.${kept}.${tab}.scroll`}
                act={act}
                onActivate={(session, by) => {
                  if (by === 'pointer') panel.show(session.id);
                  else panel.stand(session.id);
                }}
                onTick={picked.tick}
                onTickAll={picked.tickAll}
                onSort={listing.sortBy}
                onSize={listing.size}
                onToggleDetails={panel.toggle}
                onEnd={listing.readOn}
              />
              {shown.length === 0 && (
                <ListStates
                  list={list}
                  tab={tab}
                  find={find.trim()}
                  narrowed={own.type !== 'all' || own.filters.length > 0}
                  siteName={siteName}
                  onStart={openStart}
                  onClearFind={() => {
                    listing.setText('');
                    listing.change({ type: 'all', filters: [] });
                  }}
                />
              )}
            </div>
            {openId !== null && (
              <DetailPanel
                accountId={accountId}
                sessionId={openId}
                found={active}
                act={act}
                menuOpen={menu?.session.id === openId}
                onShow={panel.show}
                onLog={(session, kernelId) => setAsked({ what: 'log', session, kernelId })}
                renderLogTail={renderLogTail}
                onLaunchAgain={onLaunchAgain}
                onClose={panel.close}
              />
            )}
          </div>
          {menu && (
            <SessionMenu
              accountId={accountId}
              {...menu}
              onAsk={setAsked}
              onLaunchAgain={({ id }) => onLaunchAgain({ accountId, sessionId: id })}
              onClose={closeMenu}
            />
          )}
          {shaping === 'columns' && (
            <ColumnsDialog
              columns={view.columns}
              agents={agents}
              onColumns={listing.setColumns}
              onClose={() => setShaping(null)}
            />
          )}
          {shaping === 'filter' && (
            <FilterDialog
              sessions={all}
              agents={agents}
              onAdd={(filter) => listing.change({ filters: [...own.filters, filter] })}
              onClose={() => setShaping(null)}
            />
          )}
          {asked && (
            <SessionDialogs
              accountId={accountId}
              renderTerminate={renderTerminate}
              renderLog={renderLog}
              asked={asked}
              onAsk={setAsked}
              onClose={() => setAsked(null)}
            />
          )}
          {starting !== 'never' &&
            renderStart({
              opened: starting === 'open',
              onClose: () => setStarting('closed'),
              onStarted: ({ sessionId }) => {
                setStarting('closed');
                listing.reset('running');
                panel.stand(sessionId);
              },
            })}
        </div>
      </ListFrame>
    </ListAccount>
  );
}
