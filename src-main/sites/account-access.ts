/** From a remembered account to a working connection: its secret, the way to its site, the proof that both fit. */
import type { Credential } from '../backend/credential.ts';
import type { AccountRequest, SiteWire } from '../backend/site-wire.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { AreaLog } from '../log/log.ts';
import type { Connected } from './account-connection.ts';
import type { AccountSecrets } from './account-secrets.ts';
import type { RememberedAccount, RememberedSite } from './site-book.ts';
import type { SiteConnections } from './site-connections.ts';

/** Signing out waits this long for the site; then the sign-in is forgotten here alone. */
const logoutMs = 5_000;

export interface AccountAccessOptions {
  readonly wire: SiteWire;
  readonly clock: Clock;
  readonly secrets: AccountSecrets;
  readonly connections: SiteConnections;
  readonly log: AreaLog;
  readonly redact: (secret: string) => void;
}

export class AccountAccess {
  readonly #options: AccountAccessOptions;

  constructor(options: AccountAccessOptions) {
    this.#options = options;
  }

  /** Throws BerthError: `secrets-locked`, `signed-out`, `unauthorised`, or what the way there threw. */
  async connect(site: RememberedSite, account: RememberedAccount, signal: AbortSignal): Promise<Connected> {
    const credential = await this.#secretOf(account);
    if (credential === null) {
      // Kept in memory before a restart: gone as announced. Kept by the system: a locked keychain, not a sign-out.
      throw new BerthError(account.secretKeptIn === 'memory' ? 'signed-out' : 'secrets-locked', {
        place: 'computer',
        retry: 'user',
      });
    }
    const request = await this.#request(site, credential, signal);
    if (!(await this.#options.wire.loginCheck(request, signal))) {
      throw new BerthError('unauthorised', { place: 'site', params: { reason: 'expired' } });
    }
    return await this.prove(request, signal);
  }

  /** Throws BerthError when the site does not accept the credential. */
  async prove(request: AccountRequest, signal?: AbortSignal): Promise<Connected> {
    const { credential, probed } = request;
    const { redact, wire } = this.#options;
    redact(credential.kind === 'session' ? credential.id : credential.secretKey);
    if (credential.kind === 'keypair' && credential.logoutToken !== null) redact(credential.logoutToken);
    const api = wire.openAccount(request);
    try {
      return {
        api,
        identity: await api.identity(signal),
        manager: probed.hello.manager,
        endsAt: credential.kind === 'session' ? credential.endsAt : null,
        canExtend: credential.kind === 'session' && (probed.config?.extendLogin ?? false),
        skewMs: probed.skewMs,
      };
    } catch (error) {
      api.dispose?.();
      throw error;
    }
  }

  /** The new end, in milliseconds since 1970. Throws BerthError `unsupported` where the site does not offer it. */
  async extend(site: RememberedSite, account: RememberedAccount): Promise<number> {
    const credential = await this.#secretOf(account);
    if (credential?.kind !== 'session') throw new BerthError('unsupported', { place: 'site' });
    const endsAt = await this.#options.wire.extendLogin(await this.#request(site, credential));
    await this.#options.secrets.set(account.id, { ...credential, endsAt });
    return endsAt;
  }

  /** Ends the sign-in there. Never throws: a site that cannot be told forgets it by itself one day. */
  async endOnSite(site: RememberedSite, account: RememberedAccount): Promise<void> {
    const signal = AbortSignal.timeout(logoutMs);
    try {
      const credential = await this.#secretOf(account);
      if (credential === null || (credential.kind === 'keypair' && credential.logoutToken === null)) return;
      await this.#options.wire.logout(await this.#request(site, credential, signal), signal);
    } catch (error) {
      this.#options.log.warn('The site could not be told of the sign-out', { error });
    }
  }

  async #request(site: RememberedSite, credential: Credential, signal?: AbortSignal): Promise<AccountRequest> {
    const { wire, clock, connections } = this.#options;
    const route = await connections.routeTo(site.endpoint);
    const mode = credential.kind === 'session' ? 'session' : 'api';
    const probed = await wire.probe(site.endpoint, { route, clock, mode, signal });
    return { probed, credential, route, clock, offerNotInstalled: site.isSandbox };
  }

  async #secretOf({ id, accessKey, secretKeptIn }: RememberedAccount): Promise<Credential | null> {
    try {
      return await this.#options.secrets.get(id, accessKey);
    } catch (error) {
      // It was never in a keychain, so a keychain that cannot be used is no reason to wait for one.
      if (secretKeptIn === 'memory' && error instanceof BerthError) return null;
      throw error;
    }
  }
}
