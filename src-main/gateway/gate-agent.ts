/** node:http over byte streams that arrive later: each new connection is a dial through the session's link. */
import { Agent, type ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { BerthError } from '../base/berth-error.ts';

/** A page of many small files loads over this many channels at most; browsers open six. */
const maxSockets = 64;
const maxFreeSockets = 16;
const lost = { place: 'container', retry: 'auto' } as const;

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
    // One listener a stream, however often it is used.
    if (!this.#giveUp.has(stream)) stream.once('close', () => clearTimeout(this.#giveUp.get(stream)));
    this.#giveUp.set(
      stream,
      setTimeout(() => stream.destroy(), freeForMs),
    );
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
      (stream) => {
        // Cut between its opening and this line: node:http waits for a `close` that was told already, for ever.
        if (stream.destroyed) failed?.(stream.errored ?? new BerthError('tunnel-lost', lost));
        else callback?.(null, stream);
      },
      (error: unknown) => failed?.(error instanceof Error ? error : new Error(String(error))),
    );
    return undefined;
  }
}
