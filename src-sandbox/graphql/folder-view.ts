/**
 * Folders as the node API shows them.
 */
import type { Access } from '../folders/folder.ts';
import { folderHost } from '../folders/folder-store.ts';
import { compileFilter, type Fields } from '../minilang/evaluate.ts';
import { parseFilter } from '../minilang/filter.ts';
import { compileOrder, parseOrder } from '../minilang/order.ts';
import type { Site } from '../site.ts';
import { type Connection, type PageArguments, paginate } from './connection.ts';
import { globalId } from './json-text.ts';

const permissions = [
  'read_attribute',
  'update_attribute',
  'delete_vfolder',
  'read_content',
  'write_content',
  'delete_content',
  'mount_ro',
  'mount_rw',
  'mount_wd',
] as const;

const fields: Fields<Access> = {
  id: { kind: 'text', get: ({ folder }) => folder.id },
  host: { kind: 'text', get: () => folderHost },
  name: { kind: 'text', get: ({ folder }) => folder.name },
  usage_mode: { kind: 'text', get: ({ folder }) => folder.usageMode },
  permission: { kind: 'text', get: ({ permission }) => permission },
  ownership_type: { kind: 'text', get: () => 'user' },
  created_at: { kind: 'time', get: ({ folder }) => Date.parse(folder.createdAt) },
  status: { kind: 'text', get: ({ folder }) => folder.status },
};

/** A folder as a node. */
export function folderNode({ folder, permission }: Access, site: Site): Record<string, unknown> {
  const email = site.accounts.byUserId(folder.ownerId)?.email ?? null;
  return {
    __typename: 'VirtualFolderNode',
    id: globalId('VirtualFolderNode', folder.id),
    row_id: folder.id,
    host: folderHost,
    quota_scope_id: `user:${folder.ownerId.replaceAll('-', '')}`,
    name: folder.name,
    user: folder.ownerId,
    user_email: email,
    group: null,
    group_name: null,
    creator: email,
    unmanaged_path: null,
    usage_mode: folder.usageMode,
    permission,
    ownership_type: 'user',
    max_files: 0,
    max_size: null,
    created_at: folder.createdAt,
    last_used: null,
    num_files: 0,
    cur_size: 0,
    cloneable: folder.cloneable,
    status: folder.status,
    permissions,
  };
}

/** Throws MinilangError for a bad filter or order. */
export function folderNodes(site: Site, folders: readonly Access[], args: PageArguments): Connection<unknown> {
  const passing = args.filter == null ? [...folders] : folders.filter(compileFilter(parseFilter(args.filter), fields));
  if (args.order != null) passing.sort(compileOrder(parseOrder(args.order), fields));
  return paginate(
    passing,
    args,
    ({ folder }) => globalId('VirtualFolderNode', folder.id),
    (access) => folderNode(access, site),
  );
}
