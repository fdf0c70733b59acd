/**
 * The system's keychain as a SecretStore, with memory in front of it for what the keychain would not take. There is no
 * third place: a secret that fits neither is not kept.
 */
import type { SecretsState } from '../../src-preload/contract/app.ts';
import { BerthError } from '../base/berth-error.ts';
import type { SecretStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';
import { type Keychain, KeychainFailure } from './keychain.ts';

export class OsSecretStore implements SecretStore {
  readonly #keychain: Keychain;
  readonly #log: AreaLog;
  /** Values that the keychain refused, until it takes them. */
  readonly #kept = new Map<string, string>();
  #detail: string | null = null;

  constructor(keychain: Keychain, log: AreaLog) {
    this.#keychain = keychain;
    this.#log = log;
  }

  /** `memory`, not chosen, from the first refusal until a value was stored again. */
  get state(): SecretsState {
    return this.#detail === null
      ? { kind: 'os', chosen: false }
      : { kind: 'memory', chosen: false, detail: this.#detail };
  }

  async get(name: string): Promise<string | null> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    try {
      const value = await this.#keychain.get(name);
      return value;
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw error;
      this.#degrade('read', error);
      throw new BerthError('secrets-unavailable', {
        place: 'computer',
        retry: 'user',
        detail: error.message,
        cause: error,
      });
    }
  }

  async set(name: string, value: string): Promise<void> {
    try {
      await this.#keychain.set(name, value);
      this.#kept.delete(name);
      if (this.#kept.size === 0) this.#detail = null;
    } catch (error) {
      // A prompt that nobody answered counts as a refusal: the person is signed in, and told that it will not last.
      this.#kept.set(name, value);
      this.#degrade('write', error);
    }
  }

  async delete(name: string): Promise<void> {
    const wasKept = this.#kept.delete(name);
    try {
      await this.#keychain.delete(name);
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw error;
      this.#degrade('delete', error);
      // What was in memory only is gone; what may be in the keychain is not, and the caller must know.
      if (!wasKept) {
        throw new BerthError('secrets-unavailable', {
          place: 'computer',
          retry: 'user',
          detail: error.message,
          cause: error,
        });
      }
    }
  }

  /**
   * Finds out at start whether there is a keychain at all, by reading an item that does not exist: that writes nothing
   * and asks nobody. A locked one shows only when something is stored.
   */
  async check(): Promise<SecretsState> {
    try {
      await this.#keychain.get('availability');
    } catch (error) {
      this.#degrade('check', error);
    }
    return this.state;
  }

  #degrade(what: string, error: unknown): void {
    const detail =
      error instanceof BerthError
        ? 'The keychain did not answer in time'
        : error instanceof Error
          ? error.message
          : String(error);
    if (this.#detail !== detail)
      this.#log.warn('The keychain cannot be used; secrets stay in memory', { what, detail });
    this.#detail = detail.slice(0, 500);
  }
}
