/** A window of a session's terminals: tabs, each of one pane or several. */
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { berth, saveText } from '../../bridge.ts';
import { useConnection } from '../../state/use-connection.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { mayRing, sound } from './bell.ts';
import { writeClipboard } from './clipboard.ts';
import { CloseDialog } from './close-dialog.tsx';
import { Dividers } from './dividers.tsx';
import { KeptDialog } from './kept-dialog.tsx';
import { KeysDialog } from './keys-dialog.tsx';
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
import { PasteDialog } from './paste-dialog.tsx';
import { mustAsk } from './paste-policy.ts';
import { isMac } from './platform.ts';
import { isQuiet, StateBar } from './state-bar.tsx';
import { Strip } from './strip.tsx';
import { TabList } from './tab-list.tsx';
import style from './terminal.module.css';
import { newTerminalId } from './terminal-id.ts';
import { useWords } from './terminal-words.ts';
import { useClosing } from './use-closing.ts';
import { useDeck } from './use-deck.ts';
import { useKeptNotice } from './use-kept-notice.ts';
import { useLook } from './use-look.ts';
import { useNames } from './use-names.ts';
import type { Attached } from './use-screen.ts';
import { useScreenReader } from './use-screen-reader.ts';

/** A window that may close itself is gone by then. */
const closedWithinMs = 500;

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
}

type Asked = { readonly kind: 'keys' } | { readonly kind: 'kept' } | { readonly kind: 'paste'; readonly text: string };

export function TerminalWindow({ accountId, sessionId }: Props) {
  const t = useWords();
  const bridge = useConnection();
  const { name, site } = useNames(accountId, sessionId);
  const { look, values, zoom } = useLook();
  const [screenReader, setScreenReader] = useScreenReader();
  const deck = useDeck(sessionId);
  const { layout, setLayout, facts } = deck;
  const [attached, setAttached] = useState<Readonly<Record<string, Attached>>>({});
  const [searching, setSearching] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<number | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [flash, setFlash] = useState<{ readonly pane: string; readonly count: number }>({ pane: '', count: 0 });
  const [unseenBell, setUnseenBell] = useState(false);

  const tab = activeTab(layout);
  const here = tab ? attached[tab.focus] : undefined;
  const { screen, connection } = here ?? {};
  const shown = usePaneState(here ?? null);
  const full = isFull(layout) ? t('full', { count: maxPanes }) : null;
  const forgetNotice = useCallback(() => setNotice(null), []);
  useKeptNotice({ accountId, sessionId, deck, isLive: shown.phase.at === 'live', onKept: setNotice });

  function remove(panes: readonly string[]): void {
    const next = panes.reduce<Layout>(closePane, layout);
    if (next.tabs.length > 0) {
      setLayout((now) => panes.reduce<Layout>(closePane, now));
      return;
    }
    window.close();
    // The browser closes only windows that a page opened; another one goes on with a new shell.
    setTimeout(() => setLayout(addTab({ tabs: [], active: 0 }, newTerminalId())), closedWithinMs);
  }
  const closing = useClosing({
    accountId,
    sessionId,
    attachedOf: (pane) => attached[pane],
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
      if (!document.hasFocus()) setUnseenBell(true);
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

  useEffect(() => {
    document.title = `${unseenBell ? '● ' : ''}${t('title', { name, site })}`;
  }, [t, name, site, unseenBell]);
  useEffect(() => {
    const seen = () => setUnseenBell(false);
    addEventListener('focus', seen);
    return () => removeEventListener('focus', seen);
  }, []);

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
  const closeAsked = thenFocus(() => setAsked(null));

  const titles = layout.tabs.map(
    (it, at) => it.name ?? (facts[it.focus]?.title || t('tab.number', { number: at + 1 })),
  );
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
          { id: 'rename', label: t('renameTab'), shortcut: 'F2', onSelect: () => setRenaming(layout.active) },
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
      {asked?.kind === 'keys' && <KeysDialog onClose={closeAsked} />}
      {asked?.kind === 'kept' && (
        <KeptDialog
          accountId={accountId}
          sessionId={sessionId}
          mine={allPanes(layout)}
          onTakeUp={(pane) => {
            setAsked(null);
            setLayout((now) => addTab(now, pane));
          }}
          onClose={closeAsked}
        />
      )}
      {asked?.kind === 'paste' && (
        <PasteDialog
          text={asked.text}
          onPaste={() => {
            connection?.paste(asked.text, screen?.isBracketed ?? false);
            closeAsked();
          }}
          onCancel={closeAsked}
        />
      )}
      {closing.question && (
        <CloseDialog
          question={closing.question}
          onClose={closing.confirm}
          onLeave={closing.leave}
          onCancel={closing.cancel}
        />
      )}
    </div>
  );
}

/** What a person should know of the shell they type into. */
function remarkOf(t: ReturnType<typeof useWords>, over: string | null) {
  if (over === 'shell') return { words: t('notKept'), why: t('notKept.why') };
  if (over === 'console') return { words: t('console'), why: t('console.why') };
  return null;
}

/** The same object over all renders, which calls what the latest render handed in. */
function useSteady(handlers: PaneActions): PaneActions {
  const latest = useRef(handlers);
  latest.current = handlers;
  return useMemo(
    () => ({
      attached: (...args) => latest.current.attached(...args),
      focused: (...args) => latest.current.focused(...args),
      left: (...args) => latest.current.left(...args),
      endSearch: () => latest.current.endSearch(),
      open: (...args) => latest.current.open(...args),
      titled: (...args) => latest.current.titled(...args),
      rang: (...args) => latest.current.rang(...args),
      programCopied: (...args) => latest.current.programCopied(...args),
      copied: (...args) => latest.current.copied(...args),
      pasted: (...args) => latest.current.pasted(...args),
    }),
    [],
  );
}
