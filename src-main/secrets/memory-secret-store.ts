/** Secrets that are forgotten when Berth quits. */
import type { SecretsState } from '../../src-preload/contract/app.ts';
import type { SecretStore } from '../hosts/host.ts';

export class MemorySecretStore implements SecretStore {
  readonly state: SecretsState = { kind: 'memory', chosen: true };
  readonly #values = new Map<string, string>();

  async get(name: string): Promise<string | null> {
    return this.#values.get(name) ?? null;
  }

  async set(name: string, value: string): Promise<void> {
    this.#values.set(name, value);
  }

  async delete(name: string): Promise<void> {
    this.#values.delete(name);
  }
}
