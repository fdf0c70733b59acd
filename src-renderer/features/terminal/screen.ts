/** The xterm of a pane with its addons and keys. Knows nothing of sessions or the bridge. */
import { FitAddon } from '@xterm/addon-fit';
import { type ISearchResultChangeEvent, SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { monospace } from '../../theme.ts';
import { type CopyRequest, readCopy } from './copy-policy.ts';
import { shortcutOf } from './keys-policy.ts';
import { linkTarget } from './link-policy.ts';
import { countMatches, type SearchOptions, searchExpression } from './match-policy.ts';
import { isMac } from './platform.ts';
import { ScreenFeed } from './screen-feed.ts';
import { logicalLines, selectionPlace, wholeText } from './screen-text.ts';
import type { Size } from './terminal-connection.ts';
import { leastContrast, searchColours, type TerminalLook, terminalTheme } from './terminal-theme.ts';
import { cleanTitle } from './title-policy.ts';
import { UnseenLines } from './unseen-lines.ts';
import { Webgl } from './webgl.ts';
import { countByClusters } from './widths.ts';

export interface ScreenOptions {
  readonly look: TerminalLook;
  readonly fontSize: number;
  readonly scrollback: number;
  readonly screenReader: boolean;
}

/** Under the pointer: where it leads, as it would be opened; null: an address that is not opened from here. */
export interface HoveredLink {
  readonly url: string | null;
}

export interface SearchResults {
  readonly count: number;
  /** The shown one, from 1; 0: none is. */
  readonly at: number;
  /** The text is no expression. */
  readonly isBroken: boolean;
}

export interface ScreenListeners {
  onText(text: string): void;
  onBinary(data: string): void;
  onResize(size: Size): void;
  onLink(link: HoveredLink | null): void;
  onOpen(url: string): void;
  onSearchResults(results: SearchResults): void;
  onTitle(title: string): void;
  onBell(): void;
  /** A program wants this on the clipboard. */
  onProgramCopy(request: CopyRequest): void;
  /** The person copies. */
  onCopy(text: string): void;
  onPaste(text: string): void;
  /** The person looks at what scrolled away, and some of it may never have come. @returns whether it is sent anew */
  onLookBack(): boolean;
}

/** The addon marks so many; beyond that the count is Berth's own. */
const markLimit = 1000;
const osc52 = 52;
/** Who scrolls asks no more often. */
const lookBackMs = 2_000;

const encoder = new TextEncoder();
const nothing = new Uint8Array();

/** Undoes what a lost full-screen program may have left: alternate screen, mouse reports, paste and cursor modes. */
const resetModes =
  '\u001b[!p\u001b[?1049l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[?1l\u001b>\u001b[?25h';

export class Screen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon({ highlightLimit: markLimit });
  readonly #webgl: Webgl;
  readonly #feed: ScreenFeed;
  readonly #listeners: ScreenListeners;
  readonly #observer: ResizeObserver;
  /** The surfaces change after React has told the scheme: the root's attribute is written by an effect further out. */
  readonly #surfaces = new MutationObserver(() => this.#paint());
  readonly #element: HTMLElement;
  #look: TerminalLook;
  #searching: { readonly text: string; readonly options: SearchOptions } | null = null;
  #frame = 0;
  readonly #unseen = new UnseenLines(() => performance.now());
  /** Lines above the bottom at which the person read when the past was sent anew. */
  #place = 0;
  /** What is searched for is looked for once more when the past has come. */
  #awaitsPast = false;
  #disposed = false;

  constructor(element: HTMLElement, options: ScreenOptions, listeners: ScreenListeners) {
    this.#element = element;
    this.#look = options.look;
    this.#listeners = listeners;
    const terminal = new Terminal({
      // Search marks and grapheme clusters are what xterm still counts as proposed.
      allowProposedApi: true,
      cursorBlink: false,
      cursorInactiveStyle: 'outline',
      fontFamily: monospace,
      fontSize: options.fontSize,
      scrollback: options.scrollback,
      screenReaderMode: options.screenReader,
      minimumContrastRatio: leastContrast(options.look),
      macOptionIsMeta: true,
      theme: terminalTheme(options.look),
      linkHandler: {
        // All kinds come here, so that one that is not opened says so.
        allowNonHttpProtocols: true,
        activate: (event, url) => this.#open(event, url),
        hover: (_event, url) => listeners.onLink({ url: linkTarget(url) }),
        leave: () => listeners.onLink(null),
      },
    });
    this.#terminal = terminal;
    this.#webgl = new Webgl(terminal);
    this.#feed = new ScreenFeed({
      write: (bytes, started, done) => {
        terminal.write(nothing, started);
        terminal.write(bytes, done);
      },
      now: () => performance.now(),
      after: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    });
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    countByClusters(terminal);
    terminal.loadAddon(
      new WebLinksAddon((event, url) => this.#open(event, url), {
        hover: (_event, url) => listeners.onLink({ url: linkTarget(url) }),
        leave: () => listeners.onLink(null),
      }),
    );
    terminal.onData((text) => listeners.onText(text));
    terminal.onBinary((data) => listeners.onBinary(data));
    terminal.onResize((size) => listeners.onResize(bounded(size)));
    terminal.onTitleChange((title) => listeners.onTitle(cleanTitle(title)));
    terminal.onBell(() => listeners.onBell());
    terminal.parser.registerOscHandler(osc52, (data) => {
      listeners.onProgramCopy(readCopy(data));
      return true;
    });
    // A reset stands before a past that is sent anew.
    terminal.parser.registerEscHandler({ final: 'c' }, () => {
      const { baseY, viewportY } = terminal.buffer.active;
      this.#place = baseY - viewportY;
      return false;
    });
    this.#search.onDidChangeResults((results) => listeners.onSearchResults(this.#counted(results)));
    terminal.attachCustomKeyEventHandler((event) => this.#onKey(event));
    terminal.open(element);
    element.addEventListener('paste', this.#onPaste, true);
    element.addEventListener('wheel', this.#onWheel, { capture: true, passive: true });
    this.#fit.fit();
    this.#observer = new ResizeObserver(() => this.#refit());
    this.#observer.observe(element);
    this.#surfaces.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    void this.#webgl.use();
    // Cells are measured with the font that is there; one that arrives later needs a second look.
    void document.fonts.ready.then(() => this.#refit());
  }

  get size(): Size {
    return bounded(this.#terminal);
  }

  /** The program takes pastes as one piece. */
  get isBracketed(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  write(data: Uint8Array | string, done?: () => void): void {
    const bytes = typeof data === 'string' ? encoder.encode(data) : data;
    this.#unseen.wrote(bytes.byteLength);
    this.#feed.push(bytes, done);
  }

  /** A line of Berth's own where output is missing. What came before may have ended within a sequence: CAN ends that. */
  writeGap(words: string): void {
    this.write(`\u0018\r\n\u001b[0;2m── ${words} ──\u001b[0m\r\n`);
  }

  /** Back to where the person read before the past was sent anew, or to what is searched for. */
  restorePlace(): void {
    this.#unseen.madeWhole();
    this.#feed.afterAll(() => {
      if (this.#place > 0) this.#terminal.scrollToLine(Math.max(0, this.#terminal.buffer.active.baseY - this.#place));
      this.#place = 0;
      const { text, options } = (this.#awaitsPast && this.#searching) || { text: '', options: null };
      this.#awaitsPast = false;
      if (options) this.find(text, options, 'previous', true);
    });
  }

  resetModes(): void {
    this.#feed.push(encoder.encode(resetModes));
  }

  focus(): void {
    this.#terminal.focus();
  }

  set(options: ScreenOptions): void {
    const { options: now } = this.#terminal;
    this.#look = options.look;
    this.#paint();
    now.minimumContrastRatio = leastContrast(options.look);
    now.fontSize = options.fontSize;
    now.scrollback = options.scrollback;
    now.screenReaderMode = options.screenReader;
    this.#refit();
  }

  setVisible(visible: boolean): void {
    if (visible) {
      void this.#webgl.use();
      this.#refit();
    } else this.#webgl.release();
  }

  /** @param incremental while a text is typed: the newest match, unless the one that is shown still matches */
  find(text: string, options: SearchOptions, direction: 'next' | 'previous', incremental = false): void {
    if (!this.#searching) this.#awaitsPast = this.#lookBack(0);
    // The addon marks anew for another text only; other options pass it by.
    else if (this.#searching.options !== options) this.#search.clearDecorations();
    this.#searching = { text, options };
    this.#paint();
    if (text !== '' && searchExpression(text, options) === null) {
      this.#search.clearDecorations();
      this.#listeners.onSearchResults({ count: 0, at: 0, isBroken: true });
      return;
    }
    const wanted = { ...options, decorations: searchColours(this.#look) };
    if (text === '') this.#search.clearDecorations();
    else if (direction === 'next') this.#search.findNext(text, wanted);
    else this.#search.findPrevious(text, { ...wanted, incremental });
  }

  endSearch(): void {
    this.#searching = null;
    this.#awaitsPast = false;
    this.#paint();
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  clearScrollback(): void {
    this.#terminal.clear();
  }

  /** All that it holds, as plain text. */
  text(): string {
    return wholeText(this.#terminal);
  }

  /** Box of the cursor's cell, relative to the element that the terminal was opened in. */
  cursorBox(): { left: number; top: number; width: number; height: number } | null {
    const host = this.#terminal.element?.parentElement;
    const cells = this.#terminal.element?.querySelector('.xterm-screen');
    const { buffer, rows, cols } = this.#terminal;
    const row = buffer.active.baseY + buffer.active.cursorY - buffer.active.viewportY;
    if (!host || !cells || row < 0 || row >= rows) return null;
    const outer = host.getBoundingClientRect();
    const inner = cells.getBoundingClientRect();
    const width = inner.width / cols;
    const height = inner.height / rows;
    const left = inner.left - outer.left + Math.min(buffer.active.cursorX, cols - 1) * width;
    return { left, top: inner.top - outer.top + row * height, width, height };
  }

  dispose(): void {
    this.#disposed = true;
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#surfaces.disconnect();
    this.#element.removeEventListener('paste', this.#onPaste, true);
    this.#element.removeEventListener('wheel', this.#onWheel, true);
    this.#webgl.release();
    this.#feed.dispose();
    this.#terminal.dispose();
  }

  /** The match that was found is a selection, which covers its own mark; while searching it takes the mark's colour. */
  #paint(): void {
    const theme = terminalTheme(this.#look);
    const match = searchColours(this.#look).activeMatchBackground;
    this.#terminal.options.theme = this.#searching ? { ...theme, selectionInactiveBackground: match } : theme;
  }

  #counted({ resultCount, resultIndex }: ISearchResultChangeEvent): SearchResults {
    if (resultCount < markLimit || !this.#searching)
      return { count: resultCount, at: resultIndex + 1, isBroken: false };
    const { text, options } = this.#searching;
    const place = selectionPlace(this.#terminal);
    return { ...countMatches(logicalLines(this.#terminal.buffer.active), text, options, place), isBroken: false };
  }

  #refit(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      // A hidden one has no size; it keeps the last until it is seen again.
      if (!this.#disposed && this.#element.offsetWidth > 0) this.#fit.fit();
    });
  }

  /** The text of a link need not say where it leads: opening takes a modifier key, and the target is shown before. */
  #open(event: MouseEvent, text: string): void {
    const url = linkTarget(text);
    if (url !== null && (isMac ? event.metaKey : event.ctrlKey)) this.#listeners.onOpen(url);
  }

  /** @returns whether the past is sent anew */
  #lookBack(leastMs: number): boolean {
    if (!this.#unseen.mayBe(this.#terminal.rows, leastMs) || !this.#listeners.onLookBack()) return false;
    this.#unseen.asked();
    return true;
  }

  readonly #onWheel = (event: WheelEvent): void => {
    if (event.deltaY < 0 && this.#terminal.modes.mouseTrackingMode === 'none') this.#lookBack(lookBackMs);
  };

  /** Before xterm: what is pasted must be looked at first. Also the middle button's, where the platform has one. */
  readonly #onPaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text !== '') this.#listeners.onPaste(text);
  };

  /** False: the key is not the shell's; it goes on to the window. */
  #onKey(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown' || event.isComposing) return true;
    const command = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && event.shiftKey && !event.altKey;
    if (command && event.code === 'KeyC') {
      // On a Mac, Cmd+C never means an interrupt; elsewhere Ctrl+Shift+C would open the browser's inspector.
      event.preventDefault();
      if (this.selection !== '') this.#listeners.onCopy(this.selection);
      return false;
    }
    // Left to the browser, whose paste event comes here; asking for the clipboard would need a permission.
    if (command && event.code === 'KeyV') return false;
    if (shortcutOf(event, isMac) !== null) return false;
    if (event.shiftKey && (event.code === 'PageUp' || event.code === 'Home')) this.#lookBack(lookBackMs);
    return true;
  }
}

/** A window may be too small for a moment; the contract's least is 2 by 1. */
function bounded({ cols, rows }: Size): Size {
  return { cols: Math.min(1000, Math.max(2, cols)), rows: Math.min(1000, Math.max(1, rows)) };
}
