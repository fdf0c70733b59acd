/** Ties one xterm and one stream to the life of the window's component. */
import type { ISearchResultChangeEvent } from '@xterm/addon-search';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type HoveredLink, Screen, type ScreenOptions, type Shortcut } from './screen.ts';
import { TerminalConnection } from './terminal-connection.ts';
import { terminalIdFor } from './terminal-id.ts';

interface Options {
  readonly accountId: string;
  readonly sessionId: string;
  readonly screen: ScreenOptions;
  readonly freshShellWords: string;
  readonly onOpen: (url: string) => void;
  readonly onShortcut: (shortcut: Shortcut) => void;
}

export interface Attached {
  readonly screen: Screen;
  readonly connection: TerminalConnection;
}

export interface UsedScreen {
  readonly host: RefObject<HTMLDivElement | null>;
  readonly attached: Attached | null;
  readonly link: HoveredLink | null;
  readonly results: ISearchResultChangeEvent | null;
}

export function useScreen(options: Options): UsedScreen {
  const { accountId, sessionId } = options;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(options);
  latest.current = options;
  const [attached, setAttached] = useState<Attached | null>(null);
  const [link, setLink] = useState<HoveredLink | null>(null);
  const [results, setResults] = useState<ISearchResultChangeEvent | null>(null);

  useEffect(() => {
    if (!host.current) return;
    let connection: TerminalConnection | null = null;
    const screen = new Screen(host.current, latest.current.screen, {
      onText: (text) => connection?.type(text),
      onBinary: (data) => connection?.typeBinary(data),
      onResize: (size) => connection?.resize(size),
      onLink: setLink,
      onOpen: (url) => latest.current.onOpen(url),
      onSearchResults: setResults,
      onShortcut: (shortcut) => latest.current.onShortcut(shortcut),
    });
    connection = new TerminalConnection({
      accountId,
      sessionId,
      terminalId: terminalIdFor(sessionId),
      size: () => screen.size,
      onData: (chunk, done) => screen.write(chunk, done),
      onFreshShell: () => {
        screen.resetModes();
        screen.write(`\r\n\u001b[2m── ${latest.current.freshShellWords} ──\u001b[0m\r\n`);
      },
    });
    connection.start();
    setAttached({ screen, connection });
    screen.focus();
    return () => {
      setAttached(null);
      setLink(null);
      connection.dispose();
      screen.dispose();
    };
  }, [accountId, sessionId]);

  const { scheme, fontSize, scrollback, screenReader } = options.screen;
  useEffect(() => {
    attached?.screen.set({ scheme, fontSize, scrollback, screenReader });
  }, [attached, scheme, fontSize, scrollback, screenReader]);

  return { host, attached, link, results };
}
