/** One terminal's stream to the main process, outside React: attaches, holds input, starts again. */
import type { StreamHandle } from '../../../src-preload/client.ts';
import { maxHistoryLines, type ShellKind, type TerminalControl } from '../../../src-preload/contract/terminals.ts';
import { berth } from '../../bridge.ts';
import { InputGate, isReport } from './input-gate.ts';
import { pasteEnd, pasteText } from './paste-policy.ts';
import { addDoubt, type Doubt, SentKeys } from './sent-keys.ts';
import {
  acceptsInput,
  holdsInput,
  initialTerminalState,
  isBridgeLost,
  isHostKeyInQuestion,
  nextTerminalState,
  type TerminalEvent,
  type TerminalState,
} from './terminal-state-policy.ts';
import { type PasteProgress, Upstream } from './upstream.ts';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

interface Options {
  readonly accountId: string;
  readonly sessionId: string;
  readonly terminalId: string;
  readonly size: () => Size;
  /** Lines that the screen can scroll back. */
  readonly scrollback: () => number;
  /** `done` gives the credit back; call it once the bytes are parsed. */
  readonly onData: (chunk: Uint8Array, done: () => void) => void;
  /** A shell that knows nothing of what is on the screen comes next: modes of the lost one must be undone. */
  readonly onFreshShell: () => void;
  /** Output that came too fast for the screen is missing here. */
  readonly onSkipped?: (bytes: number) => void;
  /** The same shell as before was found; its past has been sent. */
  readonly onResumed?: () => void;
}

export interface Snapshot extends TerminalState {
  readonly held: number;
  readonly heldFull: boolean;
  /** Keys held for a shell that did not come back, and were dropped. */
  readonly dropped: number;
  readonly pasting: PasteProgress | null;
  /** A paste that went to the shell in part, because the link was lost. */
  readonly cutPaste: PasteProgress | null;
  /** Typed just before the link was lost, and perhaps lost with it. */
  readonly doubt: Doubt | null;
}

const encoder = new TextEncoder();
const interrupt = 3;

export class TerminalConnection {
  readonly #options: Options;
  readonly #gate: InputGate;
  readonly #upstream: Upstream;
  readonly #sentKeys = new SentKeys();
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: (() => void)[];
  #stream: StreamHandle<TerminalControl> | null = null;
  #state: TerminalState = initialTerminalState(Date.now());
  #dropped = 0;
  #doubt: Doubt | null = null;
  #cutPaste: (PasteProgress & { readonly tail: Uint8Array | null }) | null = null;
  /** A link was lost since a shell was last attached. */
  #lossPending = false;
  #disposed = false;
  #snapshot: Snapshot;

  constructor(options: Options) {
    this.#options = options;
    this.#upstream = new Upstream(
      (bytes) => {
        if (!this.#stream) return;
        this.#stream.write(bytes);
        this.#sentKeys.sent(bytes);
      },
      () => this.#publish(),
    );
    this.#gate = new InputGate(
      (bytes) => this.#upstream.push(bytes),
      () => this.#publish(),
    );
    this.#snapshot = this.#makeSnapshot();
    this.#stopListening = [
      berth.connection.on((state) => {
        if (state === 'open' && isBridgeLost(this.#state.phase)) this.start();
      }),
      berth.windows.onClosing((session) => {
        if (session.accountId !== options.accountId || session.sessionId !== options.sessionId) return;
        this.#advance({ type: 'session-ended' });
      }),
    ];
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.#snapshot;

  /** Attaches, or attaches anew: the same terminal id finds the same shell where it was kept. */
  start(): void {
    if (this.#disposed) return;
    this.#stream?.close();
    this.#doubt = addDoubt(this.#doubt, this.#sentKeys.restart());
    this.#advance({ type: 'opening', nowMs: Date.now() });
    const { accountId, sessionId, terminalId, onData, size, scrollback } = this.#options;
    const history = Math.min(scrollback(), maxHistoryLines);
    const mine = (stream: StreamHandle<TerminalControl> | null) => stream === this.#stream;
    const stream: StreamHandle<TerminalControl> = berth.terminals.attach(
      { accountId, sessionId, terminalId, history, ...size() },
      {
        onData,
        onNote: (note) => {
          if (!mine(stream)) return;
          if (note.type === 'attached') this.#attached(note);
          else if (note.type === 'taken') this.#upstream.taken(note.bytes);
          else if (note.type === 'arrived') this.#sentKeys.arrived(note.bytes);
          else if (note.type === 'skipped') this.#options.onSkipped?.(note.bytes);
          else if (note.type === 'state' && note.state === 'up') this.#linkUp();
          this.#advance({ type: 'note', note, nowMs: Date.now() });
        },
        onClose: (error) => {
          if (!mine(stream)) return;
          this.#stream = null;
          this.#advance({ type: 'closed', error });
        },
      },
    );
    this.#stream = stream;
  }

  /** Text that a person typed or pasted, or a report that xterm made. */
  type(text: string): void {
    if (this.#canType(text)) this.#push(encoder.encode(text));
  }

  /** A pasted text, as long as it may be. @param bracketed the program takes pastes as one piece */
  paste(text: string, bracketed: boolean): void {
    const bytes = encoder.encode(pasteText(text, bracketed));
    if (acceptsInput(this.#state.phase)) this.#upstream.paste(bytes, bracketed ? encoder.encode(pasteEnd) : null);
    else if (holdsInput(this.#state.phase)) this.#push(bytes);
  }

  /** Gives up what is left of a paste. */
  cancelPaste(): void {
    this.#upstream.cancelPaste();
  }

  /** Asks for all that a kept shell printed; it comes before the screen is drawn again. @returns whether it was asked for */
  refill(): boolean {
    if (!this.#stream || this.#state.over !== 'tmux' || !acceptsInput(this.#state.phase)) return false;
    this.#stream.control({ type: 'refill' });
    return true;
  }

  /** Forgets what scrolled away where the shell is kept. */
  clear(): void {
    this.#stream?.control({ type: 'clear' });
  }

  /** Raw bytes, one a character: mouse reports of the old kind. */
  typeBinary(data: string): void {
    if (acceptsInput(this.#state.phase)) this.#push(Uint8Array.from(data, (character) => character.charCodeAt(0)));
  }

  resize({ cols, rows }: Size): void {
    this.#stream?.control({ type: 'resize', cols, rows });
  }

  retry(): void {
    if (this.#stream) this.#stream.control({ type: 'retry' });
    else this.start();
  }

  discardHeld(): void {
    this.#gate.discard();
  }

  forgetDropped(): void {
    this.#dropped = 0;
    this.#cutPaste = null;
    this.#publish();
  }

  /** Types what may have been lost with the link once more. */
  typeAgain(): void {
    const bytes = this.#doubt?.bytes;
    if (!bytes || !acceptsInput(this.#state.phase)) return;
    this.#doubt = null;
    this.#push(bytes);
    this.#publish();
  }

  forgetDoubt(): void {
    this.#doubt = null;
    this.#publish();
  }

  dispose(): void {
    this.#disposed = true;
    for (const stop of this.#stopListening) stop();
    this.#stream?.close();
    this.#stream = null;
    this.#listeners.clear();
  }

  #canType(text: string): boolean {
    const { phase } = this.#state;
    return acceptsInput(phase) || (holdsInput(phase) && !isReport(text));
  }

  #push(bytes: Uint8Array): void {
    const wakes = this.#state.phase.at === 'idle';
    // Who interrupts does not want the rest of a paste to follow.
    if (bytes.byteLength === 1 && bytes[0] === interrupt) this.#upstream.cancelPaste();
    this.#gate.push(bytes);
    if (wakes) this.retry();
  }

  /** Keys typed for a shell that is gone must not reach another one; the very first shell is the one they were meant for. */
  #attached({ over, resumed }: { readonly over: ShellKind; readonly resumed: boolean }): void {
    const deliver = resumed || this.#state.over === null;
    if (over === 'console' && this.#lossPending && !resumed) this.#options.onFreshShell();
    // The program still waits for the end of the paste that was cut.
    if (resumed && this.#cutPaste?.tail) this.#upstream.push(this.#cutPaste.tail);
    if (!deliver) this.#dropped += this.#gate.held;
    // Meant for a shell that is gone; of a console nobody can tell.
    if (!resumed || over === 'console') this.#doubt = null;
    if (resumed) this.#options.onResumed?.();
    this.#lossPending = false;
    this.#gate.open(deliver);
  }

  /** Between the link and the shell is the moment to tidy up: whatever comes next is of the new shell. */
  #linkUp(): void {
    if (this.#lossPending && this.#state.over === 'shell') this.#options.onFreshShell();
  }

  #advance(event: TerminalEvent): void {
    this.#state = nextTerminalState(this.#state, event);
    const { phase } = this.#state;
    if (!acceptsInput(phase)) {
      this.#gate.close();
      this.#cutPaste = this.#upstream.reset() ?? this.#cutPaste;
    }
    if (isLost(phase)) this.#doubt = addDoubt(this.#doubt, this.#sentKeys.lost());
    else if (phase.at !== 'live') this.#sentKeys.forget();
    if (isHostKeyInQuestion(phase)) {
      // SECURITY: another container may answer next; nothing typed so far is for it (terminal-connection.test.ts).
      this.#dropped += this.#gate.held;
      this.#gate.discard();
      this.#doubt = null;
    }
    if (phase.at === 'lost' || phase.at === 'idle' || isBridgeLost(phase)) this.#lossPending = true;
    this.#publish();
  }

  #makeSnapshot(): Snapshot {
    return {
      ...this.#state,
      held: this.#gate.held,
      heldFull: this.#gate.refused,
      dropped: this.#dropped,
      pasting: this.#upstream.pasting,
      cutPaste: this.#cutPaste,
      doubt: this.#doubt,
    };
  }

  #publish(): void {
    this.#snapshot = this.#makeSnapshot();
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What was on its way may be lost, and the shell may be found again. */
function isLost(phase: TerminalState['phase']): boolean {
  return holdsInput(phase) || phase.at === 'failed';
}
