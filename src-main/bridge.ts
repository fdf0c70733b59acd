/**
 * Between transports and services: parses every message, dispatches by name, encodes errors as values. It knows nothing
 * of Electron, HTTP or WebSockets; the host has checked who is calling before it connects a port.
 */
import { randomUUID } from 'node:crypto';
import type { ErrorValue } from '../src-preload/contract/errors.ts';
import { contract, contractVersion, type Events } from '../src-preload/contract/index.ts';
import { decodeChunk, maxChunkBytes, maxTextBytes, ToMain, type ToWindow } from '../src-preload/contract/messages.ts';
import type { Contract, Def } from '../src-preload/contract/verbs.ts';
import { BerthError } from './base/berth-error.ts';
import { BridgeStream } from './bridge-stream.ts';
import type { CallContext, Handlers, StreamHandlers } from './handlers.ts';

/** One window's way in; made by the host. */
export interface BridgePort {
  send(message: string | Uint8Array): void;
  /** Cuts the window off: it broke the protocol. */
  close(): void;
}

/** What the host calls with what the window sent. */
export interface BridgeConnection {
  receive(message: string | Uint8Array): void;
  closed(): void;
}

export interface BridgeOptions {
  readonly handlers: Handlers;
  readonly streams: StreamHandlers;
  /** Parses every output too; for development and tests, where a wrong shape must not go unseen. */
  readonly verifyOutputs: boolean;
  readonly onDefect: (correlation: string, name: string, error: unknown) => void;
  readonly onRefused: (reason: string, name: string) => void;
}

/** Calls that one window may have under way at once; more is a defect or an attack. */
const maxCallsInFlight = 256;
const maxStreams = 64;

function findDef(name: string): Def | undefined {
  const dot = name.indexOf('.');
  const areas: Contract = contract;
  const areaName = name.slice(0, dot);
  const area = Object.hasOwn(areas, areaName) ? areas[areaName] : undefined;
  const own = name.slice(dot + 1);
  return area && Object.hasOwn(area, own) ? area[own] : undefined;
}

export class Bridge {
  readonly #options: BridgeOptions;
  readonly #windows = new Set<WindowConnection>();

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  get windowCount(): number {
    return this.#windows.size;
  }

  connect(port: BridgePort): BridgeConnection {
    const connection = new WindowConnection(port, this.#options, () => this.#windows.delete(connection));
    this.#windows.add(connection);
    connection.hello();
    return connection;
  }

  /** Tells every window that subscribed. */
  emit<A extends keyof Events, K extends keyof Events[A] & string>(area: A, name: K, payload: Events[A][K]): void {
    const full = `${area}.${name}`;
    const interested = [...this.#windows].filter((window) => window.subscriptions.has(full));
    if (interested.length === 0) return;
    const def = findDef(full);
    if (this.#options.verifyOutputs && def?.verb === 'event') def.payload.parse(payload);
    const text = JSON.stringify({ t: 'event', name: full, payload } satisfies ToWindow);
    for (const window of interested) window.sendText(text);
  }

  dispose(): void {
    for (const window of [...this.#windows]) {
      window.closed();
      window.close();
    }
  }
}

class WindowConnection implements BridgeConnection {
  readonly subscriptions = new Set<string>();
  readonly #port: BridgePort;
  readonly #options: BridgeOptions;
  readonly #onClosed: () => void;
  readonly #calls = new Map<number, AbortController>();
  readonly #streams = new Map<number, BridgeStream>();
  #open = true;

  constructor(port: BridgePort, options: BridgeOptions, onClosed: () => void) {
    this.#port = port;
    this.#options = options;
    this.#onClosed = onClosed;
  }

  hello(): void {
    this.#send({ t: 'hello', version: contractVersion });
  }

  sendText(text: string): void {
    if (this.#open) this.#port.send(text);
  }

  close(): void {
    this.#port.close();
  }

  receive(message: string | Uint8Array): void {
    if (!this.#open) return;
    if (typeof message !== 'string') {
      this.#receiveChunk(message);
      return;
    }
    // SECURITY: nothing of a window is used before it was parsed, and its size is bounded (test: bridge.test.ts).
    if (message.length > maxTextBytes) {
      this.#refuse('message too long', '');
      return;
    }
    let json: unknown;
    try {
      json = JSON.parse(message);
    } catch {
      // Not JSON: the window does not speak the protocol, which `refuse` logs and answers by cutting it off.
      this.#refuse('not JSON', '');
      return;
    }
    const parsed = ToMain.safeParse(json);
    if (!parsed.success) {
      this.#refuse('unknown message', '');
      return;
    }
    this.#dispatch(parsed.data);
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#onClosed();
    for (const call of this.#calls.values()) call.abort();
    this.#calls.clear();
    for (const stream of [...this.#streams.values()]) stream.closedByWindow();
    this.#streams.clear();
    this.subscriptions.clear();
  }

  #dispatch(message: ToMain): void {
    switch (message.t) {
      case 'call':
        void this.#call(message.id, message.name, message.input);
        return;
      case 'cancel':
        this.#calls.get(message.id)?.abort();
        return;
      case 'subscribe':
        if (findDef(message.name)?.verb === 'event') this.subscriptions.add(message.name);
        else this.#refuse('unknown event', message.name);
        return;
      case 'unsubscribe':
        this.subscriptions.delete(message.name);
        return;
      case 'open':
        this.#openStream(message.id, message.name, message.input);
        return;
      case 'control':
        this.#streams.get(message.id)?.receiveControl(message.data);
        return;
      case 'credit':
        this.#streams.get(message.id)?.receiveCredit(message.bytes);
        return;
      case 'close':
        this.#streams.get(message.id)?.closedByWindow();
        this.#streams.delete(message.id);
        return;
    }
  }

  async #call(id: number, name: string, rawInput: unknown): Promise<void> {
    const def = findDef(name);
    if (def?.verb !== 'call') {
      this.#refuse('unknown call', name);
      return;
    }
    if (this.#calls.size >= maxCallsInFlight || this.#calls.has(id)) {
      this.#refuse('too many calls', name);
      return;
    }
    const input = def.input.safeParse(rawInput);
    if (!input.success) {
      const field = input.error.issues[0]?.path.join('.') ?? '';
      this.#send({ t: 'err', id, error: invalidInput(name, field) });
      return;
    }
    const abort = new AbortController();
    this.#calls.set(id, abort);
    try {
      const output = await this.#handler(name)(input.data, { signal: abort.signal });
      if (this.#options.verifyOutputs) def.output.parse(output);
      this.#send({ t: 'ok', id, output });
    } catch (error) {
      this.#send({ t: 'err', id, error: this.#encode(name, error) });
    } finally {
      this.#calls.delete(id);
    }
  }

  #handler(name: string): (input: unknown, context: CallContext) => Promise<unknown> {
    const [area = '', own = ''] = name.split('.');
    const areas = this.#options.handlers as unknown as Record<string, Record<string, unknown>>;
    const handler = areas[area]?.[own];
    if (typeof handler !== 'function') throw new Error(`No handler for ${name}`);
    return handler as (input: unknown, context: CallContext) => Promise<unknown>;
  }

  #openStream(id: number, name: string, rawInput: unknown): void {
    const def = findDef(name);
    if (def?.verb !== 'stream' || this.#streams.has(id) || this.#streams.size >= maxStreams) {
      this.#refuse('unknown stream', name);
      return;
    }
    const input = def.input.safeParse(rawInput);
    if (!input.success) {
      const field = input.error.issues[0]?.path.join('.') ?? '';
      this.#send({ t: 'closed', id, error: invalidInput(name, field) });
      return;
    }
    const stream = new BridgeStream(id, def, {
      sendMessage: (message) => this.#send(message),
      sendChunk: (frame) => {
        if (this.#open) this.#port.send(frame);
      },
      encode: (error) => this.#encode(name, error),
      ended: () => this.#streams.delete(id),
      refuse: (reason) => this.#refuse(reason, name),
    });
    this.#streams.set(id, stream);
    const [area = '', own = ''] = name.split('.');
    const areas = this.#options.streams as unknown as Record<string, Record<string, unknown>>;
    const handler = areas[area]?.[own];
    try {
      if (typeof handler !== 'function') throw new Error(`No handler for ${name}`);
      handler(input.data, stream);
    } catch (error) {
      stream.close(error);
    }
  }

  #receiveChunk(frame: Uint8Array): void {
    const chunk = decodeChunk(frame);
    if (!chunk || chunk.bytes.byteLength > maxChunkBytes) {
      this.#refuse('bad chunk', '');
      return;
    }
    this.#streams.get(chunk.id)?.receiveData(chunk.bytes);
  }

  #refuse(reason: string, name: string): void {
    this.#options.onRefused(reason, name);
    this.closed();
    this.#port.close();
  }

  #encode(name: string, error: unknown): ErrorValue {
    if (error instanceof BerthError) return error.toValue();
    const correlation = randomUUID().slice(0, 8);
    this.#options.onDefect(correlation, name, error);
    return { code: 'internal', place: 'computer', retry: 'user', params: {}, correlation };
  }

  #send(message: ToWindow): void {
    this.sendText(JSON.stringify(message));
  }
}

function invalidInput(name: string, field: string): ErrorValue {
  return { code: 'invalid-input', place: 'computer', retry: 'never', params: { name, field } };
}
