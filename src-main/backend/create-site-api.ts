/** One account on one site, as the rest of Berth uses it: the composition of this folder's parts. */
import type { Clock } from '../base/clock.ts';
import { readIdentity } from './account-wire.ts';
import type { CatalogueApi } from './api/catalogue-api.ts';
import type { Authenticator } from './authenticator.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { folders } from './folders/folders.ts';
import { quotas } from './folders/quotas.ts';
import { storage } from './folders/storage.ts';
import { HttpClient, type HttpTransport } from './http.ts';
import { launchTargets } from './launch-targets.ts';
import { siteConfigReader } from './read-site-config.ts';
import type { Route } from './route.ts';
import { services } from './services.ts';
import { sessionFacts } from './session-facts/session-facts.ts';
import { sessionImages } from './session-images.ts';
import { sessions } from './sessions.ts';
import type { Identity, SiteApi } from './site-api.ts';
import { SiteClient } from './site-client.ts';
import { user } from './user.ts';
import { featuresOf, type Hello, pickApiVersion } from './version-gates.ts';

export interface SiteApiOptions {
  /** Without a trailing slash; may have a base path. */
  readonly endpoint: string;
  readonly authenticator: Authenticator;
  readonly hello: Hello;
  readonly clock: Clock;
  /** Also offer images that no agent has yet; launching one fetches it. */
  readonly offerNotInstalled?: boolean;
  /** Trust and proxy of the site. */
  readonly route?: Route | undefined;
  /** Site time minus this computer's, as measured when the site was looked for. */
  readonly offsetMs?: number | undefined;
  /** Another carrier than Berth's own; for tests. */
  readonly http?: HttpTransport;
}

/** Throws BerthError `version-unsupported`. */
export function createSiteApi(options: SiteApiOptions): SiteApi & { dispose(): void } {
  const { endpoint, authenticator, hello, clock } = options;
  const apiVersion = pickApiVersion(hello);
  const can = featuresOf(hello.manager, apiVersion);
  const { route, offsetMs } = options;
  const client = new SiteClient({ endpoint, authenticator, apiVersion, clock, route, offsetMs, http: options.http });
  let known: Identity | null = null;
  const identity = async (signal?: AbortSignal) => (known ??= await readIdentity(client, signal));
  const remember = (fresh: Identity) => {
    known = fresh;
  };
  // For what needs no sign-in, or has a credential of its own as the storage proxy has: another connection.
  const http = options.http ?? new HttpClient(client.route);
  const tools = { http, clock, random: Math.random };
  const siteConfig = siteConfigReader({ endpoint, mode: authenticator.mode, http, clock });
  const installedOnly = options.offerNotInstalled !== true;
  const catalogue = new Catalogue({ client, can, clock, identity, installedOnly, config: siteConfig });
  const minimumMemBytes = (image: string, architecture: string) => catalogue.minimumMemBytes(image, architecture);
  const ofFolders = folders(client, can);
  const ofSessions = sessions({ client, can, clock, identity, folders: ofFolders.folders, minimumMemBytes });

  return {
    can,
    siteConfig,
    ...user(client, can, remember),
    ...ofSessions,
    ...sessionFacts({ client, can, identity }),
    ...sessionImages(client, can, clock),
    ...services({ client, http, can, session: ofSessions.session }),
    ...catalogueCalls(catalogue),
    ...launchTargets(client, identity),
    ...ofFolders,
    ...quotas(client, can),
    ...storage({ client, can, tools, entries: ofFolders.folderEntries }),
    dispose() {
      client.dispose();
      http.dispose();
    },
  };
}

/** The catalogue keeps answers, so it is an object of its own; its calls stand beside the others. */
function catalogueCalls(catalogue: Catalogue): CatalogueApi {
  return {
    launcherOptions: (project, signal) => catalogue.launcherOptions(project, signal),
    launcherBounds: (query, signal) => catalogue.launcherBounds(query, signal),
    images: () => catalogue.images(),
    checkPresets: (project, resourceGroup, signal) => catalogue.checkPresets(project, resourceGroup, signal),
    policies: (signal) => catalogue.policies(signal),
    resourceGroups: (project, signal) => catalogue.resourceGroups(project, signal),
    proxyVersion: (resourceGroup, project, signal) => catalogue.proxyVersion(resourceGroup, project, signal),
    slotDetails: (resourceGroup) => catalogue.slotDetails(resourceGroup),
  };
}
