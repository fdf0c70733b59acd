import { describe, expect, it } from 'vitest';
import { features } from '../../src-preload/contract/features.ts';
import { type Feature, featuresOf, pickApiVersion } from './version-gates.ts';

describe('pickApiVersion', () => {
  it.each([
    ['v6.20220615', 'v6.20220615'],
    ['v6.20230315', 'v6.20230315'],
    ['v7.20230615', 'v7.20230615'],
    ['v8.20240315', 'v8.20240315'],
    ['v8.20240915', 'v8.20240915'],
    ['v9.20250722', 'v9.20250722'],
    ['v9.20991231', 'v9.20250722'],
    ['v10.20300101', 'v9.20250722'],
    ['v8.20250101', 'v8.20240915'],
  ])('%s -> %s', (announced, picked) => {
    expect(pickApiVersion({ announced, manager: '1.0' })).toBe(picked);
  });

  it.each(['v5.20191215', 'v6.20210815', 'banana', ''])('refuses %j', (announced) => {
    expect(() => pickApiVersion({ announced, manager: '21.3.1' })).toThrow(
      expect.objectContaining({ code: 'version-unsupported' }),
    );
  });
});

/** Feature: the last release without it and the first one with it, for each series that got it. */
const edges: Readonly<Record<Feature, readonly (readonly [without: string, first: string])[]>> = {
  abusingReports: [['22.03.14', '22.09.0']],
  acceleratorQuantum: [['25.4.9', '25.5.0']],
  agentIds: [['23.03.7', '23.03.8']],
  attachNetwork: [['24.09.14', '24.12.0']],
  auditActors: [['25.11.9', '25.12.0']],
  auditLog: [['25.5.9', '25.6.0']],
  auditLogScoped: [['26.4.3', '26.4.4']],
  batchTimeout: [['24.09.14', '24.12.0']],
  commit: [['22.03.14', '22.09.0']],
  customizedImages: [['23.09.11', '24.03.0']],
  deleteFilesAsync: [['25.16.9', '25.17.0']],
  dependencyGraph: [['23.03.12', '23.09.0']],
  deprioritizingStatus: [['25.19.9', '26.1.0']],
  directAccess: [
    ['23.03.0', '23.03.1'],
    ['22.09.21', '22.09.22'],
  ],
  downloadByPost: [['24.03.6', '24.03.7']],
  endsWhileCreating: [['25.15.12', '26.1.0']],
  endsWhileStarting: [['25.12.1', '25.13.0']],
  errorHoldsNothing: [['25.15.12', '26.1.0']],
  forcedEndWhilePulling: [['23.09.11', '24.03.0']],
  folderArchives: [['26.2.9', '26.3.0']],
  folderDeletesByPost: [['24.03.6', '24.03.7']],
  folderNodes: [['24.03.11', '24.09.0']],
  folderPathsById: [
    ['24.12.9', '25.1.0'],
    ['24.09.5', '24.09.6'],
    ['24.03.11', '24.03.12'],
  ],
  folderTrash: [['23.09.11', '24.03.0']],
  groupLimit: [['25.5.9', '25.6.0']],
  hostPermissions: [['22.09.4', '22.09.5']],
  idleChecks: [
    ['22.12.9', '23.03.0'],
    ['22.09.18', '22.09.19'],
  ],
  imageLoadFilters: [['24.03.7', '24.03.8']],
  imageNamespace: [['24.09.14', '24.12.0']],
  imagify: [['23.09.11', '24.03.0']],
  inferenceSessions: [['22.09.23', '23.03.0']],
  jobPriority: [['26.4.10', '26.8.0']],
  kernelIds: [['24.03.0', '24.03.1']],
  kernelLogs: [['24.03.6', '24.03.7']],
  listFilesByQuery: [['26.2.9', '26.3.0']],
  loginStatuses: [['26.3.9', '26.4.0']],
  mainAccessKey: [['23.09.6', '23.09.7']],
  mountById: [['25.11.9', '25.12.0']],
  mountOptions: [['23.09.11', '24.03.0']],
  newEventNames: [['25.12.9', '25.13.0']],
  nodeFolderMounts: [
    ['25.2.9', '25.3.0'],
    ['24.09.7', '24.09.8'],
  ],
  nodeFolders: [['25.3.9', '25.4.0']],
  nodeJoinedFilters: [['24.12.9', '25.1.0']],
  nodeScope: [['24.09.14', '24.12.0']],
  owner: [['25.12.9', '25.13.0']],
  ownSshKeypair: [['22.09.10', '22.09.11']],
  pendingLimits: [['24.03.3', '24.03.4']],
  preemptible: [['26.4.10', '26.8.0']],
  preparedStatuses: [['24.09.14', '24.12.0']],
  priority: [['24.03.11', '24.09.0']],
  queuePosition: [['25.12.9', '25.13.0']],
  quotaScopes: [['23.03.6', '23.03.7']],
  recursiveDestroy: [['23.03.0', '23.03.1']],
  requestedSlots: [['23.09.11', '24.03.0']],
  reservedStatuses: [['26.4.10', '26.8.0']],
  restart: [],
  schedulingHistory: [['26.1.9', '26.2.0']],
  sessionIdInLists: [['22.09.23', '23.03.0']],
  sessionNodes: [['24.03.11', '24.09.0']],
  sftpSessionLimit: [['24.03.3', '24.03.4']],
  singleLogin: [['26.3.9', '26.4.0']],
  slotDetails: [['22.09.23', '23.03.0']],
  snakeCaseCreate: [['26.2.9', '26.3.0']],
  statusHistory: [['22.03.14', '22.09.0']],
  statusHistoryByRest: [['25.8.9', '25.9.0']],
  totpFields: [['22.03.14', '22.09.0']],
  transitStatus: [['24.03.11', '24.09.0']],
  typedGroups: [['23.09.11', '24.03.0']],
  typedTotpAnswers: [['25.8.9', '25.9.0']],
  uploadOffsetChecked: [['26.1.9', '26.2.0']],
  userFolderCount: [['23.09.5', '23.09.6']],
  userQuotaSize: [['23.09.1', '23.09.2']],
  userResourcePolicy: [['23.03.6', '23.03.7']],
  vfolderMounts: [['22.09.23', '23.03.0']],
};

describe('featuresOf', () => {
  it.each(features.flatMap((feature) => edges[feature].map(([without, first]) => [feature, without, first] as const)))(
    '%s: not in %s, in %s',
    (feature, without, first) => {
      expect(featuresOf(without)(feature)).toBe(false);
      expect(featuresOf(first)(feature)).toBe(true);
    },
  );

  it('keeps a back-port within its series', () => {
    expect(featuresOf('22.10.30')('idleChecks')).toBe(false);
    expect(featuresOf('24.06.20')('folderPathsById')).toBe(false);
    expect(featuresOf('24.12.1')('folderPathsById')).toBe(false);
    expect(featuresOf('24.12.1')('nodeFolderMounts')).toBe(false);
  });

  it('ends what ended', () => {
    for (const manager of ['22.03.14', '25.15.12', '26.4.3']) expect(featuresOf(manager)('restart')).toBe(true);
    for (const manager of ['26.4.4', '26.8.1', '27.3.0']) expect(featuresOf(manager)('restart')).toBe(false);
  });

  it('asks for the API version where that decides', () => {
    expect(featuresOf('25.12.0', 'v8.20240915')('mountById')).toBe(false);
    expect(featuresOf('25.12.0', 'v9.20250722')('mountById')).toBe(true);
    expect(featuresOf('24.12.0', 'v7.20230615')('attachNetwork')).toBe(false);
    expect(featuresOf('24.12.0', 'v10.20300101')('attachNetwork')).toBe(true);
  });

  it('reads pre-releases and odd texts', () => {
    expect(featuresOf('26.8.0rc1')('reservedStatuses')).toBe(true);
    expect(featuresOf('v24.03')('folderTrash')).toBe(true);
    expect(featuresOf('24.12.0.dev3+local')('nodeScope')).toBe(true);
    expect(featuresOf('who knows')('idleChecks')).toBe(false);
  });
});
