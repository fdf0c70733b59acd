/**
 * One call of each kind that the site's API offers, with what must come out when it goes well. A call without an entry
 * here does not compile: that is how the fuzz test grows with the API.
 */
import { z } from 'zod';
import {
  Folder,
  LauncherBounds,
  LauncherOptions,
  Machine,
  SessionOwner,
} from '../../../../src-preload/contract/launcher.ts';
import { AuditPage, SchedulingRounds } from '../../../../src-preload/contract/session-facts.ts';
import { Session } from '../../../../src-preload/contract/sessions.ts';
import type { FolderRef } from '../../api/folders-api.ts';
import type { SiteApi } from '../../site-api.ts';

/** What a site has that calls can be about. */
export interface World {
  readonly sessionId: string;
  readonly image: string;
  readonly architecture: string;
  readonly project: string;
  readonly resourceGroup: string;
  readonly folder: FolderRef;
}

export interface Sample {
  readonly call: (api: SiteApi, world: World, signal: AbortSignal) => unknown;
  /** What the rest of Berth relies on. */
  readonly out: z.ZodType;
}

const nothing = z.undefined();
const texts = z.array(z.string());
const page = z.object({ sessions: z.array(Session), total: z.number() });
const uuid = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';

/** Reads a download to its end. */
async function whole(download: ReturnType<SiteApi['download']>): Promise<number> {
  let bytes = 0;
  for await (const chunk of (await download).content) bytes += chunk.byteLength;
  return bytes;
}

/** Calls that keep a connection are spoiled on a real one (`streams.test.ts`). */
export const streaming = ['events', 'openTunnel'] as const satisfies readonly (keyof SiteApi)[];

export const samples = {
  can: { call: (api) => api.can('vfolderMounts'), out: z.boolean() },
  identity: {
    call: (api, _world, signal) => api.identity(signal),
    out: z.object({ email: z.string(), role: z.string(), projects: z.array(z.object({ id: z.string() })) }),
  },
  sessionPage: {
    call: (api, _world, signal) => api.sessionPage({ finished: false, offset: 0, limit: 20 }, signal),
    out: page,
  },
  session: { call: (api, { sessionId }, signal) => api.session(sessionId, signal), out: Session.nullable() },
  start: {
    call: (api, { image, architecture, project, resourceGroup }, signal) =>
      api.start(
        {
          accountId: 'account-1',
          name: `fuzz-${Math.random().toString(36).slice(2, 10)}`,
          image,
          architecture,
          project,
          resourceGroup,
          slots: { cpu: '1', mem: '536870912' },
          shmemBytes: null,
          mounts: [],
        },
        signal,
      ),
    out: z.object({ sessionId: z.string(), name: z.string() }),
  },
  terminate: { call: (api, { sessionId }, signal) => api.terminate(sessionId, false, signal), out: nothing },
  rename: { call: (api, { sessionId }, signal) => api.rename(sessionId, 'fuzz-name', signal), out: nothing },
  openLog: {
    call: async (api, { sessionId }, signal) => {
      let bytes = 0;
      for await (const chunk of await api.openLog(sessionId, null, signal)) bytes += chunk.byteLength;
      return bytes;
    },
    out: z.number(),
  },
  launcherOptions: {
    call: (api, { project }, signal) => api.launcherOptions(project, signal),
    out: LauncherOptions.omit({ pinned: true, recent: true }),
  },
  launcherBounds: {
    call: (api, { project, resourceGroup, image, architecture }, signal) =>
      api.launcherBounds({ project, resourceGroup, image, architecture }, signal),
    out: LauncherBounds,
  },
  owner: {
    call: (api, _world, signal) => api.owner('user@sandbox.localhost', signal),
    out: SessionOwner.nullable(),
  },
  machines: {
    call: (api, { resourceGroup }, signal) => api.machines(resourceGroup, signal),
    out: z.array(Machine),
  },
  images: {
    call: (api, _world, signal) => api.images(signal),
    out: z.array(z.looseObject({ architecture: z.string() })),
  },
  checkPresets: {
    call: (api, { project, resourceGroup }, signal) => api.checkPresets(project, resourceGroup, signal),
    out: z.looseObject({}),
  },
  policies: {
    call: (api, _world, signal) => api.policies(signal),
    out: z.looseObject({ projects: z.array(z.looseObject({ name: z.string() })) }),
  },
  resourceGroups: {
    call: (api, { project }, signal) => api.resourceGroups(project, signal),
    out: z.array(z.looseObject({ name: z.string(), sftp: z.boolean() })),
  },
  proxyVersion: {
    call: (api, { project, resourceGroup }, signal) => api.proxyVersion(resourceGroup, project, signal),
    out: z.string().nullable(),
  },
  slotDetails: {
    call: (api, { resourceGroup }, signal) => api.slotDetails(resourceGroup, signal),
    out: z.array(z.looseObject({ name: z.string(), binary: z.boolean() })),
  },
  folders: { call: (api, _world, signal) => api.folders(signal), out: z.array(Folder) },
  services: {
    call: (api, { sessionId }, signal) => api.services(sessionId, signal),
    out: z.array(z.object({ name: z.string(), protocol: z.string(), ports: z.array(z.number()) })),
  },
  readSessionFile: {
    call: (api, { sessionId }, signal) => api.readSessionFile(sessionId, 'id_container', signal),
    out: z.instanceof(Buffer),
  },
  searchSessions: {
    call: (api, _world, signal) => api.searchSessions({ scope: 'mine', offset: 0, limit: 20 }, signal),
    out: page,
  },
  restart: { call: (api, { sessionId }, signal) => api.restart(sessionId, signal), out: nothing },
  taskLog: { call: (api, { sessionId }, signal) => api.taskLog(sessionId, signal), out: z.string().nullable() },
  statusHistory: {
    call: (api, { sessionId }, signal) => api.statusHistory(sessionId, signal),
    out: z.array(z.looseObject({})),
  },
  scheduling: { call: (api, { sessionId }, signal) => api.scheduling(sessionId, signal), out: z.looseObject({}) },
  relatives: { call: (api, { sessionId }, signal) => api.relatives(sessionId, signal), out: z.looseObject({}) },
  directAccess: {
    call: (api, { sessionId }, signal) => api.directAccess(sessionId, signal),
    out: z.object({ host: z.string(), sshdPorts: z.array(z.number()) }).nullable(),
  },
  commit: { call: (api, { sessionId }, signal) => api.commit(sessionId, null, signal), out: nothing },
  commitStatus: {
    call: (api, { sessionId }, signal) => api.commitStatus(sessionId, signal),
    out: z.enum(['ready', 'ongoing']).nullable(),
  },
  imagify: { call: (api, { sessionId }, signal) => api.imagify(sessionId, 'fuzz-image', signal), out: z.string() },
  schedulingRounds: {
    call: (api, { sessionId }, signal) => api.schedulingRounds(sessionId, signal),
    out: SchedulingRounds,
  },
  auditLog: {
    call: (api, { sessionId }, signal) => api.auditLog({ sessionId, offset: 0, limit: 10 }, signal),
    out: AuditPage,
  },
  ownImageCount: {
    call: (api, _world, signal) => api.ownImageCount(signal),
    out: z.number().int().nonnegative().nullable(),
  },
  followTask: {
    call: (api, _world, signal) => api.followTask(uuid, () => undefined, signal),
    out: z.looseObject({ state: z.string(), message: z.string() }),
  },
  trashedFolders: { call: (api, _world, signal) => api.trashedFolders(signal), out: z.array(Folder) },
  createFolder: {
    call: (api, _world, signal) =>
      api.createFolder(
        {
          name: `fuzz-${Math.random().toString(36).slice(2, 10)}`,
          host: null,
          usageMode: 'general',
          permission: 'rw',
          projectId: null,
          cloneable: false,
        },
        signal,
      ),
    out: z.object({ id: z.string(), name: z.string() }),
  },
  renameFolder: { call: (api, { folder }, signal) => api.renameFolder(folder, 'fuzz-renamed', signal), out: nothing },
  setFolderOptions: {
    call: (api, { folder }, signal) => api.setFolderOptions(folder, { cloneable: true }, signal),
    out: nothing,
  },
  deleteFolder: { call: (api, { folder }, signal) => api.deleteFolder(folder, signal), out: nothing },
  restoreFolder: { call: (api, { folder }, signal) => api.restoreFolder(folder, signal), out: nothing },
  eraseFolder: { call: (api, { folder }, signal) => api.eraseFolder(folder, signal), out: nothing },
  purgeFolder: { call: (api, { folder }, signal) => api.purgeFolder(folder, signal), out: nothing },
  cloneFolder: {
    call: (api, { folder }, signal) =>
      api.cloneFolder(
        folder,
        { name: 'fuzz-clone', host: null, usageMode: 'general', permission: 'rw', cloneable: false },
        signal,
      ),
    out: z.object({ id: z.string(), taskId: z.string().nullable() }),
  },
  folderHosts: {
    call: (api, _world, signal) => api.folderHosts(null, signal),
    out: z.object({ hosts: z.array(z.looseObject({ name: z.string() })) }),
  },
  quotaScope: {
    call: (api, _world, signal) => api.quotaScope('local:volume1', 'mine', signal),
    out: z.object({ usedBytes: z.number().nullable(), limitBytes: z.number().nullable() }),
  },
  folderOwners: { call: (api, _world, signal) => api.folderOwners(signal), out: z.array(z.enum(['user', 'group'])) },
  folderEntries: {
    call: (api, { folder }, signal) => api.folderEntries(folder, '', signal),
    out: z.array(z.looseObject({ name: z.string(), kind: z.string(), bytes: z.number() })),
  },
  makeFolder: { call: (api, { folder }, signal) => api.makeFolder(folder, 'fuzz', true, signal), out: nothing },
  renameEntry: { call: (api, { folder }, signal) => api.renameEntry(folder, 'fuzz', 'fuzz2', signal), out: nothing },
  moveEntry: { call: (api, { folder }, signal) => api.moveEntry(folder, 'fuzz2', 'fuzz3', signal), out: nothing },
  deleteEntries: {
    call: (api, { folder }, signal) => api.deleteEntries(folder, ['fuzz3'], true, signal),
    out: z.string().nullable(),
  },
  invitations: {
    call: (api, _world, signal) => api.invitations(signal),
    out: z.array(z.looseObject({ id: z.string(), folderName: z.string() })),
  },
  invite: { call: (api, { folder }, signal) => api.invite(folder, 'ro', ['a@example.com'], signal), out: nothing },
  acceptInvitation: { call: (api, _world, signal) => api.acceptInvitation(uuid, signal), out: nothing },
  declineInvitation: { call: (api, _world, signal) => api.declineInvitation(uuid, signal), out: nothing },
  leaveFolder: { call: (api, { folder }, signal) => api.leaveFolder(folder, signal), out: nothing },
  shareFolder: {
    call: (api, { folder }, signal) => api.shareFolder(folder, 'ro', ['a@example.com'], signal),
    out: texts,
  },
  unshareFolder: {
    call: (api, { folder }, signal) => api.unshareFolder(folder, ['a@example.com'], signal),
    out: texts,
  },
  upload: {
    call: (api, { folder }, signal) => {
      const content = Buffer.from('twenty bytes of text');
      const open = async function* (offset: number) {
        yield content.subarray(offset);
      };
      return api.upload(folder, 'fuzz.txt', { bytes: content.byteLength, open }, { signal });
    },
    out: nothing,
  },
  download: {
    call: (api, { folder }, signal) => whole(api.download(folder, 'fuzz.txt', { signal })),
    out: z.number(),
  },
  downloadArchive: {
    call: (api, { folder }, signal) => whole(api.downloadArchive(folder, ['fuzz.txt'], signal)),
    out: z.number(),
  },
  startService: {
    call: (api, { sessionId }, signal) => api.startService(sessionId, 'jupyter', {}, signal),
    out: z.object({ token: z.string(), proxyAddress: z.string() }),
  },
  openCircuit: {
    call: (api, { sessionId }, signal) => api.openCircuit(sessionId, 'jupyter', 'http', signal),
    out: z.looseObject({ origin: z.string(), cookie: z.string().nullable() }),
  },
  hearsClose: { call: (api) => api.hearsClose(), out: z.boolean() },
  shutdownService: {
    call: (api, { sessionId }, signal) => api.shutdownService(sessionId, 'jupyter', signal),
    out: nothing,
  },
  listSessionFiles: {
    call: (api, { sessionId }, signal) => api.listSessionFiles(sessionId, '', signal),
    out: z.array(z.looseObject({ name: z.string(), bytes: z.number(), modifiedAt: z.string().nullable() })),
  },
  sshPublicKey: { call: (api, _world, signal) => api.sshPublicKey(signal), out: z.string().nullable() },
  generateSshKeypair: {
    call: (api, _world, signal) => api.generateSshKeypair(signal),
    out: z.object({ publicKey: z.string(), privateKey: z.string() }),
  },
  putSshKeypair: {
    call: (api, _world, signal) => api.putSshKeypair({ publicKey: 'x', privateKey: 'y' }, signal),
    out: nothing,
  },
  bootstrapScript: { call: (api, _world, signal) => api.bootstrapScript(signal), out: z.string() },
  setBootstrapScript: { call: (api, _world, signal) => api.setBootstrapScript('true', signal), out: nothing },
  dotfiles: {
    call: (api, _world, signal) => api.dotfiles(signal),
    out: z.array(z.object({ path: z.string(), data: z.string(), permission: z.string() })),
  },
  putDotfile: {
    call: (api, _world, signal) => api.putDotfile({ path: '.fuzz', data: 'x', permission: '755' }, signal),
    out: nothing,
  },
  deleteDotfile: { call: (api, _world, signal) => api.deleteDotfile('.fuzz', signal), out: nothing },
  changePassword: { call: (api, _world, signal) => api.changePassword('old', 'new-password', signal), out: nothing },
  changeFullName: { call: (api, _world, signal) => api.changeFullName('Fuzz', signal), out: nothing },
  announcement: {
    call: (api, _world, signal) => api.announcement(signal),
    out: z.object({ message: z.string() }).nullable(),
  },
  siteConfig: {
    call: (api, _world, signal) => api.siteConfig(signal),
    out: z.looseObject({ maxPreopenPorts: z.number() }).nullable(),
  },
  events: { call: () => undefined, out: nothing },
  openTunnel: { call: () => undefined, out: nothing },
} as const satisfies Record<keyof SiteApi, Sample>;

/** Calls that take away what others are about; recorded last. */
const endings: readonly (keyof SiteApi)[] = ['renameFolder', 'leaveFolder', 'deleteFolder', 'restart', 'terminate'];

export const sampleNames = (Object.keys(samples) as (keyof typeof samples)[]).sort(
  (a, b) => endings.indexOf(a) - endings.indexOf(b),
);
