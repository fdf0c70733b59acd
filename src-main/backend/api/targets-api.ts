/** For whom and where a session can be started, for those whom a site tells. */
import type { Machine, SessionOwner } from '../../../src-preload/contract/launcher.ts';

export interface TargetsApi {
  /**
   * Somebody of the caller's site by e-mail, with the keys and projects that a session of theirs may have. Null: nobody
   * there has this e-mail, or not in a domain that the caller may see. Throws BerthError `forbidden` for ordinary users.
   */
  owner(email: string, signal?: AbortSignal): Promise<SessionOwner | null>;
  /** Machines of a resource group that take sessions, the freest first. Throws BerthError where the site hides them. */
  machines(resourceGroup: string, signal?: AbortSignal): Promise<Machine[]>;
}
