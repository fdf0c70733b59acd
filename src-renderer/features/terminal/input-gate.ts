/** Holds back what is typed while no shell can take it, and lets it go, or drops it, once that is decided. */

/** More than a person types while waiting; a paste beyond it is refused whole rather than cut. */
export const heldLimitBytes = 4096;

export class InputGate {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #changed: () => void;
  #open = false;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #refused = false;

  constructor(send: (bytes: Uint8Array) => void, changed: () => void) {
    this.#send = send;
    this.#changed = changed;
  }

  /** Keystrokes and pastes held now. */
  get held(): number {
    return this.#held.length;
  }

  /** True once something had to be refused because too much was held. */
  get refused(): boolean {
    return this.#refused;
  }

  push(bytes: Uint8Array): void {
    if (this.#open) {
      this.#send(bytes);
      return;
    }
    if (this.#heldBytes + bytes.byteLength > heldLimitBytes) {
      this.#refused = true;
    } else {
      this.#held.push(bytes);
      this.#heldBytes += bytes.byteLength;
    }
    this.#changed();
  }

  /** What was held goes out in order when `deliver`, else it is dropped: it was meant for a shell that is gone. */
  open(deliver: boolean): void {
    this.#open = true;
    const held = this.#held;
    this.#clear();
    if (deliver) {
      for (const bytes of held) this.#send(bytes);
    }
    this.#changed();
  }

  close(): void {
    this.#open = false;
  }

  discard(): void {
    this.#clear();
    this.#changed();
  }

  #clear(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#refused = false;
  }
}

/**
 * Whether xterm sent this by itself: an answer to a query, a mouse or focus report. Such a report is out of date once a
 * link is back and would be read as typing.
 */
export function isReport(data: string): boolean {
  const esc = '\u001b';
  if (!data.startsWith(esc)) return false;
  const rest = data.slice(1);
  if (rest.startsWith(']') || rest.startsWith('P')) return true;
  if (rest === '[I' || rest === '[O' || rest === '[0n') return true;
  if (/^\[(<|M|\?|>)/.test(rest)) return true;
  // A cursor position report; F3 with a modifier looks alike, but always begins with 1.
  return /^\[\d+;\d+R$/.test(rest) && !/^\[1;[2-8]R$/.test(rest);
}
