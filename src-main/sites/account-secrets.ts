/** Credentials of accounts: the host's store first, this process's memory when the store cannot keep them. */
import { z } from 'zod';
import type { Credential } from '../backend/credential.ts';
import type { SecretStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';

/** What is no plain secret key is written with this in front. */
const mark = 'berth:1:';

const Packed = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keypair'), secretKey: z.string(), logoutToken: z.string().nullable().catch(null) }),
  z.object({
    kind: z.literal('session'),
    id: z.string(),
    cookie: z.string().nullable(),
    endsAt: z.number().nullable().catch(null),
  }),
]);

/** Secrets under one prefix, kept by the store or, where it refuses, as long as Berth runs. */
export class KeptSecrets {
  readonly #store: SecretStore;
  readonly #log: AreaLog;
  readonly #prefix: string;
  readonly #memory = new Map<string, string>();

  constructor(store: SecretStore, log: AreaLog, prefix: string) {
    this.#store = store;
    this.#log = log;
    this.#prefix = prefix;
  }

  /** Null: there is none where it should be. Throws what the store throws. */
  async get(name: string): Promise<string | null> {
    return this.#memory.get(name) ?? (await this.#store.get(this.#prefix + name));
  }

  /** Where it is kept now. A store that refuses is no reason not to go on: the secret then lives as long as Berth. */
  async set(name: string, secret: string): Promise<'os' | 'memory'> {
    try {
      await this.#store.set(this.#prefix + name, secret);
      this.#memory.delete(name);
      return this.#store.state.kind;
    } catch (error) {
      this.#log.warn('The secret store refused; keeping the secret in memory', { error });
      this.#memory.set(name, secret);
      return 'memory';
    }
  }

  async delete(name: string): Promise<void> {
    this.#memory.delete(name);
    await this.#store.delete(this.#prefix + name);
  }
}

export class AccountSecrets {
  readonly #kept: KeptSecrets;

  constructor(store: SecretStore, log: AreaLog) {
    this.#kept = new KeptSecrets(store, log, 'account:');
  }

  /** Null: there is none where it should be. Throws what the store throws. */
  async get(accountId: string, accessKey: string): Promise<Credential | null> {
    const text = await this.#kept.get(accountId);
    if (text === null) return null;
    if (!text.startsWith(mark)) return { kind: 'keypair', accessKey, secretKey: text, logoutToken: null };
    const packed = Packed.safeParse(parse(text.slice(mark.length)));
    return packed.success ? { accessKey, ...packed.data } : null;
  }

  set(accountId: string, credential: Credential): Promise<'os' | 'memory'> {
    const { accessKey: _, ...rest } = credential;
    const plain = credential.kind === 'keypair' && credential.logoutToken === null;
    return this.#kept.set(accountId, plain ? credential.secretKey : mark + JSON.stringify(Packed.parse(rest)));
  }

  delete(accountId: string): Promise<void> {
    return this.#kept.delete(accountId);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not what Berth wrote: as good as none.
    return null;
  }
}
