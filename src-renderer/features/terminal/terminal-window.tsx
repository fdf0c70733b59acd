/** A window that is one terminal of a session. */
import { useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useState, useSyncExternalStore } from 'react';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { useConnection } from '../../state/use-connection.ts';
import { useSetSetting, useSettings } from '../../state/use-settings.ts';
import { accountOf, useSites } from '../../state/use-sites.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { HollowCursor } from './hollow-cursor.tsx';
import { type HoveredLink, isMac, type Shortcut } from './screen.ts';
import { SearchStrip } from './search-strip.tsx';
import { Failure, StateBar } from './state-bar.tsx';
import { Strip } from './strip.tsx';
import style from './terminal.module.css';
import type { Snapshot } from './terminal-connection.ts';
import { acceptsInput, initialTerminalState } from './terminal-state-policy.ts';
import { useWords } from './terminal-words.ts';
import { useScreen } from './use-screen.ts';
import { useScreenReader } from './use-screen-reader.ts';

const smallestFont = 8;
const largestFont = 32;
const usualFont = 13;

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
}

export function TerminalWindow({ accountId, sessionId }: Props) {
  const t = useWords();
  const bridge = useConnection();
  const scheme = useComputedColorScheme('light');
  const { name, site } = useNames(accountId, sessionId);
  const { fontSize, scrollback, setFontSize } = useFont();
  const [screenReader, setScreenReader] = useScreenReader();
  const [searching, setSearching] = useState(false);
  const [problem, setProblem] = useState<ErrorValue | null>(null);

  function onShortcut(shortcut: Shortcut): void {
    if (shortcut === 'search') setSearching(true);
    else setFontSize(shortcut === 'usual-size' ? usualFont : fontSize + (shortcut === 'larger' ? 1 : -1));
  }

  const { host, attached, link, results } = useScreen({
    accountId,
    sessionId,
    screen: { scheme, fontSize, scrollback, screenReader },
    freshShellWords: t('freshShell'),
    onShortcut,
    // The main process opens http, https and mailto only.
    onOpen: (url) => void berth.app.openExternal({ url }).catch((error: unknown) => setProblem(toErrorValue(error))),
  });
  const { screen, connection } = attached ?? {};
  const shown = useSyncExternalStore(connection?.subscribe ?? never, connection?.snapshot ?? nothing);
  const live = acceptsInput(shown.phase);

  useEffect(() => {
    document.title = t('title', { name, site });
  }, [t, name, site]);

  function closeSearch(): void {
    setSearching(false);
    screen?.endSearch();
    screen?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const command = isMac ? event.metaKey : event.ctrlKey && event.shiftKey;
    if (!command || event.code !== 'KeyF') return;
    event.preventDefault();
    setSearching(true);
  }

  /** After a button of the bar the next key belongs to the shell again. */
  const thenFocus = (act: (() => void) | undefined) => () => {
    act?.();
    screen?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the search key works wherever the focus is
    <div className={style.window} onKeyDown={onKeyDown}>
      <Strip
        name={name}
        site={site}
        notKept={shown.kept === false && shown.phase.at === 'live'}
        screenReader={screenReader}
        onSearch={() => setSearching(true)}
        onSmaller={() => setFontSize(fontSize - 1)}
        onLarger={() => setFontSize(fontSize + 1)}
        onScreenReader={() => setScreenReader(!screenReader)}
        onClear={thenFocus(() => screen?.clearScrollback())}
      >
        <StateBar
          shown={shown}
          bridge={bridge}
          onRetry={thenFocus(() => connection?.retry())}
          onRestart={thenFocus(() => connection?.start())}
          onDiscard={thenFocus(() => connection?.discardHeld())}
          onForgetDropped={thenFocus(() => connection?.forgetDropped())}
          problem={problem}
          onForgetProblem={thenFocus(() => setProblem(null))}
        />
      </Strip>
      <main className={style.stage} aria-label={t('terminal')} data-live={live}>
        <div className={style.screen} ref={host} />
        {!live && shown.kept !== null && screen && <HollowCursor screen={screen} />}
        <Failure
          phase={shown.phase}
          onRetry={thenFocus(() => (shown.phase.at === 'failed' ? connection?.retry() : connection?.start()))}
        />
        {searching && screen && <SearchStrip screen={screen} results={results} onClose={closeSearch} />}
        {link && <LinkTip link={link} />}
      </main>
    </div>
  );
}

function LinkTip({ link }: { readonly link: HoveredLink }) {
  const t = useWords();
  return (
    <div className={style.linkTip}>
      <span className="ellipsis mono">{link.url}</span>
      <span className="soft">{t(link.hidden ? (isMac ? 'link.cmd' : 'link.ctrl') : 'link.click')}</span>
    </div>
  );
}

const never = () => () => {};
const idle: Snapshot = { ...initialTerminalState(Date.now()), held: 0, heldFull: false, dropped: 0 };
const nothing = (): Snapshot => idle;

function useNames(accountId: string, sessionId: string): { readonly name: string; readonly site: string } {
  const t = useWords();
  const sites = useSites();
  const key = ['sessions.get', accountId, sessionId];
  const session = useQuery({ queryKey: key, queryFn: () => berth.sessions.get({ accountId, sessionId }) });
  useEffect(
    () =>
      berth.sessions.onChanged((change) => {
        const mine = change.changed.find((it) => it.id === sessionId);
        if (mine && change.accountId === accountId) {
          queryClient.setQueryData(['sessions.get', accountId, sessionId], mine);
        }
      }),
    [accountId, sessionId],
  );
  return {
    name: session.data?.name ?? t('session'),
    site: accountOf(sites.data, accountId)?.site.name ?? 'Berth',
  };
}

function useFont() {
  const { values } = useSettings();
  const setSetting = useSetSetting();
  return {
    fontSize: values.terminalFontSize,
    scrollback: values.terminalScrollback,
    setFontSize: (size: number) => {
      const value = Math.min(largestFont, Math.max(smallestFont, size));
      if (value !== values.terminalFontSize) setSetting.mutate({ key: 'terminalFontSize', value });
    },
  };
}
