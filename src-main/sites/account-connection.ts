/**
 * One account's way to its site: connects, tries again while the site cannot be reached, and knows its state.
 * It holds the API object, and with it the secret, until it is disposed.
 */
import type { Account } from '../../src-preload/contract/sites.ts';
import type { Identity } from '../backend/site-api.ts';
import type { ConnectedApi } from '../backend/site-wire.ts';
import { backoffMs } from '../base/backoff.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { watchedApi } from './watched-api.ts';

export interface Connected {
  readonly api: ConnectedApi;
  readonly identity: Identity;
  readonly manager: string;
  /** When the site ends the sign-in by itself, in milliseconds since 1970; null: never, or it did not tell. */
  readonly endsAt: number | null;
  readonly canExtend: boolean;
  readonly skewMs: number;
}

const retryDelaysMs = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000];

/** Refusals of the account itself: trying again with the same secret changes nothing. */
export function isRefusal(error: BerthError): boolean {
  return error.code === 'unauthorised' || error.code === 'forbidden' || error.code === 'signed-out';
}

/** Trouble on the way to the site: whether it lasts shows when Berth tries again. */
const wayTroubles: ReadonlySet<string> = new Set(['offline', 'timeout', 'tls', 'certificate-changed', 'proxy']);

export interface AccountConnectionOptions {
  /** Reads the secret and connects; throws BerthError. */
  readonly connect: (signal: AbortSignal) => Promise<Connected>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onChange: () => void;
  readonly onConnected: () => void;
}

export class AccountConnection implements Disposable {
  readonly #options: AccountConnectionOptions;
  #state: Account['state'] = 'connecting';
  #error: BerthError | null = null;
  #connected: Connected | null = null;
  #running: Promise<void> | null = null;
  #retry: Disposable | null = null;
  #attempt = 0;
  readonly #abort = new AbortController();

  constructor(options: AccountConnectionOptions) {
    this.#options = options;
  }

  get state(): Account['state'] {
    return this.#state;
  }

  get error(): BerthError | null {
    return this.#error;
  }

  /** Of the last time it was connected. */
  get connected(): Connected | null {
    return this.#connected;
  }

  /** Takes a connection that sign-in has just proved. */
  adopt(connected: Connected): void {
    this.#settle(connected);
  }

  /** The site made the sign-in longer. */
  extendedTo(endsAt: number): void {
    if (this.#connected === null) return;
    this.#connected = { ...this.#connected, endsAt };
    this.#options.onChange();
  }

  /** Connects now; resolves when this try is over, whatever came of it. */
  connect(): Promise<void> {
    void this.#retry?.dispose();
    this.#running ??= this.#try().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Somebody met trouble on this account's API. */
  report(error: BerthError): void {
    if (this.#state !== 'signed-in') return;
    if (isRefusal(error)) {
      // One 401 may be about a route (old managers answer so to admin routes): ask again before believing it.
      if (error.code === 'unauthorised') void this.connect();
      return;
    }
    if (wayTroubles.has(error.code)) void this.connect();
  }

  dispose(): void {
    void this.#retry?.dispose();
    this.#abort.abort();
    this.#connected?.api.dispose?.();
    this.#connected = null;
  }

  async #try(): Promise<void> {
    if (this.#state !== 'signed-in') this.#move('connecting', null);
    try {
      const connected = await this.#options.connect(this.#abort.signal);
      if (this.#abort.signal.aborted) {
        connected.api.dispose?.();
        return;
      }
      this.#settle(connected);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#fail(error instanceof BerthError ? error : new BerthError('internal', { place: 'computer', cause: error }));
    }
  }

  #settle(proved: Connected): void {
    // What a wrapped one tells of is about the account, whichever of its APIs met it.
    const connected = { ...proved, api: watchedApi(proved.api, (error) => this.report(error)) };
    const before = this.#connected;
    const wasConnected = this.#state === 'signed-in';
    this.#attempt = 0;
    if (wasConnected && before?.manager === connected.manager) {
      // Only a check: what is under way on the old one goes on.
      this.#connected = { ...connected, api: before.api };
      connected.api.dispose?.();
    } else {
      this.#connected = connected;
      before?.api.dispose?.();
    }
    this.#move('signed-in', null);
    // After a mere check nobody asks again at once: a route that always fails would be asked without a pause.
    if (!wasConnected) this.#options.onConnected();
  }

  #fail(error: BerthError): void {
    if (error.code === 'secrets-locked' || error.code === 'secrets-unavailable') {
      this.#move('locked', error);
    } else if (isRefusal(error)) {
      this.#move('signed-out', error);
    } else {
      this.#move('unreachable', error);
      const delayMs = backoffMs(retryDelaysMs, this.#attempt++, this.#options.random());
      this.#retry = this.#options.clock.after(delayMs, () => void this.connect());
    }
  }

  #move(state: Account['state'], error: BerthError | null): void {
    if (this.#state === state && this.#error === null && error === null) return;
    this.#state = state;
    this.#error = error;
    this.#options.onChange();
  }
}
