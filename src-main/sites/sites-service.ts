/**
 * Sites and the accounts on them: signing in and out, remembering, coming back after a restart. Secrets go to the secret
 * store only; what is written, emitted or logged here never holds one.
 */
import { randomUUID } from 'node:crypto';
import type { Account, ProbeResult, SignInInput, Site } from '../../src-preload/contract/sites.ts';
import type { Authenticator } from '../backend/authenticator.ts';
import type { Probed } from '../backend/probe.ts';
import type { Accounts, SiteApi } from '../backend/site-api.ts';
import type { Hello } from '../backend/version-gates.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { Emitter, type Unsubscribe } from '../base/emitter.ts';
import type { Emit } from '../handlers.ts';
import type { DocumentStore, SecretStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';
import { AccountConnection, type Connected, type ConnectedApi } from './account-connection.ts';
import { AccountSecrets } from './account-secrets.ts';
import { nextColour } from './colour-policy.ts';
import { type RememberedAccount, type RememberedSite, SiteBook } from './site-book.ts';

export interface ApiRequest {
  readonly endpoint: string;
  readonly authenticator: Authenticator;
  readonly hello: Hello;
  readonly clock: Clock;
  readonly offerNotInstalled: boolean;
}

export interface SitesServiceOptions {
  /** The document named `sites`. */
  readonly documents: DocumentStore;
  readonly secrets: SecretStore;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly createApi: (request: ApiRequest) => ConnectedApi;
  readonly log: AreaLog;
  /** Tells the log a secret, so that it is taken out of every line. */
  readonly redact?: (secret: string) => void;
  /** Proves requests by keypair. */
  readonly createAuthenticator: (accessKey: string, secretKey: string) => Authenticator;
  /** Looks what answers at an endpoint; throws BerthError. */
  readonly probe: (endpoint: string, signal?: AbortSignal) => Promise<Probed>;
  /** The same as an answer for the sign-in form. */
  readonly probeEndpoint: (endpoint: string, signal?: AbortSignal) => Promise<ProbeResult>;
  readonly random?: () => number;
}

interface LiveAccount {
  readonly remembered: RememberedAccount;
  readonly connection: AccountConnection;
}

const sandboxName = 'Local sandbox';

export class SitesService implements Accounts {
  readonly #options: SitesServiceOptions;
  readonly #book: SiteBook;
  readonly #secrets: AccountSecrets;
  readonly #sites = new Map<string, RememberedSite>();
  readonly #accounts = new Map<string, LiveAccount>();
  readonly #signedOut = new Emitter<string>();
  readonly #connected = new Emitter<string>();

  constructor(options: SitesServiceOptions) {
    this.#options = options;
    this.#book = new SiteBook(options.documents);
    this.#secrets = new AccountSecrets(options.secrets, options.log);
  }

  /** Takes up what was remembered and begins to connect. Resolves at once; states arrive as events. */
  restore(): void {
    const { sites, accounts } = this.#book.read();
    for (const site of sites) this.#sites.set(site.id, site);
    for (const account of accounts) void this.#add(account).connect();
  }

  list(): Site[] {
    return [...this.#sites.values()].map((site) => {
      const live = [...this.#accounts.values()].filter(({ remembered }) => remembered.siteId === site.id);
      const manager = live.map(({ connection }) => connection.connected?.manager).find((text) => text !== undefined);
      return { ...site, ...(manager === undefined ? {} : { manager }), accounts: live.map(toAccount) };
    });
  }

  probe(endpoint: string, signal?: AbortSignal): Promise<ProbeResult> {
    return this.#options.probeEndpoint(endpoint, signal);
  }

  /** Throws BerthError for whatever keeps the account from being used; nothing is stored then. */
  async signIn(input: SignInInput, signal?: AbortSignal): Promise<{ accountId: string }> {
    const accountId = await this.#signIn(input.endpoint, input.accessKey, input.secretKey, null, signal);
    return { accountId };
  }

  /** Signs in to the sandbox of this computer; a sandbox that came back on another port stays the same site. */
  addSandboxAccount(input: { endpoint: string; accessKey: string; secretKey: string }): Promise<string> {
    return this.#signIn(input.endpoint, input.accessKey, input.secretKey, sandboxName);
  }

  async signOut(accountId: string): Promise<void> {
    const account = this.#account(accountId);
    account.connection.dispose();
    this.#accounts.delete(accountId);
    this.#save();
    this.#changed();
    this.#signedOut.emit(accountId);
    await this.#secrets.delete(accountId);
  }

  /** Tries once now; the account's state tells what came of it. */
  async reconnect(accountId: string): Promise<void> {
    await this.#account(accountId).connection.connect();
  }

  /** Somebody met an error on this account's API: a lost site or a refused key shows in the account's state. */
  report(accountId: string, error: unknown): void {
    if (error instanceof BerthError) this.#accounts.get(accountId)?.connection.report(error);
  }

  api(accountId: string): SiteApi {
    const { connection } = this.#account(accountId);
    if (connection.connected !== null && connection.state !== 'signed-out') return connection.connected.api;
    throw connection.error ?? new BerthError('signed-out', { place: 'computer', retry: 'auto' });
  }

  site(accountId: string): { readonly id: string; readonly name: string; readonly colour: string } {
    const site = this.#sites.get(this.#account(accountId).remembered.siteId);
    if (site === undefined) throw new BerthError('account-missing', { place: 'computer' });
    return { id: site.id, name: site.name, colour: site.colour };
  }

  onSignedOut(listener: (accountId: string) => void): Unsubscribe {
    return this.#signedOut.on(listener);
  }

  /** Calls back each time an account can be used (again). */
  onConnected(listener: (accountId: string) => void): Unsubscribe {
    return this.#connected.on(listener);
  }

  dispose(): void {
    for (const { connection } of this.#accounts.values()) connection.dispose();
  }

  async #signIn(
    endpointText: string,
    accessKey: string,
    secretKey: string,
    sandbox: string | null,
    signal?: AbortSignal,
  ): Promise<string> {
    const probed = await this.#probe(endpointText, signal);
    if (probed.mode !== 'api') {
      throw new BerthError('unsupported', {
        place: 'site',
        params: { feature: 'session-mode', host: probed.endpoint },
      });
    }
    const connected = await this.#prove(probed, accessKey, secretKey, sandbox !== null, signal);
    const site = this.#siteFor(probed.endpoint, sandbox);
    const before = [...this.#accounts.values()].find(
      ({ remembered }) => remembered.siteId === site.id && remembered.accessKey === accessKey,
    );
    const id = before?.remembered.id ?? randomUUID();
    const secretKeptIn = await this.#secrets.set(id, secretKey);
    before?.connection.dispose();
    this.#sites.set(site.id, site);
    // A sandbox has one account; another one is of a sandbox whose data folder is gone.
    if (site.isSandbox) await this.#forgetOthers(site.id, id);
    const email = connected.identity.email;
    const connection = this.#add({
      id,
      siteId: site.id,
      mode: 'api',
      accessKey,
      ...(email === '' ? {} : { email }),
      secretKeptIn,
    });
    this.#save();
    connection.adopt(connected);
    return id;
  }

  async #forgetOthers(siteId: string, keptId: string): Promise<void> {
    const others = [...this.#accounts.values()].filter(
      ({ remembered }) => remembered.siteId === siteId && remembered.id !== keptId,
    );
    for (const { remembered } of others) await this.signOut(remembered.id);
  }

  /** Same endpoint, same site; the sandbox is one site whatever its port. */
  #siteFor(endpoint: string, sandbox: string | null): RememberedSite {
    const sites = [...this.#sites.values()];
    const same = sites.find((site) => (sandbox === null ? site.endpoint === endpoint : site.isSandbox));
    if (same !== undefined) return { ...same, endpoint };
    return {
      id: randomUUID(),
      name: sandbox ?? new URL(endpoint).host,
      endpoint,
      colour: nextColour(sites.map((site) => site.colour)),
      isSandbox: sandbox !== null,
    };
  }

  #add(remembered: RememberedAccount): AccountConnection {
    const connection = new AccountConnection({
      connect: (signal) => this.#connect(remembered, signal),
      clock: this.#options.clock,
      random: this.#options.random ?? Math.random,
      onChange: () => this.#changed(),
      onConnected: () => this.#connected.emit(remembered.id),
    });
    this.#accounts.set(remembered.id, { remembered, connection });
    return connection;
  }

  async #connect(remembered: RememberedAccount, signal: AbortSignal): Promise<Connected> {
    const site = this.#sites.get(remembered.siteId);
    if (site === undefined) throw new BerthError('account-missing', { place: 'computer' });
    const secretKey = await this.#secretOf(remembered);
    if (secretKey === null) {
      // Kept in memory before a restart: gone as announced. Kept by the system: a locked keychain, not a sign-out.
      throw new BerthError(remembered.secretKeptIn === 'memory' ? 'signed-out' : 'secrets-locked', {
        place: 'computer',
        retry: 'user',
      });
    }
    const probed = await this.#probe(site.endpoint, signal);
    return await this.#prove(probed, remembered.accessKey, secretKey, site.isSandbox, signal);
  }

  async #secretOf({ id, secretKeptIn }: RememberedAccount): Promise<string | null> {
    try {
      return await this.#secrets.get(id);
    } catch (error) {
      // It was never in a keychain, so a keychain that cannot be used is no reason to wait for one.
      if (secretKeptIn === 'memory' && error instanceof BerthError) return null;
      throw error;
    }
  }

  async #prove(
    { endpoint, hello }: Probed,
    accessKey: string,
    secretKey: string,
    isSandbox: boolean,
    signal?: AbortSignal,
  ): Promise<Connected> {
    const { clock, createApi } = this.#options;
    this.#options.redact?.(secretKey);
    const authenticator = this.#options.createAuthenticator(accessKey, secretKey);
    const api = createApi({ endpoint, authenticator, hello, clock, offerNotInstalled: isSandbox });
    try {
      return { api, identity: await api.identity(signal), manager: hello.manager };
    } catch (error) {
      api.dispose?.();
      throw error;
    }
  }

  #probe(endpoint: string, signal?: AbortSignal): Promise<Probed> {
    return this.#options.probe(endpoint, signal);
  }

  #account(accountId: string): LiveAccount {
    const account = this.#accounts.get(accountId);
    if (account === undefined) throw new BerthError('account-missing', { place: 'computer' });
    return account;
  }

  #save(): void {
    this.#book.write({
      sites: [...this.#sites.values()],
      accounts: [...this.#accounts.values()].map(({ remembered }) => remembered),
    });
  }

  #changed(): void {
    this.#options.emit('sites', 'changed', this.list());
  }
}

function toAccount({ remembered, connection }: LiveAccount): Account {
  const { id, siteId, accessKey, mode, secretKeptIn } = remembered;
  const { state, error, connected } = connection;
  const email = connected?.identity.email ?? remembered.email;
  return {
    id,
    siteId,
    label: email === undefined || email === '' ? accessKey : email,
    accessKey,
    mode,
    state,
    ...(error === null ? {} : { error: error.toValue() }),
    secretKeptIn: state === 'signed-out' && error?.code === 'signed-out' ? 'nowhere' : secretKeptIn,
    ...(email === undefined ? {} : { email }),
    ...(connected === null ? {} : { domain: connected.identity.domain, role: connected.identity.role }),
    projects: connected === null ? [] : [...connected.identity.projects],
  };
}
