/**
 * What a manager can do, by feature, from its own version answer (API reference, section 3). The only place where
 * versions are compared: everything else asks `can('feature')`.
 */
import type { Feature } from '../../src-preload/contract/features.ts';
import { BerthError } from '../base/berth-error.ts';

export type { Feature };

/** What `GET /` answers. */
export interface Hello {
  /** Newest API version that the site announces, e.g. `v8.20240915`. */
  readonly announced: string;
  /** PEP 440 text, e.g. `24.09.5` or `26.8.0rc1`. */
  readonly manager: string;
}

/** API versions Berth speaks, newest first. */
const spoken = ['v9.20250722', 'v8.20240915', 'v8.20240315', 'v7.20230615', 'v6.20230315', 'v6.20220615'] as const;

const apiVersionPattern = /^v(\d+)\.(\d{8})$/;

function apiOrder(version: string): readonly [number, number] | null {
  const match = apiVersionPattern.exec(version);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** The newest version both sides speak. Throws BerthError `version-unsupported`. */
export function pickApiVersion(hello: Hello): string {
  const announced = apiOrder(hello.announced);
  const found =
    announced === null
      ? undefined
      : spoken.find((version) => {
          const [major, date] = apiOrder(version) ?? [0, 0];
          return major < announced[0] || (major === announced[0] && date <= announced[1]);
        });
  if (found === undefined) {
    throw new BerthError('version-unsupported', {
      place: 'manager',
      params: { announced: hello.announced, manager: hello.manager },
    });
  }
  return found;
}

type Release = readonly [number, number, number];

function releaseOf(manager: string): Release {
  const match = /^\D*(\d+)\.(\d+)(?:\.(\d+))?/.exec(manager);
  return match === null ? [0, 0, 0] : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

function compare(a: Release, b: Release): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

interface Gate {
  /** First releases that have it: the first one opens it for good, later ones are back-ports within their series. */
  readonly from: readonly [string, ...string[]];
  /** First release that has it no more. */
  readonly until?: string;
  /** API version that must be spoken: the version header selects the schema of a new session's `config`. */
  readonly api?: (typeof spoken)[number];
}

/**
 * Sections 3.3 to 3.5 of the API reference, and the "since" columns of sections 4.2, 6 and 7; patch releases as found in
 * the managers' own tagged sources.
 */
const gates: Readonly<Record<Feature, Gate>> = {
  abusingReports: { from: ['22.9.0'] },
  agentIds: { from: ['23.3.8'] },
  idleChecks: { from: ['23.3.0', '22.9.19'] },
  kernelIds: { from: ['24.3.1'] },
  nodeFolderMounts: { from: ['25.3.0', '24.9.8'] },
  nodeFolders: { from: ['25.4.0'] },
  nodeJoinedFilters: { from: ['25.1.0'] },
  nodeScope: { from: ['24.12.0'] },
  owner: { from: ['25.13.0'] },
  queuePosition: { from: ['25.13.0'] },
  requestedSlots: { from: ['24.3.0'] },
  // In 22.x `id` was the main kernel's: `session_id` is asked for in every version, and this only tells why.
  sessionIdInLists: { from: ['23.3.0'] },
  sessionNodes: { from: ['24.9.0'] },
  statusHistory: { from: ['22.9.0'] },
  statusHistoryByRest: { from: ['25.9.0'] },
  vfolderMounts: { from: ['23.3.0'] },

  attachNetwork: { from: ['24.12.0'], api: 'v8.20240315' },
  batchTimeout: { from: ['24.12.0'] },
  inferenceSessions: { from: ['23.3.0'] },
  jobPriority: { from: ['26.8.0'] },
  mountById: { from: ['25.12.0'], api: 'v9.20250722' },
  mountOptions: { from: ['24.3.0'] },
  preemptible: { from: ['26.8.0'] },
  priority: { from: ['24.9.0'] },
  snakeCaseCreate: { from: ['26.3.0'] },

  commit: { from: ['22.9.0'] },
  dependencyGraph: { from: ['23.9.0'] },
  directAccess: { from: ['23.3.1', '22.9.22'] },
  downloadByPost: { from: ['24.3.7'] },
  endsWhileCreating: { from: ['26.1.0'] },
  endsWhileStarting: { from: ['25.13.0'] },
  errorHoldsNothing: { from: ['26.1.0'] },
  forcedEndWhilePulling: { from: ['24.3.0'] },
  imagify: { from: ['24.3.0'] },
  kernelLogs: { from: ['24.3.7'] },
  listFilesByQuery: { from: ['26.3.0'] },
  recursiveDestroy: { from: ['23.3.1'] },
  restart: { from: ['0.0.0'], until: '26.4.4' },
  transitStatus: { from: ['24.9.0'] },

  deprioritizingStatus: { from: ['26.1.0'] },
  newEventNames: { from: ['25.13.0'] },
  preparedStatuses: { from: ['24.12.0'] },
  reservedStatuses: { from: ['26.8.0'] },
  schedulingHistory: { from: ['26.2.0'] },
  auditActors: { from: ['25.12.0'] },
  auditLog: { from: ['25.6.0'] },
  auditLogScoped: { from: ['26.4.4'] },

  acceleratorQuantum: { from: ['25.5.0'] },
  customizedImages: { from: ['24.3.0'] },
  groupLimit: { from: ['25.6.0'] },
  hostPermissions: { from: ['22.9.5'] },
  imageLoadFilters: { from: ['24.3.8'] },
  imageNamespace: { from: ['24.12.0'] },
  pendingLimits: { from: ['24.3.4'] },
  sftpSessionLimit: { from: ['24.3.4'] },
  slotDetails: { from: ['23.3.0'] },
  typedGroups: { from: ['24.3.0'] },
  userFolderCount: { from: ['23.9.6'] },
  userQuotaSize: { from: ['23.9.2'] },
  userResourcePolicy: { from: ['23.3.7'] },

  loginStatuses: { from: ['26.4.0'] },
  mainAccessKey: { from: ['23.9.7'] },
  ownSshKeypair: { from: ['22.9.11'] },
  singleLogin: { from: ['26.4.0'] },
  totpFields: { from: ['22.9.0'] },
  typedTotpAnswers: { from: ['25.9.0'] },

  folderArchives: { from: ['26.3.0'] },
  folderDeletesByPost: { from: ['24.3.7'] },
  folderNodes: { from: ['24.9.0'] },
  folderPathsById: { from: ['25.1.0', '24.9.6', '24.3.12'] },
  folderTrash: { from: ['24.3.0'] },
  deleteFilesAsync: { from: ['25.17.0'] },
  quotaScopes: { from: ['23.3.7'] },
  uploadOffsetChecked: { from: ['26.2.0'] },
};

export type Can = (feature: Feature) => boolean;

/**
 * @param manager the manager's own version text; pre-releases count as their release
 * @param apiVersion the version that is spoken with it, as `pickApiVersion` chose it
 */
export function featuresOf(manager: string, apiVersion: string = spoken[0]): Can {
  const release = releaseOf(manager);
  return (feature) => {
    const { from, until, api } = gates[feature];
    if (until !== undefined && compare(release, releaseOf(until)) >= 0) return false;
    if (api !== undefined && !isAtLeast(apiVersion, api)) return false;
    return from.some((text, index) => {
      const first = releaseOf(text);
      if (compare(release, first) < 0) return false;
      return index === 0 || (first[0] === release[0] && first[1] === release[1]);
    });
  };
}

function isAtLeast(apiVersion: string, least: string): boolean {
  const [major, date] = apiOrder(apiVersion) ?? [0, 0];
  const [leastMajor, leastDate] = apiOrder(least) ?? [0, 0];
  return major > leastMajor || (major === leastMajor && date >= leastDate);
}
