/** What the doctor's walk is about, for the app: an account with its own trust, proxy and sign-in, or any endpoint. */
import type { DoctorTarget } from '../src-preload/contract/doctor.ts';
import { createDoctorTools } from './backend/doctor-tools.ts';
import { normaliseEndpoint, probe } from './backend/probe.ts';
import type { SiteApi } from './backend/site-api.ts';
import { BerthError } from './base/berth-error.ts';
import type { Clock } from './base/clock.ts';
import type { DoctorTools } from './doctor/doctor.ts';
import type { SitesService } from './sites/sites-service.ts';

export interface DoctorTargetDeps {
  readonly sites: Pick<SitesService, 'list' | 'api' | 'reconnect' | 'connectionTo' | 'routeTo'>;
  readonly clock: Clock;
}

/** Throws BerthError `account-missing` or `invalid-input`. */
export async function doctorToolsFor(
  target: DoctorTarget,
  deps: DoctorTargetDeps,
): Promise<DoctorTools & { dispose(): void }> {
  const { sites, clock } = deps;
  const accountId = 'accountId' in target ? target.accountId : null;
  const endpoint = 'endpoint' in target ? normaliseEndpoint(target.endpoint) : endpointOf(target.accountId, deps);
  const route = await sites.routeTo(endpoint);
  const connection = await sites.connectionTo(endpoint);
  return createDoctorTools({
    endpoint,
    route,
    proxyKind: connection.proxy.kind,
    environment: process.env,
    pinned: connection.pinned?.fingerprint ?? null,
    clock,
    probe: (signal) => probe(endpoint, { route, clock, signal }),
    signIn: accountId === null ? null : () => signedIn(accountId, deps),
    whyNoSignIn: 'not signed in to this endpoint',
  });
}

function endpointOf(accountId: string, { sites }: DoctorTargetDeps): string {
  const site = sites.list().find(({ accounts }) => accounts.some(({ id }) => id === accountId));
  if (site === undefined) throw new BerthError('account-missing', { place: 'computer' });
  return site.endpoint;
}

/** With the credential that is stored for the account, tried anew. Throws BerthError. */
async function signedIn(accountId: string, { sites }: DoctorTargetDeps): Promise<SiteApi> {
  await sites.reconnect(accountId);
  return sites.api(accountId);
}
