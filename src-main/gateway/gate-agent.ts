/** node:http over byte streams that arrive later: each new connection is a dial through the session's link. */
import { Agent, type ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';

/** A page of many small files loads over this many channels at most; browsers open six. */
const maxSockets = 64;
const maxFreeSockets = 16;

/** What a stream may say of itself: see `WsDuplex.freeForMs`. */
interface MayDieUnheard {
  readonly freeForMs?: number | null;
}

export class GateAgent extends Agent {
  readonly #dial: () => Promise<Duplex>;
  readonly #giveUp = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(dial: () => Promise<Duplex>, keepAlive: boolean) {
    super({ keepAlive, maxSockets: keepAlive ? maxSockets : Number.POSITIVE_INFINITY, maxFreeSockets });
    this.#dial = dial;
  }

  /** A connection whose end would not be heard is given up soon after its last answer. */
  override keepSocketAlive(stream: Duplex): boolean {
    const { freeForMs } = stream as MayDieUnheard;
    if (typeof freeForMs !== 'number') return true;
    const timer = setTimeout(() => stream.destroy(), freeForMs);
    this.#giveUp.set(stream, timer);
    stream.once('close', () => clearTimeout(timer));
    return true;
  }

  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    clearTimeout(this.#giveUp.get(stream));
    super.reuseSocket(stream, request);
  }

  override createConnection(_options: unknown, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    // node:http reads no stream when there is an error; its declaration wants one all the same.
    const failed = callback as ((error: Error) => void) | undefined;
    this.#dial().then(
      (stream) => callback?.(null, stream),
      (error: unknown) => failed?.(error instanceof Error ? error : new Error(String(error))),
    );
    return undefined;
  }
}
