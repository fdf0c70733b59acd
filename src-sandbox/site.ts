/**
 * The parts of the site that routes and resolvers share.
 */
import type { AppProxy } from './app-proxy/app-proxy.ts';
import type { Account } from './auth/account.ts';
import type { Accounts } from './auth/accounts.ts';
import type { Face } from './face.ts';
import type { Faults } from './faults/faults.ts';
import type { FolderStore } from './folders/folder-store.ts';
import type { FolderQuota } from './folders/quota.ts';
import type { ImageCatalog } from './images/catalog.ts';
import type { CustomizedImages } from './images/customized.ts';
import type { BackgroundTasks, EventHub } from './sessions/events.ts';
import type { SessionService } from './sessions/session-service.ts';
import { isMember, type Project } from './site-facts.ts';
import type { TransferTokens } from './storage/transfer-tokens.ts';

export interface Site {
  readonly dataDir: string;
  readonly face: Face;
  readonly accounts: Accounts;
  readonly projects: readonly [Project, ...Project[]];
  readonly folders: FolderStore;
  readonly quota: FolderQuota;
  readonly images: ImageCatalog;
  readonly customized: CustomizedImages;
  readonly sessions: SessionService;
  readonly events: EventHub;
  readonly tasks: BackgroundTasks;
  readonly tokens: TransferTokens;
  /** Where the storage proxy listens; known once it does. */
  readonly storageEndpoint: () => string;
  /** Only with `--app-proxy`. */
  readonly appProxy: AppProxy | null;
  /** Only with `--faults`. */
  readonly faults: Faults | null;
  readonly log: (line: string) => void;
}

/** The projects that an account is a member of. */
export function projectsOfAccount({ projects }: Pick<Site, 'projects'>, account: Account): readonly Project[] {
  return projects.filter((project) => isMember(project, account.profile.kind));
}

/** The account's project of that name, or `null`. */
export function projectNamed(site: Pick<Site, 'projects'>, account: Account, name: string): Project | null {
  return projectsOfAccount(site, account).find((project) => project.name === name) ?? null;
}

/** The account's project of that id, or `null`. */
export function projectWithId(site: Pick<Site, 'projects'>, account: Account, id: string): Project | null {
  return projectsOfAccount(site, account).find((project) => project.id === id) ?? null;
}
