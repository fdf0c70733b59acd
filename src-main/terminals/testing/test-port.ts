/** The main-process end of a terminal stream, with the window's side in the test's hands. */
import type { TerminalControl, TerminalNote } from '../../../src-preload/contract/terminals.ts';
import type { TerminalPort } from '../terminal.ts';

export class TestPort implements TerminalPort {
  credit: number;
  output = '';
  bytes = 0;
  chunks = 0;
  readonly notes: TerminalNote[] = [];
  closed: { error: unknown } | null = null;
  /** Gives back what was sent, as a window that reads on does. */
  autoCredit = true;
  #data: (chunk: Uint8Array) => void = () => undefined;
  #control: (control: TerminalControl) => void = () => undefined;
  #credit: () => void = () => undefined;
  #close: () => void = () => undefined;

  constructor(credit = 256 * 1024) {
    this.credit = credit;
  }

  send(chunk: Uint8Array): void {
    if (this.closed) throw new Error('Sent after close');
    if (chunk.length > this.credit) throw new Error(`Sent ${chunk.length} with ${this.credit} credit`);
    this.credit -= chunk.length;
    this.bytes += chunk.length;
    this.chunks += 1;
    if (this.output.length < 1_000_000) this.output += Buffer.from(chunk).toString('utf8');
    if (this.autoCredit) setImmediate(() => this.give(chunk.length));
  }

  give(bytes: number): void {
    this.credit += bytes;
    this.#credit();
  }

  note(note: TerminalNote): void {
    if (this.closed) throw new Error('Note after close');
    this.notes.push(note);
  }

  close(error?: unknown): void {
    this.closed ??= { error };
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#data = listener;
  }
  onControl(listener: (control: TerminalControl) => void): void {
    this.#control = listener;
  }
  onCredit(listener: () => void): void {
    this.#credit = listener;
  }
  onClose(listener: () => void): void {
    this.#close = listener;
  }

  // What the window does:
  type(text: string): void {
    this.#data(Buffer.from(text));
  }
  control(control: TerminalControl): void {
    this.#control(control);
  }
  leave(): void {
    this.#close();
  }
  of<T extends TerminalNote['type']>(type: T): Extract<TerminalNote, { type: T }>[] {
    return this.notes.filter((note): note is Extract<TerminalNote, { type: T }> => note.type === type);
  }
}
