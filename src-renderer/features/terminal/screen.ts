/** The xterm of a window with its addons and keys. Knows nothing of sessions or the bridge. */
import { FitAddon } from '@xterm/addon-fit';
import { type ISearchResultChangeEvent, SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { monospace } from '../../theme.ts';
import type { Size } from './terminal-connection.ts';
import { searchColours, terminalTheme } from './terminal-theme.ts';

export type Scheme = 'light' | 'dark';

export interface ScreenOptions {
  readonly scheme: Scheme;
  readonly fontSize: number;
  readonly scrollback: number;
  readonly screenReader: boolean;
}

/** A link under the pointer. `hidden`: its text need not say where it leads, so opening it takes a modifier key. */
export interface HoveredLink {
  readonly url: string;
  readonly hidden: boolean;
}

export interface ScreenListeners {
  onText(text: string): void;
  onBinary(data: string): void;
  onResize(size: Size): void;
  onLink(link: HoveredLink | null): void;
  onOpen(url: string): void;
  onSearchResults(results: ISearchResultChangeEvent): void;
  onShortcut(shortcut: Shortcut): void;
}

export type Shortcut = 'search' | 'larger' | 'smaller' | 'usual-size';

export const isMac = /mac/i.test(navigator.platform);

/** Undoes what a lost full-screen program may have left: alternate screen, mouse reports, paste and cursor modes. */
const resetModes =
  '\u001b[!p\u001b[?1049l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[?1l\u001b>\u001b[?25h';

export class Screen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #observer: ResizeObserver;
  /** The surfaces change after React has told the scheme: the root's attribute is written by an effect further out. */
  readonly #surfaces = new MutationObserver(() => this.#paint());
  #scheme: Scheme;
  #searching = false;
  #frame = 0;
  #disposed = false;

  constructor(element: HTMLElement, options: ScreenOptions, listeners: ScreenListeners) {
    this.#scheme = options.scheme;
    const terminal = new Terminal({
      // Search marks are decorations, which xterm still counts as proposed.
      allowProposedApi: true,
      cursorBlink: false,
      cursorInactiveStyle: 'outline',
      fontFamily: monospace,
      fontSize: options.fontSize,
      scrollback: options.scrollback,
      screenReaderMode: options.screenReader,
      minimumContrastRatio: 4.5,
      macOptionIsMeta: true,
      theme: terminalTheme(options.scheme),
      linkHandler: {
        activate: (event, url) => {
          if (event.ctrlKey || event.metaKey) listeners.onOpen(url);
        },
        hover: (_event, url) => listeners.onLink({ url, hidden: true }),
        leave: () => listeners.onLink(null),
      },
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(
      new WebLinksAddon((_event, url) => listeners.onOpen(url), {
        hover: (_event, url) => listeners.onLink({ url, hidden: false }),
        leave: () => listeners.onLink(null),
      }),
    );
    terminal.onData((text) => listeners.onText(text));
    terminal.onBinary((data) => listeners.onBinary(data));
    terminal.onResize((size) => listeners.onResize(bounded(size)));
    this.#search.onDidChangeResults((results) => listeners.onSearchResults(results));
    terminal.attachCustomKeyEventHandler((event) => this.#onKey(event, listeners));
    terminal.open(element);
    this.#fit.fit();
    this.#observer = new ResizeObserver(() => this.#refit());
    this.#observer.observe(element);
    this.#surfaces.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    void this.#preferWebgl();
    // Cells are measured with the font that is there; one that arrives later needs a second look.
    void document.fonts.ready.then(() => this.#refit());
  }

  get size(): Size {
    return bounded(this.#terminal);
  }

  write(data: Uint8Array | string, done?: () => void): void {
    this.#terminal.write(data, done);
  }

  resetModes(): void {
    this.#terminal.write(resetModes);
  }

  focus(): void {
    this.#terminal.focus();
  }

  set(options: ScreenOptions): void {
    const { options: now } = this.#terminal;
    this.#scheme = options.scheme;
    this.#paint();
    now.fontSize = options.fontSize;
    now.scrollback = options.scrollback;
    now.screenReaderMode = options.screenReader;
    this.#refit();
  }

  find(text: string, direction: 'next' | 'previous', incremental = false): void {
    const decorations = searchColours(this.#scheme);
    if (!this.#searching) {
      this.#searching = true;
      this.#paint();
    }
    if (text === '') this.#search.clearDecorations();
    else if (direction === 'next') this.#search.findNext(text, { decorations, incremental });
    else this.#search.findPrevious(text, { decorations });
  }

  endSearch(): void {
    this.#searching = false;
    this.#paint();
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  clearScrollback(): void {
    this.#terminal.clear();
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
    this.#terminal.dispose();
  }

  /** The match that was found is a selection, which covers its own mark; while searching it takes the mark's colour. */
  #paint(): void {
    const theme = terminalTheme(this.#scheme);
    const match = searchColours(this.#scheme).activeMatchBackground;
    this.#terminal.options.theme = this.#searching ? { ...theme, selectionInactiveBackground: match } : theme;
  }

  #refit(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (!this.#disposed) this.#fit.fit();
    });
  }

  /** The graphics processor where there is one: drawing in software is slower than the DOM and keeps the cores busy. */
  async #preferWebgl(): Promise<void> {
    if (!hasGraphicsProcessor()) return;
    try {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      if (this.#disposed) return;
      const addon = new WebglAddon();
      addon.onContextLoss(() => addon.dispose());
      this.#terminal.loadAddon(addon);
    } catch (error) {
      // Not an error for the person: the DOM renderer goes on.
      console.warn('Terminal draws without WebGL', error);
    }
  }

  /** False: the key is not the shell's. */
  #onKey(event: KeyboardEvent, listeners: ScreenListeners): boolean {
    if (event.type !== 'keydown' || event.isComposing) return true;
    const command = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && event.shiftKey && !event.altKey;
    if (command && event.code === 'KeyC') return this.#copy(event);
    // Left to the browser, whose paste event xterm takes; asking for the clipboard would need a permission.
    if (command && event.code === 'KeyV') return false;
    if (command && event.code === 'KeyF') return this.#take(event, () => listeners.onShortcut('search'));
    if (isMac ? !event.metaKey : !event.ctrlKey || event.altKey) return true;
    if (event.key === '+' || event.key === '=') return this.#take(event, () => listeners.onShortcut('larger'));
    if (event.key === '-' && !event.shiftKey) return this.#take(event, () => listeners.onShortcut('smaller'));
    if (event.key === '0') return this.#take(event, () => listeners.onShortcut('usual-size'));
    return true;
  }

  #copy(event: KeyboardEvent): boolean {
    const text = this.#terminal.getSelection();
    // On a Mac, Cmd+C never means an interrupt; elsewhere Ctrl+Shift+C would open the browser's inspector.
    event.preventDefault();
    if (text) void navigator.clipboard.writeText(text);
    return false;
  }

  #take(event: KeyboardEvent, act: () => void): boolean {
    event.preventDefault();
    act();
    return false;
  }
}

/** Names of drivers that draw in software, as Chromium tells them. */
const softwareDrivers = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function hasGraphicsProcessor(): boolean {
  const probe = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!probe) return false;
  const names = probe.getExtension('WEBGL_debug_renderer_info');
  const driver = String(probe.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? probe.RENDERER));
  // Contexts are few; this one has told what it was asked for.
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  return !softwareDrivers.test(driver);
}

/** A window may be too small for a moment; the contract's least is 2 by 1. */
function bounded({ cols, rows }: Size): Size {
  return { cols: Math.min(1000, Math.max(2, cols)), rows: Math.min(1000, Math.max(1, rows)) };
}
