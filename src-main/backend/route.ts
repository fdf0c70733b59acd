/**
 * The way to one site: whom to trust there and through which proxy, for every request, event stream and WebSocket alike.
 * Each HTTP client takes its agents from here; nothing else in `backend/` opens a connection.
 */
import { type AgentOptions, type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { BerthError } from '../base/berth-error.ts';
import { fromNetworkError } from './network-errors.ts';
import { bare, type Environment, type ProxyAddress, type ProxySetting, proxyFor } from './proxy-policy.ts';
import { tunnelThrough } from './proxy-tunnel.ts';
import { connectBy } from './route-connect.ts';
import { createTrust, type Trust, type TrustSettings } from './trust.ts';

export interface RouteSettings extends TrustSettings {
  readonly proxy: ProxySetting;
}

export interface Route {
  /** An agent that goes to `url`'s host. The caller destroys it. Throws BerthError `proxy` for a bad setting. */
  agent(url: URL, options?: AgentOptions): HttpAgent;
  /** What a failure on the way means with this site's trust; everything thrown by a connection goes through here. */
  explain(error: unknown, host: string): BerthError;
  /** Proxy of requests to `url`, as `host:port`. Throws BerthError `proxy`. */
  proxyOf(url: URL): string | null;
  /** One connection to `url`'s host, TLS included. Throws BerthError. */
  connect(url: URL, signal?: AbortSignal): Promise<Duplex>;
  /** The certificate that `url` shows, as PEM, believed or not. Nothing is sent to the site. Throws BerthError. */
  inspect(url: URL, signal?: AbortSignal): Promise<string>;
}

const inspectMs = 15_000;

export const defaultRouteSettings: RouteSettings = {
  authorities: null,
  pin: null,
  proxy: { kind: 'environment' },
};

type Created = (error: Error | null, socket: Duplex) => void;

export function createRoute(settings: RouteSettings, environment: Environment = process.env): Route {
  const trust = createTrust(settings);
  const proxyAt = (url: URL): ProxyAddress | null => proxyFor(url, settings.proxy, environment);
  const trusted = () => ({
    secureContext: trust.secureContext(),
    // SECURITY: as for every other connection to the site (route.itest.ts, "bytes").
    rejectUnauthorized: true,
    checkServerIdentity: trust.checkServerIdentity,
  });
  const explain = (error: unknown, host: string): BerthError => {
    const named = fromNetworkError(error, host);
    if (named.code !== 'tls' || trust.pinned === null) return named;
    // The anchor is that one certificate, so whatever fails the verification shows another one, or has expired.
    const { reason } = named.params;
    if (reason === 'expired' || reason === 'not-yet-valid' || reason === 'not-tls') return named;
    return new BerthError('certificate-changed', {
      place: 'site',
      retry: 'never',
      params: { host, expected: trust.pinned },
      cause: error,
    });
  };

  return {
    agent(url, options = {}) {
      const proxy = proxyAt(url);
      const secure = url.protocol === 'https:' || url.protocol === 'wss:';
      if (secure) return new SiteHttpsAgent(options, trust, proxy);
      return proxy === null ? new HttpAgent(options) : new TunnelledHttpAgent(options, trust, proxy);
    },
    explain,
    async connect(url, signal) {
      try {
        return await connectBy(trusted, proxyAt(url), url, signal);
      } catch (error) {
        throw explain(error, url.host);
      }
    },
    proxyOf(url) {
      const proxy = proxyAt(url);
      return proxy === null ? null : `${proxy.host}:${proxy.port}`;
    },
    async inspect(url, signal) {
      const host = bare(url.hostname);
      const port = url.port === '' ? 443 : Number(url.port);
      const proxy = proxyAt(url);
      const lower = proxy === null ? null : await tunnelThrough(proxy, { host, port }, trust.secureContext);
      return await new Promise<string>((resolve, reject) => {
        const socket = connectTls({
          ...(lower === null ? { host, port } : { socket: lower }),
          secureContext: trust.secureContext(),
          rejectUnauthorized: true,
          ...(isIP(host) === 0 ? { servername: host } : {}),
        });
        let settled = false;
        const end = (finish: () => void) => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          finish();
          socket.destroy();
        };
        const fail = (error: unknown) => end(() => reject(fromNetworkError(error, url.host)));
        const onAbort = () => fail(new BerthError('cancelled', { place: 'computer' }));
        const timer = setTimeout(
          () => fail(new BerthError('timeout', { place: 'site', retry: 'auto', params: { host: url.host } })),
          inspectMs,
        );
        signal?.addEventListener('abort', onAbort, { once: true });
        let shown: string | undefined;
        const over = (error: unknown) => {
          const pem = shown;
          if (pem === undefined) fail(error);
          else end(() => resolve(pem));
        };
        // Looked at before Node decides whether to believe it: what it does not believe it destroys right after.
        socket.prependListener('secure', () => {
          shown = socket.getPeerX509Certificate()?.toString();
        });
        socket.on('secureConnect', () => over(new BerthError('tls', { place: 'site', params: { host: url.host } })));
        socket.on('error', over);
        socket.on('close', () => over(new BerthError('offline', { place: 'site', params: { host: url.host } })));
      });
    },
  };
}

/** The target of a request as Node's agents name it. */
function targetOf(options: ClientRequestArgs): { host: string; port: number } {
  return { host: bare(options.host ?? 'localhost'), port: Number(options.port ?? 80) };
}

class SiteHttpsAgent extends HttpsAgent {
  readonly #trust: Trust;
  readonly #proxy: ProxyAddress | null;

  constructor(options: AgentOptions, trust: Trust, proxy: ProxyAddress | null) {
    // SECURITY: said, not left to Node's default, which an environment variable can turn off (route.itest.ts, "environment").
    super({ ...options, checkServerIdentity: trust.checkServerIdentity, rejectUnauthorized: true });
    this.#trust = trust;
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs, created: Created): Duplex | null | undefined {
    const trusted = { ...options, secureContext: this.#trust.secureContext() };
    if (this.#proxy === null) return super.createConnection(trusted, created);
    tunnelThrough(this.#proxy, targetOf(options), this.#trust.secureContext).then(
      (socket) => {
        const secured = super.createConnection({ ...trusted, socket } as ClientRequestArgs, created);
        // Node calls back only for agents that return nothing.
        if (secured instanceof TLSSocket) created(null, secured);
      },
      (error: Error) => created(error, noSocket),
    );
    return undefined;
  }
}

class TunnelledHttpAgent extends HttpAgent {
  readonly #trust: Trust;
  readonly #proxy: ProxyAddress;

  constructor(options: AgentOptions, trust: Trust, proxy: ProxyAddress) {
    super(options);
    this.#trust = trust;
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs, created: Created): Duplex | null | undefined {
    tunnelThrough(this.#proxy, targetOf(options), this.#trust.secureContext).then(
      (socket) => created(null, socket),
      (error: Error) => created(error, noSocket),
    );
    return undefined;
  }
}

/** Node's declarations want a socket beside an error, which nobody looks at. */
const noSocket = new Socket();
