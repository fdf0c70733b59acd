/** node:http over byte streams that arrive later: each new connection is a dial through the session's link. */
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** A page of many small files loads over this many channels at most; browsers open six. */
const maxSockets = 64;
const maxFreeSockets = 16;

export class GateAgent extends Agent {
  readonly #dial: () => Promise<Duplex>;

  constructor(dial: () => Promise<Duplex>, keepAlive: boolean) {
    super({ keepAlive, maxSockets: keepAlive ? maxSockets : Number.POSITIVE_INFINITY, maxFreeSockets });
    this.#dial = dial;
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
