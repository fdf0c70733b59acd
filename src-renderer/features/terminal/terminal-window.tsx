/** A window of a session's terminals: tabs, each of one pane or several. */
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { berth, saveText } from '../../bridge.ts';
import { useConnection } from '../../state/use-connection.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Menu } from '../../ui/menu.tsx';
import { mayRing, sound } from './bell.ts';
import { writeClipboard } from './clipboard.ts';
import { Dividers } from './dividers.tsx';
import { keysOf, type Shortcut, shortcutOf } from './keys-policy.ts';
import {
  activeTab,
  addTab,
  allPanes,
  arrange,
  closePane,
  focusPane,
  focusSide,
  isFull,
  type Layout,
  maxPanes,
  moveTab,
  panesOf,
  renameTab,
  resizeSide,
  setRatio,
  showTab,
  splitPane,
  stepTab,
} from './layout-policy.ts';
import type { Notice } from './notice.ts';
import { NoticeBar } from './notice-bar.tsx';
import { Pane, type PaneActions, usePaneState } from './pane.tsx';
import { mustAsk } from './paste-policy.ts';
import { isMac } from './platform.ts';
import { isQuiet, StateBar } from './state-bar.tsx';
import { Strip } from './strip.tsx';
import { TabList } from './tab-list.tsx';
import { tabItems } from './tab-menu.ts';
import style from './terminal.module.css';
import { newTerminalId } from './terminal-id.ts';
import { useWords } from './terminal-words.ts';
import { useClosing } from './use-closing.ts';
import { useDeck } from './use-deck.ts';
import { useKeptNotice } from './use-kept-notice.ts';
import { useLook } from './use-look.ts';
import { useMoves } from './use-moves.ts';
import { useNames } from './use-names.ts';
import type { Attached } from './use-screen.ts';
import { useScreenReader } from './use-screen-reader.ts';
import { useSteady } from './use-steady.ts';
import { useTitle } from './use-title.ts';
import { type Asked, WindowDialogs } from './window-dialogs.tsx';

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  /** What it begins with where it was opened for a tab of another window. */
  readonly first: Layout | null;
  /** The terminals of `first` are on their way to this window. */
  readonly onShown: () => void;
}

export function TerminalWindow({ accountId, sessionId, first, onShown }: Props) {
  const t = useWords();
  const bridge = useConnection();
  const { name, site } = useNames(accountId, sessionId);
  const { look, values, zoom } = useLook();
  const [screenReader, setScreenReader] = useScreenReader();
  const deck = useDeck(sessionId, first);
  const { layout, setLayout, remove, facts } = deck;
  const markTitle = useTitle(t('title', { name, site }));
  const [attached, setAttached] = useState<Readonly<Record<string, Attached>>>({});
  const [searching, setSearching] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<number | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [flash, setFlash] = useState<{ readonly pane: string; readonly count: number }>({ pane: '', count: 0 });
  const [tabMenu, setTabMenu] = useState<{ readonly at: number; readonly anchor: HTMLElement } | null>(null);
  const [told, setTold] = useState('');

  const tab = activeTab(layout);
  const here = tab ? attached[tab.focus] : undefined;
  const { screen, connection } = here ?? {};
  const shown = usePaneState(here ?? null);
  const full = isFull(layout) ? t('full', { count: maxPanes }) : null;
  const forgetNotice = useCallback(() => setNotice(null), []);
  useKeptNotice({ accountId, sessionId, deck, isLive: shown.phase.at === 'live', onKept: setNotice });

  // After those of the panes, which have asked for their terminals by then.
  const shownOnce = useRef(onShown);
  useEffect(() => shownOnce.current(), []);

  const titles = layout.tabs.map(
    (it, at) => it.name ?? (facts[it.focus]?.title || t('tab.number', { number: at + 1 })),
  );
  const attachedOf = (pane: string) => attached[pane];
  const moves = useMoves({
    accountId,
    sessionId,
    layout,
    setLayout,
    titles,
    attachedOf,
    remove,
    onNotice: setNotice,
  });
  function moveTo(from: number, to: number): void {
    const title = titles[from];
    if (title === undefined || to < 0 || to >= titles.length) return;
    setLayout((now) => moveTab(now, from, to));
    setTold(t('move.done', { title, at: to + 1, count: titles.length }));
  }
  const closing = useClosing({
    accountId,
    sessionId,
    attachedOf,
    remove,
    onProblem: (error) => setNotice({ kind: 'error', error }),
  });
  const closeTabAt = (at: number) => {
    const root = layout.tabs[at]?.root;
    if (root) void closing.close(panesOf(root));
  };
  const split = (direction: 'row' | 'column') => {
    if (tab) setLayout((now) => splitPane(now, tab.focus, direction, newTerminalId()));
  };
  const copy = (text: string) =>
    void writeClipboard(text).then((done) => setNotice(done ? null : { kind: 'copy-refused' }));

  function act(shortcut: Shortcut): void {
    if (typeof shortcut === 'object') {
      if ('tab' in shortcut) setLayout((now) => showTab(now, shortcut.tab));
      else if ('focus' in shortcut) setLayout((now) => focusSide(now, shortcut.focus));
      else setLayout((now) => resizeSide(now, shortcut.resize));
      return;
    }
    switch (shortcut) {
      case 'search':
        setSearching(tab?.focus ?? null);
        return;
      case 'new-tab':
        setLayout((now) => addTab(now, newTerminalId()));
        return;
      case 'close':
        if (tab) void closing.close([tab.focus]);
        return;
      case 'split-right':
        split('row');
        return;
      case 'split-down':
        split('column');
        return;
      case 'next-tab':
        setLayout((now) => stepTab(now, 1));
        return;
      case 'previous-tab':
        setLayout((now) => stepTab(now, -1));
        return;
      case 'tab-left':
        moveTo(layout.active, layout.active - 1);
        return;
      case 'tab-right':
        moveTo(layout.active, layout.active + 1);
        return;
      case 'help':
        setAsked({ kind: 'keys' });
        return;
      default:
        zoom(shortcut);
    }
  }

  async function save(): Promise<void> {
    if (!tab || !screen) return;
    try {
      const { text, cut } =
        shown.over === 'tmux' && shown.phase.at === 'live'
          ? await berth.terminals.output({ accountId, sessionId, terminalId: tab.focus })
          : { text: screen.text(), cut: false };
      saveText(`${name}-terminal.txt`, 'text/plain', text);
      setNotice({ kind: 'saved', cut });
    } catch (error) {
      setNotice({ kind: 'error', error: toErrorValue(error) });
    }
  }

  const handlers: PaneActions = {
    attached: (pane, it) => setAttached(({ [pane]: _old, ...others }) => (it ? { ...others, [pane]: it } : others)),
    focused: (pane) => setLayout((now) => focusPane(now, pane)),
    left: (pane) => {
      if (allPanes(layout).length > 1) setLayout((now) => closePane(now, pane));
    },
    moved: moves.moved,
    endSearch: () => setSearching(null),
    // The main process opens http, https and mailto only.
    open: (url) =>
      void berth.app
        .openExternal({ url })
        .catch((error: unknown) => setNotice({ kind: 'error', error: toErrorValue(error) })),
    titled: deck.setTitle,
    rang: (pane) => {
      if (values.terminalBell === 'off' || !mayRing(performance.now())) return;
      deck.ring(pane);
      setFlash(({ count }) => ({ pane, count: count + 1 }));
      markTitle();
      if (values.terminalBell === 'sound') sound();
    },
    programCopied: (request) => {
      if (values.terminalCopies === 'off' || request.kind === 'ignored') return;
      if (request.kind === 'too-large') {
        setNotice({ kind: 'copy-too-large' });
        return;
      }
      const { text } = request;
      void writeClipboard(text).then((done) =>
        setNotice(done ? { kind: 'copied', count: text.length } : { kind: 'copy-waits', text }),
      );
    },
    copied: copy,
    pasted: (pane, text) => {
      const it = attached[pane];
      if (!it) return;
      const bracketed = it.screen.isBracketed;
      if (mustAsk(text, { bracketed, asks: values.terminalPasteAsks === 'on' })) setAsked({ kind: 'paste', text });
      else it.connection.paste(text, bracketed);
    },
  };
  const actions = useSteady(handlers);

  function onKeyDown(event: KeyboardEvent): void {
    if (asked || closing.question || event.nativeEvent.isComposing) return;
    const shortcut = shortcutOf(event.nativeEvent, isMac);
    if (!shortcut) return;
    event.preventDefault();
    act(shortcut);
  }
  /** After a button of the bar the next key belongs to the shell again. */
  const thenFocus = (it: (() => void) | undefined) => () => {
    it?.();
    screen?.focus();
  };
  const closeTabMenu = useCallback(() => setTabMenu(null), []);
  const menuOf = (at: number) =>
    tabItems({ t, layout, at, moves, onRename: () => setRenaming(at), onMove: (to) => moveTo(at, to) });
  const closeAsked = thenFocus(() => setAsked(null));

  const places = new Map(tab ? arrange(tab.root).panes.map((it) => [it.pane, it.box]) : []);
  const panes = allPanes(layout).toSorted();
  const isQuietNow = isQuiet(shown, bridge);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the window's keys work wherever the focus is
    <div className={style.window} onKeyDown={onKeyDown}>
      <Strip
        name={name}
        site={site}
        remark={remarkOf(t, shown.phase.at === 'live' ? shown.over : null)}
        full={full}
        tabs={
          <TabList
            tabs={layout.tabs.map((it, at) => ({
              id: panesOf(it.root)[0] ?? '',
              title: titles[at] ?? '',
              rang: at !== layout.active && panesOf(it.root).some((pane) => facts[pane]?.rang),
            }))}
            active={layout.active}
            renaming={renaming}
            onShow={(at) => setLayout((now) => showTab(now, at))}
            onClose={closeTabAt}
            onRename={setRenaming}
            onName={(at, text) => {
              setRenaming(null);
              if (text !== titles[at]) setLayout((now) => renameTab(now, at, text));
            }}
            onMove={moveTo}
            onMenu={(at, anchor) => setTabMenu({ at, anchor })}
          />
        }
        onNewTab={() => act('new-tab')}
        onSplit={split}
        onSearch={() => act('search')}
        more={[
          { id: 'larger', label: t('larger'), shortcut: keysOf('larger', isMac), onSelect: () => zoom('larger') },
          { id: 'smaller', label: t('smaller'), shortcut: keysOf('smaller', isMac), onSelect: () => zoom('smaller') },
          { id: 'save', label: t('save'), separated: true, onSelect: () => void save() },
          {
            id: 'clear',
            label: t('clear'),
            onSelect: thenFocus(() => {
              screen?.clearScrollback();
              connection?.clear();
            }),
          },
          ...menuOf(layout.active),
          { id: 'close', label: t('closePane'), shortcut: keysOf('close', isMac), onSelect: () => act('close') },
          { id: 'kept', label: t('kept.open'), separated: true, onSelect: () => setAsked({ kind: 'kept' }) },
          {
            id: 'reader',
            label: t(screenReader ? 'screenReaderOff' : 'screenReaderOn'),
            onSelect: thenFocus(() => setScreenReader(!screenReader)),
          },
          { id: 'keys', label: t('keys.title'), shortcut: keysOf('keys', isMac), onSelect: () => act('help') },
        ]}
      >
        {notice && isQuietNow ? (
          <NoticeBar
            notice={notice}
            onForget={forgetNotice}
            onCopy={(text) => thenFocus(() => copy(text))()}
            onShowKept={() => {
              setNotice(null);
              setAsked({ kind: 'kept' });
            }}
          />
        ) : (
          <StateBar
            shown={shown}
            bridge={bridge}
            onRetry={thenFocus(() => connection?.retry())}
            onRestart={thenFocus(() => connection?.start())}
            onDiscard={thenFocus(() => connection?.discardHeld())}
            onForgetDropped={thenFocus(() => connection?.forgetDropped())}
            onTypeAgain={thenFocus(() => connection?.typeAgain())}
            onForgetDoubt={thenFocus(() => connection?.forgetDoubt())}
            onCancelPaste={thenFocus(() => connection?.cancelPaste())}
          />
        )}
      </Strip>
      <main className={style.stage} aria-label={t('terminal')}>
        {panes.map((pane) => (
          <Pane
            key={pane}
            accountId={accountId}
            sessionId={sessionId}
            terminalId={pane}
            label={t('pane', { number: panesOf(tab?.root ?? { pane }).indexOf(pane) + 1 })}
            box={places.get(pane) ?? null}
            hasKeys={tab?.focus === pane && asked === null && renaming === null && closing.question === null}
            isActive={tab?.focus === pane}
            isOneOfMany={places.size > 1}
            isSearching={searching === pane}
            flash={flash.pane === pane ? flash.count : 0}
            screen={{ look, fontSize: values.terminalFontSize, scrollback: values.terminalScrollback, screenReader }}
            actions={actions}
          />
        ))}
        {tab && (
          <Dividers
            dividers={arrange(tab.root).dividers}
            onRatio={(path, ratio) => setLayout((now) => setRatio(now, path, ratio))}
            onDone={() => screen?.focus()}
          />
        )}
      </main>
      <span role="status" className="visually-hidden">
        {told}
      </span>
      {tabMenu && (
        <Menu
          anchor={tabMenu.anchor}
          label={t('tabMenu', { title: titles[tabMenu.at] ?? '' })}
          align="start"
          items={[
            ...menuOf(tabMenu.at),
            {
              id: 'close',
              label: t('closeTab', { title: titles[tabMenu.at] ?? '' }),
              onSelect: () => closeTabAt(tabMenu.at),
            },
          ]}
          onClose={closeTabMenu}
        />
      )}
      <WindowDialogs
        accountId={accountId}
        sessionId={sessionId}
        asked={asked}
        mine={allPanes(layout)}
        onTakeUp={(pane) => {
          setAsked(null);
          setLayout((now) => addTab(now, pane));
        }}
        onPaste={(text) => {
          connection?.paste(text, screen?.isBracketed ?? false);
          closeAsked();
        }}
        onDone={closeAsked}
        closing={closing}
      />
    </div>
  );
}

/** What a person should know of the shell they type into. */
function remarkOf(t: ReturnType<typeof useWords>, over: string | null) {
  if (over === 'shell') return { words: t('notKept'), why: t('notKept.why') };
  if (over === 'console') return { words: t('console'), why: t('console.why') };
  return null;
}
