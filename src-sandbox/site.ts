/**
 * The parts of the site that routes and resolvers share.
 */
import type { Accounts } from './auth/accounts.ts';
import type { Face } from './face.ts';
import type { Faults } from './faults/faults.ts';
import type { FolderStore } from './folders/folder-store.ts';
import type { ImageCatalog } from './images/catalog.ts';
import type { BackgroundTasks, EventHub } from './sessions/events.ts';
import type { SessionService } from './sessions/session-service.ts';

export interface Site {
  readonly face: Face;
  readonly accounts: Accounts;
  /** The id of the one project; its name is in site-facts.ts. */
  readonly projectId: string;
  readonly folders: FolderStore;
  readonly images: ImageCatalog;
  readonly sessions: SessionService;
  readonly events: EventHub;
  readonly tasks: BackgroundTasks;
  /** Only with `--faults`. */
  readonly faults: Faults | null;
  readonly log: (line: string) => void;
}
