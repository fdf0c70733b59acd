/** Who the caller is. */
import type { Project } from '../../../src-preload/contract/sites.ts';

export interface Identity {
  readonly email: string;
  readonly fullName: string;
  readonly domain: string;
  readonly role: string;
  readonly projects: readonly Project[];
}

export interface UserApi {
  identity(signal?: AbortSignal): Promise<Identity>;
}
