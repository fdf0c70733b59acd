/** Calls under `/folders` (API reference, section 7.2). Success codes differ by version, and every 2xx will do. */
import { z } from 'zod';
import { BerthError } from '../../base/berth-error.ts';
import type { FolderRef, FoldersApi } from '../api/folders-api.ts';
import type { SiteClient, SiteRequest } from '../site-client.ts';
import type { Can, Feature } from '../version-gates.ts';
import { dashed } from '../wire.ts';
import {
  EntriesBody,
  FolderRow,
  HostsBody,
  InvitationsBody,
  readEntries,
  readFolder,
  readHosts,
  readInvitations,
} from './folder-wire.ts';

/** Deleting and copying may take the storage its time. */
const slowMs = 120_000;

const CreatedRow = z.object({ id: z.string(), name: z.string(), bgtask_id: z.string().nullish().catch(null) });
const AsyncDelete = z.object({ bgtask_id: z.string().nullish() });
const Owners = z.array(z.string());
const Shared = z.object({ shared_emails: z.array(z.string()).catch([]) });
const Unshared = z.object({ unshared_emails: z.array(z.string()).catch([]) });

/** By id where paths take ids, so that two folders of one name are told apart. */
export function folderPath(can: Can, folder: FolderRef): string {
  return `/folders/${encodeURIComponent(can('folderPathsById') ? folder.id : folder.name)}`;
}

export function folders(client: SiteClient, can: Can): FoldersApi {
  const need = (feature: Feature) => {
    if (!can(feature)) throw new BerthError('unsupported', { place: 'manager', params: { feature } });
  };
  const rows = (signal?: AbortSignal) => client.json('/folders', z.array(FolderRow), { signal });
  const post = (path: string, json: unknown, signal?: AbortSignal, more: Partial<SiteRequest> = {}) =>
    client.raw(path, { method: 'POST', json, signal, ...more });
  const at = (folder: FolderRef, rest: string) => `${folderPath(can, folder)}/${rest}`;
  /** POST came in 24.03.7 beside the older DELETE with a body. */
  const deletes = () => (can('folderDeletesByPost') ? ('POST' as const) : ('DELETE' as const));

  return {
    async folders(signal) {
      return byName((await rows(signal)).filter((row) => !row.status.startsWith('delet')).map(readFolder));
    },

    async trashedFolders(signal) {
      if (!can('folderTrash')) return [];
      return byName((await rows(signal)).filter((row) => row.status === 'delete-pending').map(readFolder));
    },

    async createFolder({ name, host, usageMode, permission, projectId, cloneable }, signal) {
      const json = {
        name,
        ...(host === null ? {} : { host }),
        usage_mode: usageMode,
        permission,
        // The id: from 26.3 on a name is no longer taken.
        ...(projectId === null ? {} : { group: projectId }),
        ...(cloneable ? { cloneable } : {}),
      };
      const created = await client.json('/folders', CreatedRow, { method: 'POST', json, signal });
      return { id: dashed(created.id), name: created.name };
    },

    async renameFolder(folder, name, signal) {
      await post(at(folder, 'rename'), { new_name: name }, signal);
    },

    async setFolderOptions(folder, options, signal) {
      await post(at(folder, 'update-options'), options, signal, { idempotent: true });
    },

    async deleteFolder(folder, signal) {
      // The form with the id in a body is for super administrators only, up to 23.09.
      if (can('folderTrash') && !can('folderPathsById')) {
        await client.raw('/folders', { method: 'DELETE', json: { id: folder.id }, timeoutMs: slowMs, signal });
      } else {
        await client.raw(folderPath(can, folder), { method: 'DELETE', timeoutMs: slowMs, signal });
      }
    },

    async restoreFolder({ id }, signal) {
      need('folderTrash');
      await post('/folders/restore-from-trash-bin', { id }, signal);
    },

    async eraseFolder({ id }, signal) {
      need('folderTrash');
      await post('/folders/delete-from-trash-bin', { id }, signal, { timeoutMs: slowMs });
    },

    async purgeFolder({ id }, signal) {
      need('folderTrash');
      await post('/folders/purge', { id }, signal);
    },

    async cloneFolder(folder, { name, host, usageMode, permission, cloneable }, signal) {
      const json = {
        target_name: name,
        ...(host === null ? {} : { target_host: host }),
        usage_mode: usageMode,
        permission,
        cloneable,
      };
      const request = { method: 'POST', json, timeoutMs: slowMs, signal } as const;
      const copy = await client.json(at(folder, 'clone'), CreatedRow, request);
      return { id: dashed(copy.id), name: copy.name, taskId: copy.bgtask_id ?? null };
    },

    async folderHosts(projectId, signal) {
      const query: Record<string, string> = projectId === null ? {} : { group_id: projectId };
      return readHosts(await client.json('/folders/_/hosts', HostsBody, { query, signal }));
    },

    async folderOwners(signal) {
      const owners = await client.json('/folders/_/allowed-types', Owners, { signal });
      return owners.filter((owner): owner is 'user' | 'group' => owner === 'user' || owner === 'group');
    },

    async folderEntries(folder, path, signal) {
      return readEntries(await client.json(at(folder, 'files'), EntriesBody, { query: { path }, signal }));
    },

    async makeFolder(folder, path, existing, signal) {
      await post(at(folder, 'mkdir'), { path, parents: true, exist_ok: existing }, signal);
    },

    async renameEntry(folder, path, newName, signal) {
      await post(at(folder, 'rename-file'), { target_path: path, new_name: newName }, signal);
    },

    async moveEntry(folder, from, to, signal) {
      await post(at(folder, 'move-file'), { src: from, dst: to }, signal);
    },

    async deleteEntries(folder, paths, recursive, signal) {
      const json = { files: paths, recursive };
      if (can('deleteFilesAsync')) {
        const request = { method: 'POST', json, timeoutMs: slowMs, signal } as const;
        return (await client.json(at(folder, 'delete-files-async'), AsyncDelete, request)).bgtask_id ?? null;
      }
      await client.raw(at(folder, 'delete-files'), { method: deletes(), json, timeoutMs: slowMs, signal });
      return null;
    },

    async invitations(signal) {
      return readInvitations(await client.json('/folders/invitations/list', InvitationsBody, { signal }));
    },

    async invite(folder, permission, emails, signal) {
      await post(at(folder, 'invite'), { perm: permission, emails }, signal);
    },

    async acceptInvitation(invitationId, signal) {
      await post('/folders/invitations/accept', { inv_id: invitationId }, signal);
    },

    async declineInvitation(invitationId, signal) {
      await client.raw('/folders/invitations/delete', { method: deletes(), json: { inv_id: invitationId }, signal });
    },

    async leaveFolder(folder, signal) {
      await post(at(folder, 'leave'), {}, signal);
    },

    async shareFolder(folder, permission, emails, signal) {
      const request = { method: 'POST', json: { permission, emails }, signal } as const;
      return (await client.json(at(folder, 'share'), Shared, request)).shared_emails;
    },

    async unshareFolder(folder, emails, signal) {
      const request = { method: deletes(), json: { emails }, signal };
      return (await client.json(at(folder, 'unshare'), Unshared, request)).unshared_emails;
    },
  };
}

function byName<T extends { readonly name: string }>(list: T[]): T[] {
  return list.sort((a, b) => a.name.localeCompare(b.name));
}
