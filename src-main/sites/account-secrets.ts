/** Secret keys of accounts: the host's store first, this process's memory when the store cannot keep them. */
import type { SecretStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';

function nameOf(accountId: string): string {
  return `account:${accountId}`;
}

export class AccountSecrets {
  readonly #store: SecretStore;
  readonly #log: AreaLog;
  readonly #memory = new Map<string, string>();

  constructor(store: SecretStore, log: AreaLog) {
    this.#store = store;
    this.#log = log;
  }

  /** Null: there is none where it should be. Throws what the store throws. */
  async get(accountId: string): Promise<string | null> {
    return this.#memory.get(accountId) ?? (await this.#store.get(nameOf(accountId)));
  }

  /** Where it is kept now. A store that refuses is no reason not to sign in: the secret then lives as long as Berth. */
  async set(accountId: string, secret: string): Promise<'os' | 'memory'> {
    try {
      await this.#store.set(nameOf(accountId), secret);
      this.#memory.delete(accountId);
      return this.#store.state.kind;
    } catch (error) {
      this.#log.warn('The secret store refused; keeping the secret in memory', { error });
      this.#memory.set(accountId, secret);
      return 'memory';
    }
  }

  async delete(accountId: string): Promise<void> {
    this.#memory.delete(accountId);
    await this.#store.delete(nameOf(accountId));
  }
}
