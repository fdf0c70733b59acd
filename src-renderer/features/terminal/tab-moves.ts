/**
 * How windows of one session hand tabs to each other: they tell each other that they are there, one offers a tab, the
 * other shows it. Only which shells a tab has passes here; the shells themselves live in the main process.
 */
import { readTab, type Tab } from './layout-policy.ts';

/** A window loads within this, or it was not let open. */
const loadedWithinMs = 8_000;
/** An open window answers within this, or it is gone. */
const answeredWithinMs = 2_000;

export interface OtherWindow {
  readonly id: string;
  /** What its tabs are called. */
  readonly title: string;
  readonly panes: number;
}

type Message =
  | ({ readonly type: 'here' } & OtherWindow)
  | { readonly type: 'who' }
  | { readonly type: 'gone'; readonly id: string }
  /** A window that was opened for a tab is there. */
  | { readonly type: 'ready'; readonly move: string; readonly id: string }
  | { readonly type: 'offer'; readonly move: string; readonly to: string; readonly tab: Tab }
  /** It shows the tab. */
  | { readonly type: 'taken'; readonly move: string };

export interface TabMovesOptions {
  /** Windows of one session share it. */
  readonly channel: BroadcastChannel;
  readonly id: string;
  readonly onOthers: (others: readonly OtherWindow[]) => void;
  /** Shows the tab here. False: there is no room for it. */
  readonly onOffer: (tab: Tab) => boolean;
}

interface Pending {
  readonly tab: Tab;
  readonly settle: (taken: boolean) => void;
}

export class TabMoves {
  readonly #options: TabMovesOptions;
  readonly #others = new Map<string, OtherWindow>();
  readonly #pending = new Map<string, Pending>();
  #me: OtherWindow | null = null;

  constructor(options: TabMovesOptions) {
    this.#options = options;
    options.channel.addEventListener('message', this.#onMessage);
    this.#post({ type: 'who' });
  }

  /** What this window holds now. */
  tell(title: string, panes: number): void {
    this.#me = { id: this.#options.id, title, panes };
    this.#post({ type: 'here', ...this.#me });
  }

  /**
   * Gives a tab to another window: to an open one by its id, or to the one that is being opened for `move`. Resolves
   * false when nobody took it in time; the tab is where it was then.
   */
  give(tab: Tab, move: string, to: string | null): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), to === null ? loadedWithinMs : answeredWithinMs);
      const settle = (taken: boolean): void => {
        clearTimeout(timer);
        if (!this.#pending.delete(move)) return;
        if (!taken && to !== null) this.#forget(to);
        resolve(taken);
      };
      this.#pending.set(move, { tab, settle });
      if (to !== null) this.#post({ type: 'offer', move, to, tab });
    });
  }

  /** The window is closing. */
  dispose(): void {
    this.#post({ type: 'gone', id: this.#options.id });
    this.#options.channel.removeEventListener('message', this.#onMessage);
    for (const { settle } of [...this.#pending.values()]) settle(false);
  }

  readonly #onMessage = ({ data }: MessageEvent<unknown>): void => {
    const message = readMessage(data);
    switch (message?.type) {
      case 'who':
        if (this.#me) this.#post({ type: 'here', ...this.#me });
        return;
      case 'here':
        this.#others.set(message.id, { id: message.id, title: message.title, panes: message.panes });
        this.#tellOthers();
        return;
      case 'gone':
        this.#forget(message.id);
        return;
      case 'ready': {
        const pending = this.#pending.get(message.move);
        if (pending) this.#post({ type: 'offer', move: message.move, to: message.id, tab: pending.tab });
        return;
      }
      case 'offer':
        if (message.to === this.#options.id && this.#options.onOffer(message.tab)) {
          this.#post({ type: 'taken', move: message.move });
        }
        return;
      case 'taken':
        this.#pending.get(message.move)?.settle(true);
    }
  };

  #forget(id: string): void {
    if (this.#others.delete(id)) this.#tellOthers();
  }

  #tellOthers(): void {
    this.#options.onOthers([...this.#others.values()]);
  }

  #post(message: Message): void {
    this.#options.channel.postMessage(message);
  }
}

/**
 * Asks for the tab that this window was opened for. Null: nobody gave one in time. `taken` tells that it is shown; until
 * then it is the other window's.
 */
export function receiveTab(
  channel: BroadcastChannel,
  id: string,
  move: string,
): Promise<{ readonly tab: Tab; readonly taken: () => void } | null> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent<unknown>): void => {
      const message = readMessage(data);
      if (message?.type !== 'offer' || message.move !== move || message.to !== id) return;
      finish({ tab: message.tab, taken: () => channel.postMessage({ type: 'taken', move } satisfies Message) });
    };
    const finish = (answer: { readonly tab: Tab; readonly taken: () => void } | null): void => {
      clearTimeout(timer);
      channel.removeEventListener('message', listen);
      resolve(answer);
    };
    const timer = setTimeout(() => finish(null), answeredWithinMs);
    channel.addEventListener('message', listen);
    channel.postMessage({ type: 'ready', move, id } satisfies Message);
  });
}

/** Own pages wrote it, but perhaps those of another version. */
function readMessage(data: unknown): Message | null {
  const { type, id, title, panes, move, to, tab } = (data ?? {}) as Readonly<Record<string, unknown>>;
  if (type === 'who') return { type };
  if (type === 'gone' && typeof id === 'string') return { type, id };
  if (type === 'here' && typeof id === 'string' && typeof title === 'string' && typeof panes === 'number') {
    return { type, id, title, panes };
  }
  if (typeof move !== 'string') return null;
  if (type === 'taken') return { type, move };
  if (type === 'ready' && typeof id === 'string') return { type, move, id };
  const read = readTab(tab);
  return type === 'offer' && typeof to === 'string' && read ? { type, move, to, tab: read } : null;
}
