/**
 * The person's own SSH key for an account's sessions: for those that hold none for it, as when a `.ssh` folder with its own
 * `authorized_keys` is mounted (tunnels reference, section 3.4). Kept by the keychain, or in memory; never by a file.
 */
import { z } from 'zod';
import type { OwnKey } from '../../src-preload/contract/keys.ts';
import { BerthError } from '../base/berth-error.ts';
import { keyFileError, looksOf, openKey, readKeyFile } from './own-key-file.ts';
import type { SshIdentity } from './ssh-connection.ts';

/** Where secrets of accounts lie: the keychain, else this process's memory. */
export interface OwnKeyStore {
  get(accountId: string): Promise<string | null>;
  set(accountId: string, secret: string): Promise<'os' | 'memory'>;
  delete(accountId: string): Promise<void>;
}

const Kept = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), key: z.string(), passphrase: z.string().nullable() }),
  /** The person's SSH agent signs; nothing is kept but the wish. */
  z.object({ kind: z.literal('agent') }),
]);
type Kept = z.infer<typeof Kept>;

export interface OwnKeysDeps {
  readonly store: OwnKeyStore;
  /** What the store can do at all. */
  readonly keptIn: () => 'os' | 'memory';
  /** `SSH_AUTH_SOCK`, or null. */
  readonly agent: () => string | null;
  readonly onChanged: (accountId: string) => void;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

export class OwnKeys {
  readonly #deps: OwnKeysDeps;
  /** Where the last one went, which a store that refused decides. */
  readonly #keptIn = new Map<string, 'os' | 'memory'>();
  /** What the store said: a keychain takes its time, and links connect often. */
  readonly #known = new Map<string, Kept | null>();

  constructor(deps: OwnKeysDeps) {
    this.#deps = deps;
  }

  get hasAgent(): boolean {
    return this.#deps.agent() !== null;
  }

  /** What proves the person to a container, after its own key; null: nothing was chosen, or the keychain is locked. */
  async identity(accountId: string): Promise<SshIdentity | null> {
    const kept = await this.#read(accountId);
    if (kept === null) return null;
    if (kept.kind === 'file') return { kind: 'key', key: openKey({ text: kept.key, passphrase: kept.passphrase }) };
    const socket = this.#deps.agent();
    return socket === null ? null : { kind: 'agent', socket };
  }

  async describe(accountId: string): Promise<OwnKey | null> {
    const kept = await this.#read(accountId);
    return kept === null ? null : this.#view(accountId, kept);
  }

  /**
   * Reads a private key file and keeps what it holds for this account.
   * @throws BerthError `key-file`, whose reason tells when a passphrase is wanted
   */
  async chooseFile(accountId: string, path: string, passphrase: string | null): Promise<OwnKey> {
    const key = await readKeyFile(path);
    openKey({ text: key, passphrase });
    return this.#keep(accountId, { kind: 'file', key, passphrase });
  }

  /** @throws BerthError `key-file` where no agent runs */
  async chooseAgent(accountId: string): Promise<OwnKey> {
    if (!this.hasAgent) throw keyFileError('no-agent');
    return this.#keep(accountId, { kind: 'agent' });
  }

  async forget(accountId: string): Promise<void> {
    this.#keptIn.delete(accountId);
    this.#known.set(accountId, null);
    await this.#deps.store.delete(accountId);
    this.#deps.onChanged(accountId);
  }

  async #keep(accountId: string, kept: Kept): Promise<OwnKey> {
    this.#keptIn.set(accountId, await this.#deps.store.set(accountId, JSON.stringify(kept)));
    this.#known.set(accountId, kept);
    this.#deps.onChanged(accountId);
    return this.#view(accountId, kept);
  }

  #view(accountId: string, kept: Kept): OwnKey {
    const keptIn = this.#keptIn.get(accountId) ?? this.#deps.keptIn();
    if (kept.kind === 'agent') return { kind: 'agent', keptIn };
    return { kind: 'file', keptIn, ...looksOf(openKey({ text: kept.key, passphrase: kept.passphrase })) };
  }

  async #read(accountId: string): Promise<Kept | null> {
    const known = this.#known.get(accountId);
    if (known !== undefined) return known;
    try {
      const text = await this.#deps.store.get(accountId);
      const kept = text === null ? null : Kept.parse(JSON.parse(text));
      this.#known.set(accountId, kept);
      return kept;
    } catch (error) {
      // A locked keychain must not keep sessions from opening that need no key of the person's own.
      this.#deps.log.warn('The own SSH key could not be read', {
        error: error instanceof BerthError ? error : 'shape',
      });
      return null;
    }
  }
}
