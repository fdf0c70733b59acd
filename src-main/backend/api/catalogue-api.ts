/** What can be started on a site, and how much of it. */
import type { Slots } from '../../../src-preload/contract/common.ts';
import type { LauncherBounds, LauncherOptions, Preset } from '../../../src-preload/contract/launcher.ts';
import type { SiteImage } from '../../launcher/environments-policy.ts';

/**
 * Amounts as text: memory in bytes. `Infinity`: not limited; `NaN`: the site does not tell. Neither may take part in a
 * minimum (`parseAmount` of `launcher/amount-policy.ts` gives null for both).
 */
export interface Headroom {
  readonly limits: Slots;
  readonly using: Slots;
  readonly remaining: Slots;
}

/** The answer of check-presets (API reference, section 6.6). */
export interface PresetCheck {
  readonly presets: readonly Preset[];
  /** The caller's key; its remainder is lowered to the project's and the domain's already. */
  readonly keypair: Headroom;
  readonly project: Headroom;
  /** Sum over the resource groups that the caller may use. */
  readonly resourceGroupsRemaining: Slots;
  readonly resourceGroups: Readonly<Record<string, { readonly using: Slots; readonly remaining: Slots }>>;
}

/** Host name -> what may be done there; null: no permissions told (before 22.09), everything is allowed. */
export type HostPermissions = Readonly<Record<string, readonly string[] | null>>;

export interface KeypairPolicy {
  readonly name: string;
  readonly slots: Slots;
  /** A slot that `slots` does not name: not allowed, or not limited. */
  readonly unnamedSlots: 'limited' | 'unlimited';
  readonly maxSessions: number | null;
  readonly maxContainersPerSession: number | null;
  readonly maxSftpSessions: number | null;
  readonly maxPendingSessions: number | null;
  readonly maxPendingSlots: Slots | null;
  /** Seconds; null: none. */
  readonly maxLifetimeSeconds: number | null;
  readonly idleTimeoutSeconds: number | null;
  readonly hosts: HostPermissions;
}

export interface UserPolicy {
  readonly name: string;
  readonly maxFolders: number | null;
  readonly maxQuotaBytes: number | null;
  readonly maxCustomizedImages: number | null;
}

export interface ProjectPolicy {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly slots: Slots;
  readonly hosts: HostPermissions;
}

export interface DomainPolicy {
  readonly name: string;
  readonly slots: Slots;
  readonly hosts: HostPermissions;
  readonly resourceGroups: readonly string[];
  readonly registries: readonly string[];
}

export interface Policies {
  readonly sessionsInUse: number | null;
  /** Requests in a quarter of an hour. */
  readonly rateLimit: number | null;
  readonly keypair: KeypairPolicy | null;
  /** Null before `userResourcePolicy`. */
  readonly user: UserPolicy | null;
  readonly projects: readonly ProjectPolicy[];
  readonly domain: DomainPolicy | null;
}

export interface ResourceGroup {
  readonly name: string;
  /** Smallest share of a GPU; null where not told. */
  readonly acceleratorQuantum: number | null;
  /** Only carries SFTP: not for sessions of a person. */
  readonly sftp: boolean;
}

export interface SlotDetail {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly unit: string | null;
  /** Counted in powers of 1024. */
  readonly binary: boolean;
  readonly decimals: number | null;
}

/** What the site offers; which of it a person keeps at the top is Berth's own memory. */
export type OfferedOptions = Omit<LauncherOptions, 'pinned' | 'recent'>;

export interface CatalogueApi {
  launcherOptions(project: string | null, signal?: AbortSignal): Promise<OfferedOptions>;
  launcherBounds(
    query: { project: string; resourceGroup: string; image: string; architecture: string },
    signal?: AbortSignal,
  ): Promise<LauncherBounds>;
  /** All images that the caller may see, its customized ones too (`customizedImages`). Kept for half a minute. */
  images(signal?: AbortSignal): Promise<SiteImage[]>;
  /** @param project by name */
  checkPresets(project: string, resourceGroup: string | null, signal?: AbortSignal): Promise<PresetCheck>;
  policies(signal?: AbortSignal): Promise<Policies>;
  /** @param project by name */
  resourceGroups(project: string, signal?: AbortSignal): Promise<ResourceGroup[]>;
  /** Version of the app proxy of a resource group, `v1` or `v2`; null where it has none. */
  proxyVersion(resourceGroup: string, project: string, signal?: AbortSignal): Promise<string | null>;
  /** CPU and memory first, then accelerators by name. @param resourceGroup only what it has; null: what the cluster knows */
  slotDetails(resourceGroup: string | null, signal?: AbortSignal): Promise<SlotDetail[]>;
}
