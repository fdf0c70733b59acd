/**
 * Sites and the accounts on them: signing in and out, remembering, coming back after a restart. Secrets go to the secret
 * store only; what is written, emitted or logged here never holds one.
 */
import { randomUUID } from 'node:crypto';
import type { Certificate, ConnectionChange, SiteConnection } from '../../src-preload/contract/site-connection.ts';
import type {
  ProbeResult,
  SignInInput,
  SignInReply,
  SignInStep,
  Site,
  SiteChange,
} from '../../src-preload/contract/sites.ts';
import type { Credential } from '../backend/credential.ts';
import type { Route } from '../backend/route.ts';
import type { Accounts, SiteApi } from '../backend/site-api.ts';
import type { SiteWire } from '../backend/site-wire.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { Emitter, type Unsubscribe } from '../base/emitter.ts';
import type { Emit } from '../handlers.ts';
import type { DocumentStore, SecretStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';
import { AccountAccess } from './account-access.ts';
import { AccountConnection, type Connected } from './account-connection.ts';
import { AccountSecrets, KeptSecrets } from './account-secrets.ts';
import { type LiveAccount, toAccount } from './account-view.ts';
import { nextColour } from './colour-policy.ts';
import { type SignInOutcome, SignIns, type Way } from './sign-ins.ts';
import { type RememberedAccount, type RememberedSite, SiteBook } from './site-book.ts';
import { SiteConnections } from './site-connections.ts';

export interface SitesServiceOptions {
  /** The document named `sites`. */
  readonly documents: DocumentStore;
  readonly secrets: SecretStore;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly wire: SiteWire;
  readonly log: AreaLog;
  /** Tells the log a secret, so that it is taken out of every line. */
  readonly redact?: (secret: string) => void;
  readonly random?: () => number;
}

const sandboxName = 'Local sandbox';

export class SitesService implements Accounts {
  readonly #options: SitesServiceOptions;
  readonly #book: SiteBook;
  readonly #secrets: AccountSecrets;
  readonly #connections: SiteConnections;
  readonly #access: AccountAccess;
  readonly #signIns: SignIns;
  readonly #sites = new Map<string, RememberedSite>();
  readonly #accounts = new Map<string, LiveAccount>();
  readonly #signedOut = new Emitter<string>();
  readonly #connected = new Emitter<string>();
  /** One sign-in after the other becomes an account: two at once to one new endpoint make one site. */
  #entering: Promise<unknown> = Promise.resolve();

  constructor(options: SitesServiceOptions) {
    this.#options = options;
    this.#book = new SiteBook(options.documents);
    this.#secrets = new AccountSecrets(options.secrets, options.log);
    this.#signIns = new SignIns(options.clock, (secret) => this.#redact(secret));
    this.#connections = new SiteConnections({
      wire: options.wire,
      passwords: new KeptSecrets(options.secrets, options.log, 'proxy:'),
      remembered: (endpoint) => this.#siteAt(endpoint)?.connection,
      redact: (secret) => this.#redact(secret),
    });
    this.#access = new AccountAccess({
      ...options,
      secrets: this.#secrets,
      connections: this.#connections,
      redact: (secret) => this.#redact(secret),
    });
  }

  /** Takes up what was remembered and begins to connect. Resolves at once; states arrive as events. */
  restore(): void {
    const { sites, accounts } = this.#book.read();
    for (const site of sites) this.#sites.set(site.id, site);
    for (const account of accounts) void this.#add(account).connect();
  }

  list(): Site[] {
    return [...this.#sites.values()].map(({ connection: _, ...site }) => {
      const live = this.#accountsOf(site.id);
      const manager = live.map(({ connection }) => connection.connected?.manager).find((text) => text !== undefined);
      return { ...site, ...(manager === undefined ? {} : { manager }), accounts: live.map(toAccount) };
    });
  }

  async probe(text: string, signal?: AbortSignal): Promise<ProbeResult> {
    const { wire, clock } = this.#options;
    return await wire.probeResult(
      (async () => {
        const endpoint = wire.normaliseEndpoint(text);
        return await wire.probe(endpoint, { route: await this.#connections.routeTo(endpoint), clock, signal });
      })(),
    );
  }

  /** Throws BerthError for whatever keeps the account from being used; nothing is stored then. */
  async signIn(input: SignInInput, signal?: AbortSignal): Promise<SignInStep> {
    const way = await this.#wayTo(input.endpoint, signal);
    const { modes } = way.probed;
    if (input.mode === 'api') {
      if (!modes.includes('api')) {
        throw new BerthError('unsupported', { place: 'site', params: { feature: 'keys', host: way.probed.endpoint } });
      }
      const { accessKey, secretKey } = input;
      const credential: Credential = { kind: 'keypair', accessKey, secretKey, logoutToken: null };
      return { step: 'done', accountId: await this.#enter(way, credential, null, null, signal) };
    }
    const { email: username, password, domain } = input;
    const door = this.#options.wire.openDoor(way.probed.mode, { ...way, clock: this.#options.clock });
    const outcome = await this.#signIns.begin(way, door, { username, password, domain }, signal);
    return await this.#follow(outcome, signal);
  }

  /** Throws BerthError; a refused code or password may be replied to again. */
  async reply(reply: SignInReply, signal?: AbortSignal): Promise<SignInStep> {
    return await this.#follow(await this.#signIns.reply(reply, signal), signal);
  }

  giveUp(attempt: string): void {
    this.#signIns.cancel(attempt);
  }

  /** Signs in to the sandbox of this computer; a sandbox that came back on another port stays the same site. */
  async addSandboxAccount(input: { endpoint: string; accessKey: string; secretKey: string }): Promise<string> {
    const { endpoint, accessKey, secretKey } = input;
    const credential: Credential = { kind: 'keypair', accessKey, secretKey, logoutToken: null };
    return await this.#enter(await this.#wayTo(endpoint), credential, null, sandboxName);
  }

  async signOut(accountId: string): Promise<void> {
    const account = this.#account(accountId);
    const { remembered, connection } = account;
    const ended =
      connection.state === 'signed-in' ? this.#access.endOnSite(this.#site(remembered.siteId), remembered) : null;
    connection.dispose();
    this.#accounts.delete(accountId);
    this.#save();
    this.#changed();
    this.#signedOut.emit(accountId);
    await ended;
    await this.#secrets.delete(accountId);
  }

  /** Tries once now; the account's state tells what came of it. */
  async reconnect(accountId: string): Promise<void> {
    await this.#account(accountId).connection.connect();
  }

  /** The machine slept: signs of life are old, and a sign-in may have ended meanwhile. */
  resume(): void {
    for (const { connection } of this.#accounts.values()) {
      if (connection.state !== 'signed-out') void connection.connect();
    }
  }

  /** Throws BerthError `unsupported` where the site does not offer it. */
  async extend(accountId: string): Promise<void> {
    const { remembered, connection } = this.#account(accountId);
    const endsAt = await this.#access.extend(this.#site(remembered.siteId), remembered);
    connection.extendedTo(endsAt);
  }

  update({ siteId, name, colour }: SiteChange): void {
    const site = this.#site(siteId);
    this.#sites.set(siteId, { ...site, name: name ?? site.name, colour: colour ?? site.colour });
    this.#save();
    this.#changed();
  }

  /** Throws BerthError `invalid-input` while there is an account on it. */
  async remove(siteId: string): Promise<void> {
    const { endpoint } = this.#site(siteId);
    if (this.#accountsOf(siteId).length > 0) {
      throw new BerthError('invalid-input', { place: 'computer', params: { field: 'siteId', reason: 'in-use' } });
    }
    this.#sites.delete(siteId);
    this.#save();
    this.#changed();
    await this.#connections.forget(endpoint);
  }

  /** Trust and proxy of requests to this endpoint, be it a site's or not. Throws BerthError `invalid-input` or `proxy`. */
  routeTo(text: string): Promise<Route> {
    return this.#connections.routeTo(this.#options.wire.normaliseEndpoint(text));
  }

  connectionTo(text: string): Promise<SiteConnection> {
    return this.#connections.describe(this.#options.wire.normaliseEndpoint(text));
  }

  /** Accounts of the site connect anew by the new settings. Throws BerthError `invalid-input` or `proxy`. */
  async setConnection(text: string, change: ConnectionChange): Promise<SiteConnection> {
    const endpoint = this.#options.wire.normaliseEndpoint(text);
    const connection = await this.#connections.change(endpoint, change);
    const site = this.#siteAt(endpoint);
    if (site !== undefined) {
      this.#sites.set(site.id, { ...site, connection });
      this.#save();
      for (const { remembered, connection: old } of this.#accountsOf(site.id)) {
        old.dispose();
        void this.#add(remembered).connect();
      }
      this.#changed();
    }
    return await this.#connections.describe(endpoint);
  }

  inspect(text: string, signal?: AbortSignal): Promise<Certificate> {
    return this.#connections.inspect(this.#options.wire.normaliseEndpoint(text), signal);
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
    const { id, name, colour } = this.#site(this.#account(accountId).remembered.siteId);
    return { id, name, colour };
  }

  onSignedOut(listener: (accountId: string) => void): Unsubscribe {
    return this.#signedOut.on(listener);
  }

  /** Calls back each time an account can be used (again). */
  onConnected(listener: (accountId: string) => void): Unsubscribe {
    return this.#connected.on(listener);
  }

  dispose(): void {
    this.#signIns.dispose();
    for (const { connection } of this.#accounts.values()) connection.dispose();
  }

  async #follow(outcome: SignInOutcome, signal?: AbortSignal): Promise<SignInStep> {
    if (outcome.kind === 'step') return outcome.step;
    const { way, credential, username } = outcome;
    return { step: 'done', accountId: await this.#enter(way, credential, username, null, signal) };
  }

  async #wayTo(text: string, signal?: AbortSignal): Promise<Way> {
    const { wire, clock } = this.#options;
    const endpoint = wire.normaliseEndpoint(text);
    const route = await this.#connections.routeTo(endpoint);
    return { route, probed: await wire.probe(endpoint, { route, clock, signal }) };
  }

  /** Proves the credential, then makes it an account of its site. */
  async #enter(
    way: Way,
    credential: Credential,
    username: string | null,
    sandbox: string | null,
    signal?: AbortSignal,
  ): Promise<string> {
    const request = { ...way, credential, clock: this.#options.clock, offerNotInstalled: sandbox !== null };
    const connected = await this.#access.prove(request, signal);
    const entered = this.#entering.then(() => this.#settle(way, credential, username, sandbox, connected));
    this.#entering = entered.catch(() => undefined);
    return await entered;
  }

  async #settle(
    { probed }: Way,
    credential: Credential,
    username: string | null,
    sandbox: string | null,
    connected: Connected,
  ): Promise<string> {
    const site = this.#siteFor(probed.endpoint, sandbox, shortName(probed.config?.siteName));
    const email = connected.identity.email || username || '';
    const mode = credential.kind === 'session' ? 'session' : 'api';
    const { accessKey } = credential;
    const before = this.#accountsOf(site.id).find(
      ({ remembered: it }) =>
        it.accessKey === accessKey || (mode === 'session' && it.mode === mode && it.email === email),
    );
    const id = before?.remembered.id ?? randomUUID();
    const secretKeptIn = await this.#secrets.set(id, credential);
    before?.connection.dispose();
    this.#sites.set(site.id, site);
    // A sandbox has one account; another one is of a sandbox whose data folder is gone.
    if (site.isSandbox) await this.#forgetOthers(site.id, id);
    const connection = this.#add({
      id,
      siteId: site.id,
      mode,
      accessKey,
      ...(email === '' ? {} : { email }),
      secretKeptIn,
    });
    this.#save();
    connection.adopt(connected);
    return id;
  }

  async #forgetOthers(siteId: string, keptId: string): Promise<void> {
    for (const { remembered } of this.#accountsOf(siteId)) {
      if (remembered.id !== keptId) await this.signOut(remembered.id);
    }
  }

  /** Same endpoint, same site; the sandbox is one site whatever its port. */
  #siteFor(endpoint: string, sandbox: string | null, ownName: string | null): RememberedSite {
    const sites = [...this.#sites.values()];
    const same = sites.find((site) => (sandbox === null ? site.endpoint === endpoint : site.isSandbox));
    if (same !== undefined) return { ...same, endpoint };
    return {
      id: randomUUID(),
      name: sandbox ?? ownName ?? new URL(endpoint).host,
      endpoint,
      colour: nextColour(sites.map((site) => site.colour)),
      isSandbox: sandbox !== null,
      connection: this.#connections.of(endpoint),
    };
  }

  #add(remembered: RememberedAccount): AccountConnection {
    const connection = new AccountConnection({
      connect: async (signal) => this.#access.connect(this.#site(remembered.siteId), remembered, signal),
      clock: this.#options.clock,
      random: this.#options.random ?? Math.random,
      onChange: () => this.#changed(),
      onConnected: () => this.#connected.emit(remembered.id),
    });
    this.#accounts.set(remembered.id, { remembered, connection });
    return connection;
  }

  #siteAt(endpoint: string): RememberedSite | undefined {
    return [...this.#sites.values()].find((site) => site.endpoint === endpoint);
  }

  #site(siteId: string): RememberedSite {
    const site = this.#sites.get(siteId);
    if (site === undefined) throw new BerthError('account-missing', { place: 'computer' });
    return site;
  }

  #accountsOf(siteId: string): LiveAccount[] {
    return [...this.#accounts.values()].filter(({ remembered }) => remembered.siteId === siteId);
  }

  #account(accountId: string): LiveAccount {
    const account = this.#accounts.get(accountId);
    if (account === undefined) throw new BerthError('account-missing', { place: 'computer' });
    return account;
  }

  #redact(secret: string): void {
    this.#options.redact?.(secret);
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

/** What a site calls itself, where that is a name; some write a sentence there. */
function shortName(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && text.length <= 32 ? text : null;
}
