/**
 * Sessions in the person's SSH configuration: which there are, under which name, and the agents that hold their keys. One
 * step at a time; what was begun and failed is taken back.
 */
import { z } from 'zod';
import { AccountId, type SessionRef, Uuid } from '../../src-preload/contract/common.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { SshEntry, type SshKeyBy } from '../../src-preload/contract/ssh.ts';
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Disposable } from '../base/disposable.ts';
import type { DocumentStore } from '../hosts/host.ts';
import type { KeySigner } from '../links/key-signer.ts';
import { sshUser } from '../links/link-policy.ts';
import type { LinksService } from '../links/links-service.ts';
import { startAgent } from './agent-socket.ts';
import type { EntryParts } from './config-text-policy.ts';
import { sshName } from './host-names-policy.ts';
import { PinFiles } from './pin-files.ts';
import { hostAlias } from './ssh-command.ts';
import { SshFiles } from './ssh-files.ts';

export interface SshEntriesDeps {
  readonly links: LinksService;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  /** Calls back each time an account can be used again. */
  onConnected(listener: (accountId: string) => void): () => void;
  /** What is known of a session, else what its site says. Throws BerthError `session-gone`. */
  session(ref: SessionRef): Promise<Session>;
  readonly store: DocumentStore;
  readonly dataDir: string;
  readonly home: string;
  readonly isWindows: boolean;
  readonly proxyCommand: (ref: SessionRef) => string;
  /** A fresh address that only this person can reach. */
  readonly privateSocket: () => string;
  readonly signerOf: (privateKey: string) => KeySigner;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

const Entry = z.object({
  accountId: AccountId,
  sessionId: Uuid,
  alias: z.string(),
  keyBy: SshEntry.shape.keyBy,
  /** The public half, as in a `.pub` file; null for a key of the person's own. */
  publicKey: z
    .string()
    .regex(/^[\w@.-]+ [A-Za-z0-9+/=]+$/)
    .nullable(),
});
type Entry = z.infer<typeof Entry>;
const Kept = z.object({
  entries: z.array(Entry).catch([]),
  made: z.object({ folder: z.boolean(), file: z.boolean() }).catch({ folder: false, file: false }),
});

const isOf = (entry: Entry, ref: SessionRef): boolean =>
  entry.accountId === ref.accountId && entry.sessionId === ref.sessionId;

export class SshEntries implements Disposable {
  readonly files: SshFiles;
  /** For the command that the person copies. */
  readonly pins: PinFiles;
  readonly #deps: SshEntriesDeps;
  readonly #agents = new Map<string, { readonly address: string; readonly agent: Disposable }>();
  readonly #off: (() => void)[];
  #kept: z.infer<typeof Kept>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: SshEntriesDeps) {
    this.#deps = deps;
    this.files = new SshFiles(deps);
    this.pins = new PinFiles({ ...deps, hostKeys: deps.links.hostKeys });
    this.#kept = Kept.parse({ entries: [], made: null, ...deps.store.read() });
    this.#off = [
      deps.known.onEnded((accountId, sessionId) => this.#drop((it) => isOf(it, { accountId, sessionId }))),
      deps.accounts.onSignedOut((accountId) => this.#drop((it) => it.accountId === accountId)),
      deps.onConnected((accountId) => void this.#dropEnded(accountId)),
    ];
  }

  /** Takes up what an earlier Berth left: agents listen again, at new addresses. */
  async start(): Promise<void> {
    await this.#oneByOne(async () => {
      if (this.#kept.entries.length === 0 && !(await this.files.hasOwnConfig())) return;
      for (const entry of this.#kept.entries) if (entry.keyBy === 'agent') await this.#listen(entry).catch(this.#warn);
      await this.#write();
    }).catch(this.#warn);
  }

  entry(ref: SessionRef): SshEntry | null {
    const entry = this.#find(ref);
    return entry ? this.#shown(entry) : null;
  }

  /** What the session is called, or would be. */
  async alias(ref: SessionRef, sessionName: string): Promise<string> {
    const taken = this.#kept.entries.filter((it) => !isOf(it, ref)).map((it) => it.alias);
    return this.#find(ref)?.alias ?? sshName(sessionName, taken, await this.files.hostsInUse());
  }

  /**
   * @throws BerthError `ssh-config` where the configuration cannot be written, or what kept Berth from the session: its
   * key has to be seen and its host key pinned first
   */
  async add(ref: SessionRef, keyBy: SshKeyBy, signal: AbortSignal): Promise<SshEntry> {
    this.files.checkFolder();
    const session = await this.#deps.session(ref);
    const use = this.#deps.links.acquire(ref, { kind: 'files' });
    try {
      await use.ready(signal);
    } finally {
      await use.dispose();
    }
    const privateKey = await this.#deps.links.key(ref, signal).catch((error: unknown) => {
      // The link is up, so there is another: the person's own, which their programs find by themselves.
      if (error instanceof BerthError && error.code === 'key-missing') return null;
      throw error;
    });
    const publicKey = privateKey === null ? null : this.#deps.signerOf(privateKey).publicLine;
    const by = privateKey === null ? 'own' : keyBy;
    return this.#oneByOne(async () => {
      const { accountId, sessionId } = ref;
      const alias = await this.alias(ref, session.name);
      const entry: Entry = { accountId, sessionId, alias, keyBy: by, publicKey };
      const others = this.#kept.entries.filter((it) => !isOf(it, ref));
      this.#keep({ ...this.#kept, entries: [...others, entry] });
      try {
        await this.#stopAgent(sessionId);
        await this.files.writeKey(sessionId, publicKey, by === 'file' ? privateKey : null);
        await this.#writePin(entry);
        if (by === 'agent') await this.#listen(entry);
        await this.#write();
        const made = await this.files.include();
        if (made.file) this.#keep({ ...this.#kept, made });
      } catch (error) {
        // The reason counts, not what else may fail on the way back.
        await this.#forget([entry]).catch(this.#warn);
        throw error;
      }
      return this.#shown(entry);
    });
  }

  /** @throws BerthError `ssh-config` when the one line had to stay, because the configuration cannot be written */
  async remove(ref: SessionRef): Promise<void> {
    await this.#oneByOne(async () => {
      const entry = this.#find(ref);
      if (entry) await this.#forget([entry]);
    });
  }

  /** The pinned host key as it is now, written before a program that asked for a way in compares it. */
  async refreshPin(ref: SessionRef): Promise<void> {
    if (!this.#find(ref)) return;
    await this.#oneByOne(async () => {
      const entry = this.#find(ref);
      if (entry) await this.#writePin(entry);
    });
  }

  async dispose(): Promise<void> {
    for (const off of this.#off) off();
    await this.pins.dispose();
    await this.#last;
    for (const sessionId of [...this.#agents.keys()]) await this.#stopAgent(sessionId);
  }

  readonly #warn = (error: unknown): void =>
    this.#deps.log.warn('SSH for other programs is not as it should be', { error });

  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #keep(next: z.infer<typeof Kept>): void {
    this.#kept = next;
    try {
      this.#deps.store.write(next);
    } catch (error) {
      this.#warn(error);
    }
  }

  #find(ref: SessionRef): Entry | undefined {
    return this.#kept.entries.find((it) => isOf(it, ref));
  }

  #shown({ alias, keyBy, sessionId }: Entry): SshEntry {
    return { alias, keyBy, keyFile: keyBy === 'file' ? this.files.keyFile(sessionId) : null };
  }

  #drop(matches: (entry: Entry) => boolean): void {
    if (!this.#kept.entries.some(matches)) return;
    this.#oneByOne(() => this.#forget(this.#kept.entries.filter(matches))).catch(this.#warn);
  }

  /** Sessions that ended while Berth did not run. */
  async #dropEnded(accountId: string): Promise<void> {
    for (const entry of this.#kept.entries.filter((it) => it.accountId === accountId)) {
      try {
        const { family } = await this.#deps.session(entry);
        if (family === 'finished') this.#drop((it) => isOf(it, entry));
      } catch (error) {
        if (error instanceof BerthError && error.code === 'session-gone') this.#drop((it) => isOf(it, entry));
        else this.#warn(error);
      }
    }
  }

  async #forget(gone: readonly Entry[]): Promise<void> {
    this.#keep({ ...this.#kept, entries: this.#kept.entries.filter((it) => !gone.some((one) => isOf(one, it))) });
    for (const { sessionId } of gone) {
      await this.#stopAgent(sessionId);
      await this.files.removeSession(sessionId);
    }
    await this.#write();
  }

  async #writePin({ accountId, sessionId }: Entry): Promise<void> {
    const siteId = this.#deps.accounts.site(accountId).id;
    const line = this.#deps.links.hostKeys.knownHostsLine(siteId, sessionId, hostAlias(sessionId));
    await this.files.writePin(sessionId, line);
  }

  async #write(): Promise<void> {
    const { entries, made } = this.#kept;
    if (entries.length > 0) {
      await this.files.writeConfig(entries.map((entry) => this.#parts(entry)));
      return;
    }
    await this.files.removeAll(made);
    this.#keep({ entries, made: { folder: false, file: false } });
  }

  #parts(entry: Entry): EntryParts {
    const { sessionId, alias } = entry;
    const agent = this.#agents.get(sessionId)?.address ?? null;
    return {
      alias,
      sessionId,
      user: sshUser,
      knownHostsFile: this.files.knownHostsFile(sessionId),
      identityFile:
        entry.keyBy === 'own'
          ? null
          : entry.keyBy === 'file'
            ? this.files.keyFile(sessionId)
            : this.files.publicKeyFile(sessionId),
      agent,
      proxyCommand: this.#deps.proxyCommand({ accountId: entry.accountId, sessionId }),
    };
  }

  async #listen(entry: Entry): Promise<void> {
    const { links, signerOf, isWindows, log } = this.#deps;
    const address = this.#deps.privateSocket();
    const agent = await startAgent({
      address,
      user: sshUser,
      comment: entry.alias,
      publicBlob: Buffer.from(entry.publicKey?.split(' ')[1] ?? '', 'base64'),
      signer: async () => signerOf(await links.key(entry)),
      isWindows,
      onProblem: (error) => log.warn('A program asked for a signature in vain', { error }),
    });
    this.#agents.set(entry.sessionId, { address, agent });
  }

  async #stopAgent(sessionId: string): Promise<void> {
    const found = this.#agents.get(sessionId);
    this.#agents.delete(sessionId);
    await found?.agent.dispose();
  }
}
