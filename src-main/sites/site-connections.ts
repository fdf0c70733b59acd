/**
 * How to get to each endpoint: trust and proxy of known sites, and of addresses that somebody is about to sign in to.
 * Proxy passwords go to the secret store; certificates are public and lie in the plain document.
 */
import type {
  Certificate,
  ConnectionChange,
  ProxyChoice,
  SiteConnection,
} from '../../src-preload/contract/site-connection.ts';
import type { ProxySetting } from '../backend/proxy-policy.ts';
import type { Route } from '../backend/route.ts';
import type { SiteWire } from '../backend/site-wire.ts';
import { BerthError } from '../base/berth-error.ts';
import type { KeptSecrets } from './account-secrets.ts';
import type { RememberedConnection } from './site-book.ts';

export const plainConnection: RememberedConnection = {
  authorities: null,
  pin: null,
  proxy: { kind: 'environment' },
};

export interface SiteConnectionsOptions {
  readonly wire: Pick<SiteWire, 'createRoute' | 'readAuthorities' | 'describeCertificate'>;
  readonly passwords: KeptSecrets;
  /** What is remembered of a known site; undefined for an address that is none yet. */
  readonly remembered: (endpoint: string) => RememberedConnection | undefined;
  readonly redact: (secret: string) => void;
}

export class SiteConnections {
  readonly #options: SiteConnectionsOptions;
  readonly #drafts = new Map<string, RememberedConnection>();
  readonly #routes = new Map<string, Promise<Route>>();
  /** Certificates that a person was shown, as PEM: only those can be pinned. */
  readonly #shown = new Map<string, string>();

  constructor(options: SiteConnectionsOptions) {
    this.#options = options;
  }

  /** What holds for this endpoint, for remembering it with a new site. */
  of(endpoint: string): RememberedConnection {
    return this.#options.remembered(endpoint) ?? this.#drafts.get(endpoint) ?? plainConnection;
  }

  routeTo(endpoint: string): Promise<Route> {
    const known = this.#routes.get(endpoint);
    if (known !== undefined) return known;
    const route = this.#makeRoute(endpoint);
    this.#routes.set(endpoint, route);
    route.catch(() => this.#routes.delete(endpoint));
    return route;
  }

  async describe(endpoint: string): Promise<SiteConnection> {
    const { authorities, pin, proxy } = this.of(endpoint);
    const { readAuthorities, describeCertificate } = this.#options.wire;
    const hasProxyPassword = (await this.#password(endpoint)) !== null;
    let proxyInUse: string | null = null;
    try {
      proxyInUse = (await this.routeTo(endpoint)).proxyOf(new URL(endpoint));
    } catch (error) {
      // An address that is no proxy is told when it is used; the dialog shows what was typed.
      if (!(error instanceof BerthError)) throw error;
    }
    return {
      authorities: authorities === null ? [] : readAuthorities(authorities),
      pinned: pin === null ? null : describeCertificate(pin),
      proxy,
      hasProxyPassword,
      proxyInUse,
    };
  }

  /** The new settings, to be remembered by the caller where there is a site. Throws BerthError `invalid-input`, `proxy`. */
  async change(endpoint: string, change: ConnectionChange): Promise<RememberedConnection> {
    const before = this.of(endpoint);
    if (typeof change.authorities === 'string') this.#options.wire.readAuthorities(change.authorities);
    const next: RememberedConnection = {
      authorities: change.authorities === undefined ? before.authorities : change.authorities,
      pin: change.pin === undefined ? before.pin : change.pin === null ? null : this.#pemOf(change.pin),
      proxy: change.proxy ?? before.proxy,
    };
    // Says at once what is wrong with an address.
    this.#options.wire.createRoute({ ...next, proxy: withPassword(next.proxy, null) }).proxyOf(new URL(endpoint));
    if (change.proxyPassword !== undefined) {
      if (change.proxyPassword === null) await this.#options.passwords.delete(endpoint);
      else {
        this.#options.redact(change.proxyPassword);
        await this.#options.passwords.set(endpoint, change.proxyPassword);
      }
    }
    this.#drafts.set(endpoint, next);
    this.#routes.delete(endpoint);
    return next;
  }

  /** What the endpoint shows now, believed or not. Throws BerthError. */
  async inspect(endpoint: string, signal?: AbortSignal): Promise<Certificate> {
    const url = new URL(endpoint);
    if (url.protocol !== 'https:') {
      throw new BerthError('invalid-input', { place: 'computer', params: { field: 'endpoint', reason: 'no-tls' } });
    }
    const pem = await (await this.routeTo(endpoint)).inspect(url, signal);
    const certificate = this.#options.wire.describeCertificate(pem);
    this.#shown.set(certificate.fingerprint, pem);
    return certificate;
  }

  /** After the site was forgotten. */
  async forget(endpoint: string): Promise<void> {
    this.#drafts.delete(endpoint);
    this.#routes.delete(endpoint);
    await this.#options.passwords.delete(endpoint);
  }

  async #makeRoute(endpoint: string): Promise<Route> {
    const { authorities, pin, proxy } = this.of(endpoint);
    const password = proxy.kind === 'address' && proxy.user !== '' ? await this.#password(endpoint) : null;
    if (password !== null) this.#options.redact(password);
    return this.#options.wire.createRoute({ authorities, pin, proxy: withPassword(proxy, password) });
  }

  async #password(endpoint: string): Promise<string | null> {
    try {
      return await this.#options.passwords.get(endpoint);
    } catch (error) {
      // A locked keychain: the proxy will say that it wants a sign-in.
      if (error instanceof BerthError) return null;
      throw error;
    }
  }

  #pemOf(fingerprint: string): string {
    const pem = this.#shown.get(fingerprint);
    // SECURITY: what nobody was shown cannot be trusted (sites-service.test.ts, "pins only what was shown").
    if (pem === undefined) {
      throw new BerthError('invalid-input', { place: 'computer', params: { field: 'pin', reason: 'not-shown' } });
    }
    return pem;
  }
}

function withPassword(proxy: ProxyChoice, password: string | null): ProxySetting {
  return proxy.kind === 'address' ? { ...proxy, password } : proxy;
}
