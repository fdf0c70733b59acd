/** Folders and their entries as the wire has them (API reference, sections 7.1 and 7.2). */
import { z } from 'zod';
import type { Folder } from '../../../src-preload/contract/launcher.ts';
import type { FolderEntry, FolderHosts, Invitation } from '../api/folders-api.ts';
import { asInstant, asRecord, dashed, jsonText, nullableText } from '../wire.ts';

const permission = z.enum(['ro', 'rw', 'wd']).catch('ro');

export const FolderRow = z.object({
  id: z.string(),
  name: z.string(),
  host: z.string().catch(''),
  permission,
  usage_mode: z.string().catch('general'),
  ownership_type: z.enum(['user', 'group']).catch('user'),
  status: z.string().catch('ready'),
  created_at: nullableText,
  creator: nullableText,
  group: nullableText,
  is_owner: z.boolean().nullish().catch(null),
  cloneable: z.boolean().nullish().catch(null),
  quota_scope_id: nullableText,
});

export function readFolder(row: z.infer<typeof FolderRow>): Folder {
  return {
    id: dashed(row.id),
    name: row.name,
    host: row.host,
    permission: row.permission,
    usageMode: row.usage_mode,
    ownership: row.ownership_type,
    automatic: row.name.startsWith('.'),
    status: row.status,
    createdAt: asInstant(row.created_at),
    creator: row.creator,
    projectId: row.group === null ? null : dashed(row.group),
    isOwner: row.is_owner ?? null,
    cloneable: row.cloneable ?? null,
    quotaScope: row.quota_scope_id,
  };
}

const EntryRow = z.object({
  name: z.string(),
  type: nullableText,
  size: z.coerce.number().catch(0),
  mode: z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .catch(null),
  created: nullableText,
  modified: nullableText,
});
/** Up to 24.09 beside `items`: text that holds the same in an older shape. */
const OldEntryRow = z.object({
  filename: z.string(),
  mode: z.string().catch(''),
  size: z.coerce.number().catch(0),
  mtime: z.coerce.number().nullish().catch(null),
  ctime: z.coerce.number().nullish().catch(null),
});
export const EntriesBody = z.object({
  items: z.array(z.unknown()).nullish(),
  files: jsonText,
});

export function readEntries(body: z.infer<typeof EntriesBody>): FolderEntry[] {
  if (body.items !== null && body.items !== undefined) return body.items.flatMap(readEntry);
  return (Array.isArray(body.files) ? body.files : []).flatMap(readOldEntry);
}

function readEntry(value: unknown): FolderEntry[] {
  const row = EntryRow.safeParse(value);
  if (!row.success) return [];
  const { name, type, size, mode, created, modified } = row.data;
  const kind = (type ?? 'FILE').toUpperCase();
  return [
    {
      name,
      kind: kind === 'DIRECTORY' ? 'folder' : kind === 'FILE' ? 'file' : 'other',
      bytes: size,
      mode: mode ?? null,
      createdAt: asInstant(created),
      modifiedAt: asInstant(modified),
    },
  ];
}

function readOldEntry(value: unknown): FolderEntry[] {
  const row = OldEntryRow.safeParse(value);
  if (!row.success) return [];
  const { filename, mode, size, mtime, ctime } = row.data;
  const at = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? null : new Date(seconds * 1000).toISOString();
  const kind = mode.startsWith('d') ? 'folder' : mode.startsWith('-') ? 'file' : 'other';
  return [{ name: filename, kind, bytes: size, mode: null, createdAt: at(ctime), modifiedAt: at(mtime) }];
}

export const HostsBody = z.object({
  default: nullableText,
  allowed: z.array(z.string()).catch([]),
  volume_info: z.unknown().optional(),
});

export function readHosts(body: z.infer<typeof HostsBody>): FolderHosts {
  const volumes = asRecord(body.volume_info);
  return {
    defaultHost: body.default,
    hosts: body.allowed.map((name) => {
      const volume = asRecord(volumes[name]);
      const usage = asRecord(volume.usage);
      return {
        name,
        backend: typeof volume.backend === 'string' ? volume.backend : null,
        capabilities: texts(volume.capabilities),
        usedBytes: number(usage.used),
        totalBytes: number(usage.total),
        usedPercent: number(usage.percentage),
        sftpResourceGroups: texts(volume.sftp_scaling_groups),
      };
    }),
  };
}

const InvitationRow = z.object({
  id: z.string(),
  inviter: z.string().catch(''),
  invitee: z.string().catch(''),
  perm: permission,
  vfolder_id: z.string(),
  vfolder_name: z.string(),
  created_at: nullableText,
  state: nullableText,
});
export const InvitationsBody = z.object({ invitations: z.array(z.unknown()).catch([]) });

export function readInvitations(body: z.infer<typeof InvitationsBody>): Invitation[] {
  return body.invitations.flatMap((value) => {
    const row = InvitationRow.safeParse(value);
    if (!row.success) return [];
    const { id, inviter, invitee, perm, vfolder_id, vfolder_name, created_at } = row.data;
    const createdAt = asInstant(created_at);
    return [
      { id, inviter, invitee, permission: perm, folderId: dashed(vfolder_id), folderName: vfolder_name, createdAt },
    ];
  });
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
