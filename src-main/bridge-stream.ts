/** The main-process end of one stream: credit is counted here, so that no service can overrun a window. */
import type { ErrorValue } from '../src-preload/contract/errors.ts';
import { encodeChunk, initialCreditBytes, maxChunkBytes, type ToWindow } from '../src-preload/contract/messages.ts';
import type { StreamDef } from '../src-preload/contract/verbs.ts';
import type { StreamPort } from './handlers.ts';

export interface BridgeStreamWiring {
  sendMessage(message: ToWindow): void;
  sendChunk(frame: Uint8Array): void;
  encode(error: unknown): ErrorValue;
  ended(): void;
  /** The window broke the protocol. */
  refuse(reason: string): void;
}

export class BridgeStream implements StreamPort<unknown, unknown> {
  readonly #id: number;
  readonly #def: StreamDef;
  readonly #wiring: BridgeStreamWiring;
  #credit = initialCreditBytes;
  #open = true;
  #onData: (chunk: Uint8Array) => void = () => {};
  #onControl: (control: unknown) => void = () => {};
  #onCredit: () => void = () => {};
  #onClose: () => void = () => {};

  constructor(id: number, def: StreamDef, wiring: BridgeStreamWiring) {
    this.#id = id;
    this.#def = def;
    this.#wiring = wiring;
  }

  get credit(): number {
    return this.#open ? this.#credit : 0;
  }

  send(chunk: Uint8Array): void {
    if (!this.#open || chunk.byteLength === 0) return;
    if (chunk.byteLength > this.#credit) throw new Error('Sent more than the window gave credit for');
    this.#credit -= chunk.byteLength;
    for (let at = 0; at < chunk.byteLength; at += maxChunkBytes) {
      this.#wiring.sendChunk(encodeChunk(this.#id, chunk.subarray(at, at + maxChunkBytes)));
    }
  }

  note(note: unknown): void {
    if (this.#open) this.#wiring.sendMessage({ t: 'note', id: this.#id, data: note });
  }

  close(error?: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    this.#wiring.ended();
    this.#wiring.sendMessage({
      t: 'closed',
      id: this.#id,
      ...(error === undefined ? {} : { error: this.#wiring.encode(error) }),
    });
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onControl(listener: (control: unknown) => void): void {
    this.#onControl = listener;
  }

  onCredit(listener: () => void): void {
    this.#onCredit = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  receiveData(bytes: Uint8Array): void {
    if (this.#open) this.#onData(bytes);
  }

  receiveControl(data: unknown): void {
    if (!this.#open) return;
    const parsed = this.#def.control.safeParse(data);
    if (parsed.success) this.#onControl(parsed.data);
    else this.#wiring.refuse('bad control message');
  }

  receiveCredit(bytes: number): void {
    if (!this.#open) return;
    // SECURITY: a window cannot raise its credit without bound (test: bridge.test.ts).
    this.#credit = Math.min(this.#credit + bytes, initialCreditBytes);
    this.#onCredit();
  }

  closedByWindow(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#onClose();
  }
}
