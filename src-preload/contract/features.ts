/**
 * What sites differ in, by name. Screens ask whether a site can do something, never which version it runs; the table
 * behind the names is `src-main/backend/version-gates.ts`.
 */
import { z } from 'zod';

export const features = [
  // Sessions: fields and lists.
  'abusingReports',
  'agentIds',
  'idleChecks',
  'kernelIds',
  'nodeFolderMounts',
  'nodeFolders',
  'nodeJoinedFilters',
  'nodeScope',
  'owner',
  'queuePosition',
  'requestedSlots',
  'sessionIdInLists',
  'sessionNodes',
  'statusHistory',
  'statusHistoryByRest',
  'vfolderMounts',
  // Sessions: asking for one.
  'attachNetwork',
  'batchTimeout',
  'inferenceSessions',
  'jobPriority',
  'mountById',
  'mountOptions',
  'preemptible',
  'priority',
  'snakeCaseCreate',
  // Sessions: what can be done with one.
  'commit',
  'dependencyGraph',
  'directAccess',
  'downloadByPost',
  /** The plain end is taken while the container is made. */
  'endsWhileCreating',
  /** The plain end is taken in every state before that. */
  'endsWhileStarting',
  /** ERROR is an end: nothing is left to end. */
  'errorHoldsNothing',
  /** Superadmins may force the end of a session whose image is being downloaded. */
  'forcedEndWhilePulling',
  'imagify',
  'kernelLogs',
  'listFilesByQuery',
  'recursiveDestroy',
  'restart',
  'transitStatus',
  // Statuses and reasons.
  'deprioritizingStatus',
  'newEventNames',
  'preparedStatuses',
  'reservedStatuses',
  'schedulingHistory',
  /** What was asked of sessions, for superadmins; who asked; and for everybody who may read the session. */
  'auditLog',
  'auditActors',
  'auditLogScoped',
  // Catalogue and limits.
  'acceleratorQuantum',
  'customizedImages',
  'groupLimit',
  'hostPermissions',
  'imageLoadFilters',
  'imageNamespace',
  'pendingLimits',
  'sftpSessionLimit',
  'slotDetails',
  'typedGroups',
  'userFolderCount',
  'userQuotaSize',
  'userResourcePolicy',
  // The account.
  'loginStatuses',
  'mainAccessKey',
  'ownSshKeypair',
  'singleLogin',
  'totpFields',
  'typedTotpAnswers',
  // Folders.
  'folderArchives',
  'folderDeletesByPost',
  'folderNodes',
  'folderPathsById',
  'folderTrash',
  'deleteFilesAsync',
  'quotaScopes',
  'uploadOffsetChecked',
] as const;

export const Feature = z.enum(features);
export type Feature = z.infer<typeof Feature>;
