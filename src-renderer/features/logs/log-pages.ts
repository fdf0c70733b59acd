/**
 * A followed log in this window: how long it is, and the lines that were looked at, fetched by the page and dropped again.
 * The whole text never comes here.
 */
import type { StreamHandle } from '../../../src-preload/client.ts';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import type { LogLines, LogRef, LogState } from '../../../src-preload/contract/logs.ts';
import { berth } from '../../bridge.ts';
import { type AnsiStyle, applySgr, type Piece, parseLine, plainStyle } from './ansi-policy.ts';

export const pageLines = 250;
const keptPages = 32;
/** What came stands out so long. */
const freshMs = 3_000;

export interface ShownLine {
  readonly pieces: readonly Piece[];
  readonly cut: boolean;
}

export interface LogSnapshot {
  /** Null before the first answer of the main process. */
  readonly state: LogState | null;
  /** The stream ended badly. */
  readonly error: ErrorValue | null;
  /** From this line on everything is new since a moment ago; null while nothing is. */
  readonly freshFrom: number | null;
  /** Changes whenever a page came or went. */
  readonly version: number;
}

export class LogPages {
  readonly #ref: LogRef;
  readonly #pages = new Map<number, readonly ShownLine[]>();
  readonly #asked = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #stream: StreamHandle<{ refresh: true }> | null = null;
  #snapshot: LogSnapshot = { state: null, error: null, freshFrom: null, version: 0 };
  #disposed = false;
  #fading: ReturnType<typeof setTimeout> | undefined;

  constructor(ref: LogRef) {
    this.#ref = ref;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): LogSnapshot => this.#snapshot;

  start(): void {
    this.#disposed = false;
    this.#stream?.close();
    const stream: StreamHandle<{ refresh: true }> = berth.logs.follow(this.#ref, {
      onData: (_bytes, done) => done(),
      onNote: (state) => this.#told(state),
      onClose: (error) => {
        if (stream !== this.#stream) return;
        this.#stream = null;
        this.#publish({ error: error ?? null });
      },
    });
    this.#stream = stream;
    this.#publish({ error: null });
  }

  refresh(): void {
    if (this.#stream) this.#stream.control({ refresh: true });
    else this.start();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#fading);
    this.#stream?.close();
    this.#stream = null;
  }

  /** Undefined while it is being fetched; asks for it then. */
  line(number: number): ShownLine | undefined {
    const page = Math.floor(number / pageLines);
    const lines = this.#pages.get(page);
    if (lines === undefined) void this.#fetch(page);
    else if (!this.#asked.has(page)) {
      // Most recently looked at last.
      this.#pages.delete(page);
      this.#pages.set(page, lines);
    }
    return lines?.[number - page * pageLines];
  }

  #told(state: LogState): void {
    const before = this.#snapshot.state;
    if (before !== null && before.epoch !== state.epoch) this.#pages.clear();
    else if (before !== null && before.bytes !== state.bytes) {
      // The last line may have grown.
      const from = Math.floor(Math.max(0, before.lines - 1) / pageLines);
      for (const page of [...this.#pages.keys()]) if (page >= from) this.#stale.add(page);
    }
    this.#publish({ state, error: null, freshFrom: this.#freshFrom(before, state) });
  }

  /** The log as it was found is not new; what is added to it is, for a moment after the last addition. */
  #freshFrom(before: LogState | null, state: LogState): number | null {
    if (before === null || before.epoch !== state.epoch || before.lines === 0) return null;
    if (state.lines <= before.lines) return this.#snapshot.freshFrom;
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => this.#publish({ freshFrom: null }), freshMs);
    return before.lines;
  }

  /** Shown as they are until they have come again. */
  readonly #stale = new Set<number>();

  async #fetch(page: number): Promise<void> {
    if (this.#asked.has(page) || this.#disposed) return;
    this.#asked.add(page);
    this.#stale.delete(page);
    try {
      const answer = await berth.logs.read({ ...this.#ref, from: page * pageLines, count: pageLines });
      if (answer.epoch === (this.#snapshot.state?.epoch ?? answer.epoch)) this.#pages.set(page, parsePage(answer));
      for (const old of this.#pages.keys()) {
        if (this.#pages.size <= keptPages) break;
        this.#pages.delete(old);
      }
    } catch (error) {
      // The state tells what is wrong; the lines stay empty and are asked for when they are looked at again.
      void error;
    } finally {
      this.#asked.delete(page);
      this.#publish({});
    }
  }

  /** Fetches again what has grown since, of the pages in view. */
  freshen(from: number, to: number): void {
    for (let page = Math.floor(from / pageLines); page <= Math.floor(to / pageLines); page++) {
      if (this.#stale.has(page)) void this.#fetch(page);
    }
  }

  #publish(change: Partial<Omit<LogSnapshot, 'version'>>): void {
    if (this.#disposed) return;
    this.#snapshot = { ...this.#snapshot, ...change, version: this.#snapshot.version + 1 };
    for (const listener of [...this.#listeners]) listener();
  }
}

export function parsePage({ sgr, lines }: Pick<LogLines, 'sgr' | 'lines'>): ShownLine[] {
  let style: AnsiStyle = sgr === '' ? plainStyle : applySgr(plainStyle, sgr);
  return lines.map(({ text, cut }) => {
    const { pieces, after } = parseLine(text, style);
    style = after;
    return { pieces, cut };
  });
}
