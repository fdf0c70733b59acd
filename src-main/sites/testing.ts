/** For tests: stand-ins of what a host offers. */
import type { DocumentStore, SecretStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';

const nothing = () => undefined;
export const quietLog: AreaLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export class MemoryDocument implements DocumentStore {
  readonly path = '/nowhere/sites.json';
  #text = '{}';
  read(): Record<string, unknown> {
    return JSON.parse(this.#text);
  }
  write(document: Record<string, unknown>): void {
    this.#text = JSON.stringify(document);
  }
}

export class MemorySecrets implements SecretStore {
  state: SecretStore['state'] = { kind: 'os', chosen: false };
  readonly values = new Map<string, string>();
  /** Thrown by every call while set. */
  failure: Error | null = null;
  async get(name: string): Promise<string | null> {
    if (this.failure !== null) throw this.failure;
    return this.values.get(name) ?? null;
  }
  async set(name: string, value: string): Promise<void> {
    if (this.failure !== null) throw this.failure;
    this.values.set(name, value);
  }
  async delete(name: string): Promise<void> {
    if (this.failure !== null) throw this.failure;
    this.values.delete(name);
  }
}
