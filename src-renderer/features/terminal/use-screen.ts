/** Ties one xterm and one stream to the life of a pane's component. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { CopyRequest } from './copy-policy.ts';
import { type HoveredLink, Screen, type ScreenOptions, type SearchResults } from './screen.ts';
import { TerminalConnection } from './terminal-connection.ts';

export interface ScreenEvents {
  readonly freshShellWords: string;
  readonly skippedWords: (bytes: number) => string;
  readonly onOpen: (url: string) => void;
  readonly onTitle: (title: string) => void;
  readonly onBell: () => void;
  readonly onProgramCopy: (request: CopyRequest) => void;
  readonly onCopy: (text: string) => void;
  readonly onPaste: (text: string) => void;
}

interface Options extends ScreenEvents {
  readonly accountId: string;
  readonly sessionId: string;
  readonly terminalId: string;
  readonly isVisible: boolean;
  readonly screen: ScreenOptions;
}

export interface Attached {
  readonly screen: Screen;
  readonly connection: TerminalConnection;
}

export interface UsedScreen {
  readonly host: RefObject<HTMLDivElement | null>;
  readonly attached: Attached | null;
  readonly link: HoveredLink | null;
  readonly results: SearchResults | null;
}

export function useScreen(options: Options): UsedScreen {
  const { accountId, sessionId, terminalId, isVisible } = options;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(options);
  latest.current = options;
  const [attached, setAttached] = useState<Attached | null>(null);
  const [link, setLink] = useState<HoveredLink | null>(null);
  const [results, setResults] = useState<SearchResults | null>(null);

  useEffect(() => {
    if (!host.current) return;
    let connection: TerminalConnection | null = null;
    const isLive = () => connection?.snapshot().phase.at === 'live';
    const screen = new Screen(host.current, latest.current.screen, {
      onText: (text) => connection?.type(text),
      onBinary: (data) => connection?.typeBinary(data),
      onResize: (size) => connection?.resize(size),
      onLink: setLink,
      onSearchResults: setResults,
      onOpen: (url) => latest.current.onOpen(url),
      onTitle: (title) => latest.current.onTitle(title),
      // What rang or copied in a past that is drawn again did so then.
      onBell: () => {
        if (isLive()) latest.current.onBell();
      },
      onProgramCopy: (request) => {
        if (isLive()) latest.current.onProgramCopy(request);
      },
      onCopy: (text) => latest.current.onCopy(text),
      onPaste: (text) => latest.current.onPaste(text),
      onLookBack: () => connection?.refill() ?? false,
    });
    connection = new TerminalConnection({
      accountId,
      sessionId,
      terminalId,
      size: () => screen.size,
      scrollback: () => latest.current.screen.scrollback,
      onData: (chunk, done) => screen.write(chunk, done),
      onSkipped: (bytes) => screen.writeGap(latest.current.skippedWords(bytes)),
      onResumed: () => screen.restorePlace(),
      onFreshShell: () => {
        screen.resetModes();
        screen.writeGap(latest.current.freshShellWords);
      },
    });
    connection.start();
    setAttached({ screen, connection });
    return () => {
      setAttached(null);
      setLink(null);
      connection.dispose();
      screen.dispose();
    };
  }, [accountId, sessionId, terminalId]);

  const { look, fontSize, scrollback, screenReader } = options.screen;
  useEffect(() => {
    // Cells of a hidden terminal cannot be measured; it is told once it is seen.
    if (isVisible) attached?.screen.set({ look, fontSize, scrollback, screenReader });
    attached?.screen.setVisible(isVisible);
  }, [attached, isVisible, look, fontSize, scrollback, screenReader]);

  return { host, attached, link, results };
}
