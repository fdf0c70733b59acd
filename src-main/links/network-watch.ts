/**
 * Looks at the computer's network and clock while links need them: no host tells plain Node of another network or of
 * waking up, and a look a second costs next to nothing.
 */
import { networkInterfaces } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type Interfaces, outwardAddresses } from './network-policy.ts';

const lookEveryMs = 1_000;
/** A look this late: the computer slept, the process was stopped, or the clock was set. All ask for a new look at links. */
const jumpMs = 3_000;

export interface NetworkWatchOptions {
  readonly clock: Clock;
  readonly onNetworkChanged: () => void;
  readonly onWoken: () => void;
  readonly interfaces?: () => Interfaces;
}

export class NetworkWatch implements Disposable {
  readonly #options: NetworkWatchOptions;
  readonly #interfaces: () => Interfaces;
  #seen = '';
  #timer: Disposable | null = null;

  constructor(options: NetworkWatchOptions) {
    this.#options = options;
    this.#interfaces = options.interfaces ?? networkInterfaces;
  }

  /** False when there is surely none. */
  get hasNetwork(): boolean {
    const addresses = this.#addresses();
    return addresses === null || addresses.length > 0;
  }

  /** Whether links need it now. */
  set isNeeded(isNeeded: boolean) {
    if (isNeeded === (this.#timer !== null)) return;
    if (isNeeded) {
      this.#seen = this.#signature();
      this.#lookAgain();
    } else this.dispose();
  }

  dispose(): void {
    void this.#timer?.dispose();
    this.#timer = null;
  }

  #lookAgain(): void {
    const askedAt = this.#options.clock.now();
    this.#timer = this.#options.clock.after(lookEveryMs, () => {
      const elapsedMs = this.#options.clock.now() - askedAt;
      this.#lookAgain();
      const before = this.#seen;
      this.#seen = this.#signature();
      if (elapsedMs > lookEveryMs + jumpMs || elapsedMs < 0) this.#options.onWoken();
      else if (this.#seen !== before) this.#options.onNetworkChanged();
    });
  }

  #signature(): string {
    return this.#addresses()?.join('\n') ?? '';
  }

  /** Null: the system does not tell. */
  #addresses(): readonly string[] | null {
    let interfaces: Interfaces;
    try {
      interfaces = this.#interfaces();
    } catch {
      // Some sandboxes forbid the question; then every try is worth it.
      return null;
    }
    return Object.keys(interfaces).length === 0 ? null : outwardAddresses(interfaces);
  }
}
