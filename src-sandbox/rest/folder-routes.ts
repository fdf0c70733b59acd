/**
 * `/folders` (API reference, section 7), without the storage proxy's upload and download.
 */
import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '../auth/account.ts';
import type { Access, Folder } from '../folders/folder.ts';
import { isFolderName } from '../folders/folder-names.ts';
import { folderHost } from '../folders/folder-store.ts';
import {
  type Call,
  callerOf,
  created,
  empty,
  flagField,
  jsonBody,
  ok,
  optionalText,
  type Reply,
  textField,
} from '../http/call.ts';
import { confine } from '../http/home-path.ts';
import { badFields, badParameters, notFound, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { isOver } from '../sessions/session.ts';
import type { Site } from '../site.ts';

const capabilities = ['vfolder', 'metric'] as const;

export function folderRoutes(site: Site): readonly Route[] {
  const { accounts, folders, face, sessions } = site;
  const hex = (uuid: string): string => uuid.replaceAll('-', '');

  const show = ({ folder, permission, isOwner }: Access): Record<string, unknown> => {
    const email = accounts.byUserId(folder.ownerId)?.email ?? null;
    return {
      name: folder.name,
      id: hex(folder.id),
      quota_scope_id: `user:${hex(folder.ownerId)}`,
      host: folderHost,
      status: folder.status,
      usage_mode: folder.usageMode,
      created_at: folder.createdAt,
      is_owner: isOwner,
      permission,
      user: hex(folder.ownerId),
      group: null,
      creator: email,
      user_email: email,
      group_name: null,
      ownership_type: 'user',
      type: 'user',
      unmanaged_path: null,
      cloneable: folder.cloneable,
      max_files: 0,
      max_size: null,
      cur_size: 0,
    };
  };

  /** By name, and by UUID where this manager takes one in a path. */
  const find = (call: Call): Access => {
    const reference = call.params.f ?? '';
    const access = folders.find(callerOf(call).userId, reference);
    const byName = access?.folder.name === reference;
    if (access === null || (!byName && !face.since('24.03.12'))) throw notFound('virtual folder');
    return access;
  };

  const findReady = (call: Call): Folder => {
    const { folder } = find(call);
    if (folder.status !== 'ready') throw notFound('virtual folder');
    return folder;
  };

  const byId = async (call: Call): Promise<Folder> => {
    const body = await jsonBody(call);
    const access = folders.find(callerOf(call).userId, textField(body, 'id', 'vfolder_id', 'vfolderId'));
    if (access === null) throw notFound('virtual folder');
    return access.folder;
  };

  const checkName = (name: string, account: Account): void => {
    if (!isFolderName(name)) throw badFields({ name: 'value does not match a folder name' });
    if (folders.find(account.userId, name)?.folder.status !== 'ready') return;
    throw face.since('25.6')
      ? badParameters(`The virtual folder already exists: ${name}`)
      : new Problem(400, 'vfolder-already-exists', 'The virtual folder already exists with the same name.');
  };

  const create = async (call: Call): Promise<Reply> => {
    const body = await jsonBody(call);
    const name = textField(body, 'name');
    const permission = optionalText(body, 'permission') ?? 'rw';
    const usageMode = optionalText(body, 'usage_mode') ?? 'general';
    if (permission !== 'ro' && permission !== 'rw' && permission !== 'wd') {
      throw badFields({ permission: 'value is not a valid member of the enum' });
    }
    if (usageMode !== 'general' && usageMode !== 'model' && usageMode !== 'data') {
      throw badFields({ usage_mode: 'value is not a valid member of the enum' });
    }
    const host = optionalText(body, 'host') ?? folderHost;
    if (host !== folderHost) throw badParameters(`\`create-vfolder\` Not allowed in vfolder host(\`${host}\`)`);
    if (optionalText(body, 'group', 'groupId', 'group_id') !== null) {
      throw badParameters('group vfolder cannot be created in this host');
    }
    const account = callerOf(call);
    checkName(name, account);
    if (folders.countOwn(account.userId) >= sessions.usage.policyOf(account).maxFolders)
      throw badParameters('You cannot create more vfolders.');
    const folder = await folders.create(account.userId, {
      name,
      permission,
      usageMode,
      cloneable: flagField(body, 'cloneable', false),
    });
    const { created_at: _createdAt, is_owner: _isOwner, ...answer } = show({ folder, permission, isOwner: true });
    return created({ ...answer, max_size: 0 });
  };

  const trash = async (folder: Folder): Promise<Reply> => {
    const user = [...sessions.store.all()].find(
      (session) => !isOver(session) && session.order.mounts.some((mount) => mount.folder.id === folder.id),
    );
    if (user !== undefined) {
      throw new Problem(400, 'vfolder-filter-status-failed', 'The virtual folder is in use.', {
        msg: `The folder ${folder.name} is mounted in the session ${user.name}.`,
      });
    }
    await folders.change(folder, { status: 'delete-pending' });
    return empty();
  };

  const restore = async (call: Call): Promise<Reply> => {
    const folder = await byId(call);
    if (folder.status !== 'delete-pending') throw badParameters('The folder is not in the trash.');
    checkName(folder.name, callerOf(call));
    await folders.change(folder, { status: 'ready' });
    return empty();
  };

  const purge = async (call: Call): Promise<Reply> => {
    const folder = await byId(call);
    if (folder.status !== 'delete-pending') throw badParameters('The folder is not in the trash.');
    await folders.remove(folder);
    return empty();
  };

  const hosts = async (): Promise<Reply> => {
    const { blocks, bavail, bsize } = await statfs(folders.root);
    const total = blocks * bsize;
    const used = total - bavail * bsize;
    const usage = { percentage: total === 0 ? 0 : Math.round((used / total) * 100), used, total };
    return ok({
      default: folderHost,
      allowed: [folderHost],
      volume_info: { [folderHost]: { backend: 'vfs', capabilities, usage, sftp_scaling_groups: [] } },
    });
  };

  const rename = async (call: Call): Promise<Reply> => {
    const folder = findReady(call);
    const name = textField(await jsonBody(call), 'new_name');
    checkName(name, callerOf(call));
    await folders.change(folder, { name });
    return { status: 201 };
  };

  const updateOptions = async (call: Call): Promise<Reply> => {
    const folder = findReady(call);
    const body = await jsonBody(call);
    const permission = optionalText(body, 'permission') ?? folder.permission;
    if (permission !== 'ro' && permission !== 'rw' && permission !== 'wd') {
      throw badFields({ permission: 'value is not a valid member of the enum' });
    }
    await folders.change(folder, { permission, cloneable: flagField(body, 'cloneable', folder.cloneable) });
    return { status: 201 };
  };

  const placeIn = (folder: Folder, path: string): Promise<string> => {
    const root = folders.pathOf(folder);
    return confine(root, path.replace(/^\/+/, ''), null, [root]);
  };

  const files = async (call: Call): Promise<Reply> => {
    const folder = findReady(call);
    const path = call.query.get('path') ?? '';
    const directory = await placeIn(folder, path);
    const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw notFound('directory', path);
      throw error;
    });
    const items = await Promise.all(
      names.sort().map(async (name) => {
        const info = await stat(join(directory, name)).catch(() => null);
        if (info === null) return [];
        const item = {
          name,
          type: info.isDirectory() ? 'DIRECTORY' : 'FILE',
          size: info.size,
          mode: (info.mode & 0o777).toString(8),
          created: info.birthtime.toISOString(),
          modified: info.mtime.toISOString(),
        };
        return [item];
      }),
    );
    return ok({ items: items.flat() });
  };

  const makeDirectory = async (call: Call): Promise<Reply> => {
    const folder = findReady(call);
    const body = await jsonBody(call);
    const paths = Array.isArray(body.path) ? body.path.map(String) : [textField(body, 'path')];
    const parents = flagField(body, 'parents', true);
    const existOk = flagField(body, 'exist_ok', false);
    for (const path of paths) {
      const target = await placeIn(folder, path);
      const there = await stat(target).catch(() => null);
      if (there !== null && !existOk) throw badParameters(`The directory ${path} exists already.`);
      await mkdir(target, { recursive: parents || existOk }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw badParameters(`The parent directory of ${path} does not exist.`);
        if (error.code === 'ENOTDIR' || error.code === 'EEXIST')
          throw badParameters(`${path} is in the way of a file.`);
        throw error;
      });
    }
    return { status: 201, json: {} };
  };

  return [
    { method: 'GET', path: '/folders', handler: (call) => ok(folders.list(callerOf(call).userId).map(show)) },
    { method: 'POST', path: '/folders', handler: create },
    { method: 'DELETE', path: '/folders', handler: async (call) => trash(await byId(call)) },
    { method: 'GET', path: '/folders/_/hosts', handler: hosts },
    { method: 'GET', path: '/folders/_/allowed-types', handler: () => ok(['user']) },
    { method: 'GET', path: '/folders/_/allowed_types', handler: () => ok(['user']) },
    { method: 'POST', path: '/folders/restore-from-trash-bin', handler: restore },
    { method: 'POST', path: '/folders/delete-from-trash-bin', handler: purge },
    { method: 'POST', path: '/folders/purge', handler: purge },
    { method: 'GET', path: '/folders/invitations/list', handler: () => ok({ invitations: [] }) },
    { method: 'GET', path: '/folders/{f}', handler: (call) => ok(show(find(call))) },
    { method: 'DELETE', path: '/folders/{f}', handler: (call) => trash(findReady(call)) },
    { method: 'POST', path: '/folders/{f}/rename', handler: rename },
    { method: 'POST', path: '/folders/{f}/update-options', handler: updateOptions },
    { method: 'GET', path: '/folders/{f}/files', handler: files },
    { method: 'POST', path: '/folders/{f}/mkdir', handler: makeDirectory },
  ];
}
