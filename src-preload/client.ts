/**
 * The windows' side of the contract: a transport in, a typed `berth` object out. Every name is derived from the
 * contract; nothing is listed here again.
 */
import type { z } from 'zod';
import type { ErrorValue } from './contract/errors.ts';
import { type BerthContract, contract, contractVersion } from './contract/index.ts';
import { decodeChunk, encodeChunk, maxChunkBytes, type ToMain, ToWindow } from './contract/messages.ts';
import type { CallDef, EventDef, StreamDef } from './contract/verbs.ts';

/** Carries messages to the main process; one per window. */
export interface Transport {
  send(message: string | Uint8Array): void;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  /** `open` when messages can be sent (again), `lost` when they cannot. */
  onState(listener: (state: 'open' | 'lost') => void): void;
}

/** A failed call. Switch on `value.code`. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly value: ErrorValue;
  constructor(value: ErrorValue) {
    super(value.code);
    this.value = value;
  }
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface StreamListeners<Note> {
  /** Call `done` when the bytes have been used up: that gives the credit back. */
  onData(chunk: Uint8Array, done: () => void): void;
  onNote(note: Note): void;
  onClose(error?: ErrorValue): void;
}

export interface StreamHandle<Control> {
  write(bytes: Uint8Array): void;
  control(message: Control): void;
  close(): void;
}

type Listen<P> = (listener: (payload: P) => void) => () => void;

type Method<D> =
  D extends CallDef<infer I, infer O>
    ? undefined extends z.input<I>
      ? (input?: undefined, options?: CallOptions) => Promise<z.output<O>>
      : (input: z.input<I>, options?: CallOptions) => Promise<z.output<O>>
    : D extends StreamDef<infer I, infer C, infer N>
      ? (input: z.input<I>, listeners: StreamListeners<z.output<N>>) => StreamHandle<z.input<C>>
      : never;

type AreaClient<A> = {
  readonly [K in keyof A as A[K] extends EventDef ? never : K]: Method<A[K]>;
} & {
  readonly [K in keyof A as A[K] extends EventDef ? `on${Capitalize<K & string>}` : never]: A[K] extends EventDef<
    infer P
  >
    ? Listen<z.output<P>>
    : never;
};

export type ConnectionState = 'connecting' | 'open' | 'lost' | 'other-version';

export interface Connection {
  readonly state: ConnectionState;
  on(listener: (state: ConnectionState) => void): () => void;
}

export type Berth = { readonly [A in keyof BerthContract]: AreaClient<BerthContract[A]> } & {
  readonly connection: Connection;
};

interface OpenStream {
  readonly listeners: StreamListeners<unknown>;
  /** Bytes that were taken and are to be told of in this turn. */
  owed: number;
}

const lostError: ErrorValue = { code: 'bridge-lost', place: 'computer', retry: 'user', params: {} };
const cancelledError: ErrorValue = { code: 'cancelled', place: 'computer', retry: 'user', params: {} };

class Client {
  readonly #transport: Transport;
  readonly #pending = new Map<number, { resolve(output: unknown): void; reject(error: CallError): void }>();
  readonly #streams = new Map<number, OpenStream>();
  readonly #subscriptions = new Map<string, Set<(payload: unknown) => void>>();
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  /** Calls made before the first hello wait for it; later ones fail at once while the bridge is lost. */
  readonly #waiting: (() => void)[] = [];
  #nextId = 1;
  state: ConnectionState = 'connecting';

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.onMessage((message) => this.#receive(message));
    transport.onState((state) => {
      if (state === 'lost') this.#lost();
    });
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  call(name: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const signal = options.signal;
      if (signal?.aborted) {
        reject(new CallError(cancelledError));
        return;
      }
      this.#whenOpen(() => {
        // Cancelled while it waited for the bridge.
        if (signal?.aborted) {
          reject(new CallError(cancelledError));
          return;
        }
        const id = this.#nextId++;
        const abort = () => {
          if (!this.#pending.delete(id)) return;
          this.#post({ t: 'cancel', id });
          reject(new CallError(cancelledError));
        };
        signal?.addEventListener('abort', abort, { once: true });
        const settle = () => signal?.removeEventListener('abort', abort);
        this.#pending.set(id, {
          resolve: (output) => {
            settle();
            resolve(output);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        });
        this.#post({ t: 'call', id, name, input });
      }, reject);
    });
  }

  listen(name: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#subscriptions.get(name) ?? new Set();
    if (listeners.size === 0 && this.state === 'open') this.#post({ t: 'subscribe', name });
    listeners.add(listener);
    this.#subscriptions.set(name, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || !this.#subscriptions.delete(name)) return;
      if (this.state === 'open') this.#post({ t: 'unsubscribe', name });
    };
  }

  open(name: string, input: unknown, listeners: StreamListeners<unknown>): StreamHandle<unknown> {
    const id = this.#nextId++;
    this.#streams.set(id, { listeners, owed: 0 });
    this.#whenOpen(
      () => {
        if (this.#streams.has(id)) this.#post({ t: 'open', id, name, input });
      },
      (error) => {
        if (this.#streams.delete(id)) listeners.onClose(error.value);
      },
    );
    const ready = (act: () => void) => {
      if (this.#streams.has(id)) this.#whenOpen(act, () => {});
    };
    return {
      write: (bytes) =>
        ready(() => {
          for (let at = 0; at < bytes.byteLength; at += maxChunkBytes) {
            this.#transport.send(encodeChunk(id, bytes.subarray(at, at + maxChunkBytes)));
          }
        }),
      control: (data) => ready(() => this.#post({ t: 'control', id, data })),
      close: () => {
        if (this.#streams.delete(id) && this.state === 'open') this.#post({ t: 'close', id });
      },
    };
  }

  #whenOpen(act: () => void, fail: (error: CallError) => void): void {
    if (this.state === 'open') act();
    else if (this.state === 'connecting') this.#waiting.push(act);
    else fail(new CallError(lostError));
  }

  #post(message: ToMain): void {
    this.#transport.send(JSON.stringify(message));
  }

  #setState(state: ConnectionState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of [...this.#stateListeners]) listener(state);
  }

  #lost(): void {
    if (this.state === 'connecting') return;
    this.#setState('lost');
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new CallError(lostError));
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const { listeners } of streams) listeners.onClose(lostError);
  }

  #receive(message: string | Uint8Array): void {
    if (typeof message !== 'string') {
      const chunk = decodeChunk(message);
      if (chunk) this.#data(chunk.id, chunk.bytes);
      return;
    }
    const parsed = ToWindow.safeParse(JSON.parse(message));
    if (!parsed.success) return;
    const it = parsed.data;
    switch (it.t) {
      case 'hello':
        this.#hello(it.version);
        return;
      case 'ok':
      case 'err': {
        const pending = this.#pending.get(it.id);
        this.#pending.delete(it.id);
        if (it.t === 'ok') pending?.resolve(it.output);
        else pending?.reject(new CallError(it.error));
        return;
      }
      case 'event':
        for (const listener of [...(this.#subscriptions.get(it.name) ?? [])]) listener(it.payload);
        return;
      case 'note':
        this.#streams.get(it.id)?.listeners.onNote(it.data);
        return;
      case 'closed': {
        const stream = this.#streams.get(it.id);
        this.#streams.delete(it.id);
        stream?.listeners.onClose(it.error);
        return;
      }
    }
  }

  #hello(version: number): void {
    if (version !== contractVersion) {
      this.#setState('other-version');
      return;
    }
    // Before anyone asks again: what changes after an answer must not be missed.
    for (const name of this.#subscriptions.keys()) this.#post({ t: 'subscribe', name });
    this.#setState('open');
    for (const act of this.#waiting.splice(0)) act();
  }

  #data(id: number, bytes: Uint8Array): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    let given = false;
    // Not the bytes themselves: whoever holds credit back must not hold them, too.
    const { byteLength } = bytes;
    stream.listeners.onData(bytes, () => {
      if (given) return;
      given = true;
      // Pieces that were taken together are told of together.
      if (stream.owed === 0) queueMicrotask(() => this.#giveCredit(id, stream));
      stream.owed += byteLength;
    });
  }

  #giveCredit(id: number, stream: OpenStream): void {
    const bytes = stream.owed;
    stream.owed = 0;
    if (this.#streams.get(id) === stream && this.state === 'open') this.#post({ t: 'credit', id, bytes });
  }
}

/** Makes the typed object over a transport. Calls made before the bridge is up wait for it. */
export function createClient(transport: Transport): Berth {
  const client = new Client(transport);
  const connection: Connection = {
    get state() {
      return client.state;
    },
    on: (listener) => client.onState(listener),
  };
  const berth: Record<string, unknown> = { connection };
  for (const [areaName, area] of Object.entries(contract)) {
    const methods: Record<string, unknown> = {};
    for (const [name, def] of Object.entries(area)) {
      const full = `${areaName}.${name}`;
      if (def.verb === 'call') {
        methods[name] = (input: unknown, options?: CallOptions) => client.call(full, input, options);
      } else if (def.verb === 'stream') {
        methods[name] = (input: unknown, listeners: StreamListeners<unknown>) => client.open(full, input, listeners);
      } else {
        const key = `on${name.charAt(0).toUpperCase()}${name.slice(1)}`;
        methods[key] = (listener: (payload: unknown) => void) => client.listen(full, listener);
      }
    }
    berth[areaName] = methods;
  }
  return berth as unknown as Berth;
}
