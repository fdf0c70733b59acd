/**
 * What the rest of Berth may ask of one account on one site. `backend/` implements it; areas depend on these types only,
 * best on the one subject of `api/` that they need. Every method throws BerthError for what is expected to go wrong.
 */
import type { Feature } from '../../src-preload/contract/features.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { CatalogueApi } from './api/catalogue-api.ts';
import type { FoldersApi } from './api/folders-api.ts';
import type { QuotasApi } from './api/quotas-api.ts';
import type { ServicesApi } from './api/services-api.ts';
import type { SessionFactsApi } from './api/session-facts-api.ts';
import type { SessionImagesApi } from './api/session-images-api.ts';
import type { SessionsApi } from './api/sessions-api.ts';
import type { StorageApi } from './api/storage-api.ts';
import type { TargetsApi } from './api/targets-api.ts';
import type { UserApi } from './api/user-api.ts';
import type { SiteConfig } from './site-config.ts';

export type { ServiceInfo } from './api/services-api.ts';
export type { EventStreamHandlers, SessionEvent, SessionPage } from './api/sessions-api.ts';
export type { Identity } from './api/user-api.ts';
export type { SiteConfig } from './site-config.ts';

export interface SiteApi
  extends SessionsApi,
    SessionFactsApi,
    SessionImagesApi,
    CatalogueApi,
    TargetsApi,
    FoldersApi,
    QuotasApi,
    StorageApi,
    UserApi,
    ServicesApi {
  /** Whether this site can do something, by the version of its manager. */
  can(feature: Feature): boolean;
  /** What the site tells its clients about how it wants to be used; null where it publishes nothing. Kept for minutes. */
  siteConfig(signal?: AbortSignal): Promise<SiteConfig | null>;
}

/** Finding the way from an account id to its site. */
export interface Accounts {
  /** Throws BerthError `account-missing` or `signed-out`. */
  api(accountId: string): SiteApi;
  /** Name and colour of the account's site, for window titles and edges. */
  site(accountId: string): { readonly id: string; readonly name: string; readonly colour: string };
  /** Calls back when an account was signed out or removed. */
  onSignedOut(listener: (accountId: string) => void): () => void;
}

/** What is known of sessions without asking the site. */
export interface KnownSessions {
  get(accountId: string, sessionId: string): Session | undefined;
  /** Calls back once a session that was known has ended (TERMINATED, CANCELLED or gone). */
  onEnded(listener: (accountId: string, sessionId: string) => void): () => void;
}
