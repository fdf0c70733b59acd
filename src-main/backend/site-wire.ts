/** Everything that `sites/` needs of this folder, in one place: the composition root hands it over. */
import type { Clock } from '../base/clock.ts';
import { createAuthenticator } from './authenticator.ts';
import { createSiteApi } from './create-site-api.ts';
import type { Credential } from './credential.ts';
import { normaliseEndpoint, type Probed, probe, probeResult } from './probe.ts';
import { createRoute, type Route, type RouteSettings } from './route.ts';
import type { SiteApi } from './site-api.ts';
import { describeCertificate, readAuthorities } from './trust.ts';
import { pickApiVersion } from './version-gates.ts';
import {
  createManagerDoor,
  createWebserverDoor,
  type DoorOptions,
  extendLogin,
  loginCheck,
  logout,
  type PasswordDoor,
} from './webserver.ts';

export type ConnectedApi = SiteApi & { dispose?(): void };

export interface AccountRequest {
  readonly probed: Probed;
  readonly credential: Credential;
  readonly route: Route;
  readonly clock: Clock;
  /** Also offer images that no machine of the site has yet. */
  readonly offerNotInstalled: boolean;
}

/** Every function throws BerthError for what is expected to go wrong. */
export interface SiteWire {
  createRoute(settings: RouteSettings): Route;
  /** An address as a person typed it -> as Berth keeps it. */
  normaliseEndpoint(text: string): string;
  probeResult: typeof probeResult;
  /** Looks what answers at an address. `mode` asks for one way only. */
  probe(endpoint: string, options: ProbeOptions): Promise<Probed>;
  openDoor(mode: 'session' | 'api', options: { probed: Probed; route: Route; clock: Clock }): PasswordDoor;
  openAccount(request: AccountRequest): ConnectedApi;
  /** False: the site has forgotten this sign-in. A keypair is not asked about. */
  loginCheck(request: AccountRequest, signal?: AbortSignal): Promise<boolean>;
  logout(request: AccountRequest, signal?: AbortSignal): Promise<void>;
  /** The new end of the sign-in, in milliseconds since 1970. */
  extendLogin(request: AccountRequest, signal?: AbortSignal): Promise<number>;
  readAuthorities: typeof readAuthorities;
  describeCertificate: typeof describeCertificate;
}

export interface ProbeOptions {
  readonly route: Route;
  readonly clock: Clock;
  readonly mode?: 'session' | 'api';
  readonly signal?: AbortSignal | undefined;
}

const doorOptions = (request: { probed: Probed; route: Route; clock: Clock }): DoorOptions => ({
  endpoint: request.probed.endpoint,
  route: request.route,
  clock: request.clock,
  apiVersion: pickApiVersion(request.probed.hello),
});

export const siteWire: SiteWire = {
  createRoute,
  normaliseEndpoint,
  probeResult,
  probe,
  openDoor: (mode, options) =>
    mode === 'session' ? createWebserverDoor(doorOptions(options)) : createManagerDoor(doorOptions(options)),
  openAccount,
  async loginCheck(request, signal) {
    if (request.credential.kind === 'keypair') return true;
    return await loginCheck(doorOptions(request), request.credential, signal);
  },
  logout: (request, signal) => logout(doorOptions(request), request.credential, signal),
  extendLogin: (request, signal) => extendLogin(doorOptions(request), request.credential, signal),
  readAuthorities,
  describeCertificate,
};

function openAccount({ probed, credential, route, clock, offerNotInstalled }: AccountRequest): ConnectedApi {
  return createSiteApi({
    endpoint: probed.endpoint,
    authenticator: createAuthenticator(credential),
    hello: probed.hello,
    clock,
    offerNotInstalled,
    route,
    offsetMs: probed.skewMs,
  });
}
