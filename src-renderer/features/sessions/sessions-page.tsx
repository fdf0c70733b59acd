/** Sessions: tabs, find, the list, the detail panel, and the dialogs that act on a session. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { Session, SessionTab } from '../../../src-preload/contract/sessions.ts';
import { berth, openTerminalWindow } from '../../bridge.ts';
import { useRemembered } from '../../state/remembered.ts';
import { useSettings } from '../../state/use-settings.ts';
import { Banner } from '../../ui/banner.tsx';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { FindBox } from '../../ui/find-box.tsx';
import { clockTime } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { lazyPart } from '../../ui/lazy-part.tsx';
import { DetailPanel } from './detail-panel.tsx';
import { findSessions } from './list-policy.ts';
import { ListStates } from './list-states.tsx';
import type { Act } from './session-cells.tsx';
import type { Asked, RenderLog, RenderTerminate } from './session-dialogs.tsx';
import { SessionMenu } from './session-menu.tsx';
import { SessionTabs } from './session-tabs.tsx';
import style from './sessions.module.css';
import { SessionsTable } from './sessions-table.tsx';
import { statusWord } from './status.tsx';
import { usePageKeys } from './use-page-keys.ts';
import { tabs, useSession, useSessions } from './use-sessions.ts';
import { useWords } from './words.ts';

export const SessionDialogs = lazyPart(() => import('./session-dialogs.tsx').then((it) => it.SessionDialogs));

interface StartProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onStarted: (session: { readonly sessionId: string }) => void;
}

interface Props {
  readonly accountId: string;
  readonly siteName: string;
  readonly renderStart: (props: StartProps) => ReactNode;
  readonly renderTerminate: RenderTerminate;
  readonly renderLog: RenderLog;
  /** The end of a session's log, in the panel. */
  readonly renderLogTail: (session: Session) => ReactNode;
}

const isTab = (value: unknown) => tabs.some((it) => it === value);

export function SessionsPage({ accountId, siteName, renderStart, renderTerminate, renderLog, renderLogTail }: Props) {
  const t = useWords();
  const sentences = useErrorSentences();
  const { values } = useSettings();
  const kept = `sessions.${accountId}`;
  const [tab, setTab] = useRemembered<SessionTab>(`${kept}.tab`, 'running', isTab);
  const [text, setText] = useRemembered(`${kept}.find`, '');
  const [activeId, setActiveId] = useRemembered<string | null>(`${kept}.active`, null);
  const [details, setDetails] = useRemembered(`${kept}.details`, false);
  const [starting, setStarting] = useState<'never' | 'open' | 'closed'>('never');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [menu, setMenu] = useState<{ session: Session; anchor: HTMLElement } | null>(null);
  const findBox = useRef<HTMLInputElement>(null);

  const list = useSessions(accountId, tab);
  const wanted = useDeferredValue(text);
  const all = list.data?.sessions;
  const shown = useMemo(() => findSessions(all ?? [], wanted, (session) => statusWord(t, session)), [all, wanted, t]);
  const active = useSession(
    accountId,
    details ? activeId : null,
    all?.find((it) => it.id === activeId),
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
  const openStart = () => setStarting('open');
  usePageKeys({
    onFind: () => findBox.current?.focus(),
    onHelp: () => setAsked({ what: 'keys' }),
    onStart: openStart,
    onEscape: () => setDetails(false),
  });

  const error = list.data?.error;
  const asOf = list.data?.asOf;
  return (
    <div className={style.page}>
      {error && asOf && (
        <Banner
          kind="warning"
          action={{ label: t('tryNow'), onClick: () => reconnect.mutate(), busy: reconnect.isPending }}
        >
          {t('asOf', { site: siteName, time: clockTime(asOf), why: sentences(error).what })}
        </Banner>
      )}
      <header className={style.header}>
        <h1 className={style.title}>{t('title')}</h1>
        <FindBox ref={findBox} value={text} placeholder={t('find.placeholder')} onChange={setText} />
        <Button leftSection={<Icon name="plus" />} onClick={openStart}>
          {t('start')}
        </Button>
      </header>
      <SessionTabs tab={tab} counts={list.data?.counts} onTab={setTab}>
        {list.data && !list.data.complete && !error && <span role="status">{t('loadingMore')}</span>}
        <IconButton icon="info" label={t('keys')} shortcut="?" onClick={() => setAsked({ what: 'keys' })} />
      </SessionTabs>
      <div className={style.split}>
        <div className={style.list} role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {/* A new one when the first rows come: only then can it scroll back to where it was. */}
          <SessionsTable
            key={`${tab} ${shown.length > 0}`}
            sessions={shown}
            rowHeight={values.density === 'compact' ? 32 : 40}
            activeId={activeId}
            menuFor={menu?.session.id ?? null}
            scrollKey={`berth.${kept}.${tab}.scroll`}
            act={act}
            onActivate={(session, by) => {
              setActiveId(session.id);
              if (by === 'pointer') setDetails(true);
            }}
            onToggleDetails={() => setDetails((now) => !now)}
          />
          {shown.length === 0 && (
            <ListStates
              list={list}
              tab={tab}
              find={wanted.trim()}
              siteName={siteName}
              onStart={openStart}
              onClearFind={() => setText('')}
            />
          )}
        </div>
        {details && activeId !== null && (
          <DetailPanel
            session={active.session}
            isPending={active.isPending}
            act={act}
            menuOpen={menu?.session.id === activeId}
            onRename={(session) => setAsked({ what: 'rename', session })}
            onLog={(session, kernelId) => setAsked({ what: 'log', session, kernelId })}
            renderLogTail={renderLogTail}
            onClose={() => setDetails(false)}
          />
        )}
      </div>
      {menu && <SessionMenu {...menu} onAsk={setAsked} onClose={closeMenu} />}
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
            setTab('running');
            setText('');
            setActiveId(sessionId);
          },
        })}
    </div>
  );
}
