/**
 * `/folders`: making, naming, throwing away (API reference, section 7.2). What is inside them is in folder-files.ts.
 */
import { statfs } from 'node:fs/promises';
import type { Account } from '../auth/account.ts';
import type { Folder } from '../folders/folder.ts';
import { permissions, usageModes } from '../folders/folder.ts';
import { isFolderName } from '../folders/folder-names.ts';
import { folderHost } from '../folders/folder-store.ts';
import {
  type Call,
  callerOf,
  created,
  empty,
  type Fields,
  flagField,
  jsonBody,
  ok,
  optionalText,
  type Reply,
  textField,
} from '../http/call.ts';
import { badFields, badParameters, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { isOver } from '../sessions/session.ts';
import type { Site } from '../site.ts';
import { FolderAccess, hex } from './folder-access.ts';

/** A volume that counts by owner, as one on XFS does. */
const capabilities = ['vfolder', 'metric', 'quota'] as const;

function member<const T extends string>(fields: Fields, name: string, members: readonly T[], fallback: T): T {
  const text = optionalText(fields, name) ?? fallback;
  const found = members.find((one) => one === text);
  if (found === undefined) throw badFields({ [name]: 'value is not a valid member of the enum' });
  return found;
}

export function folderRoutes(site: Site): readonly Route[] {
  const { folders, face, sessions, tasks } = site;
  const access = new FolderAccess(site);

  const checkName = (name: string, account: Account): void => {
    if (!isFolderName(name)) throw badFields({ name: 'value does not match a folder name' });
    if (folders.find(account.userId, name)?.folder.status !== 'ready') return;
    throw face.since('25.6')
      ? badParameters(`The virtual folder already exists: ${name}`)
      : new Problem(400, 'vfolder-already-exists', 'The virtual folder already exists with the same name.');
  };

  /** From 25.6 to 26.4.3 a failure that is no duplicate is a 500 to the client. */
  const refusal = (problem: Problem): Problem =>
    face.since('25.6')
      ? new Problem(500, 'internal-server-error', 'Internal server error.', { msg: problem.message })
      : problem;

  const checkHost = (body: Fields, key: string, permission: string): void => {
    const host = optionalText(body, key) ?? folderHost;
    if (host === folderHost) return;
    throw refusal(badParameters(`\`${permission}\` Not allowed in vfolder host(\`${host}\`)`));
  };

  const checkCount = (account: Account): void => {
    if (folders.countOwn(account.userId) < sessions.usage.policyOf(account).maxFolders) return;
    throw badParameters('You cannot create more vfolders.');
  };

  /** What a creation answers: without the two fields that only the list has. */
  const shown = (folder: Folder): Record<string, unknown> => {
    const {
      created_at: _at,
      is_owner: _own,
      ...answer
    } = access.show({
      folder,
      permission: folder.permission,
      isOwner: true,
    });
    return { ...answer, max_size: 0 };
  };

  const create = async (call: Call): Promise<Reply> => {
    const body = await jsonBody(call);
    const name = textField(body, 'name');
    const permission = member(body, 'permission', permissions, 'rw');
    const usageMode = member(body, 'usage_mode', usageModes, 'general');
    checkHost(body, 'host', 'create-vfolder');
    if (optionalText(body, 'group', 'groupId', 'group_id') !== null) {
      throw refusal(badParameters('group vfolder cannot be created in this host'));
    }
    const account = callerOf(call);
    access.allow(call, 'create-vfolder');
    checkName(name, account);
    checkCount(account);
    const cloneable = flagField(body, 'cloneable', false);
    return created(shown(await folders.create(account.userId, { name, permission, usageMode, cloneable })));
  };

  const clone = async (call: Call): Promise<Reply> => {
    const source = access.ready(call);
    const body = await jsonBody(call);
    const account = callerOf(call);
    if (!source.folder.cloneable)
      throw new Problem(403, 'generic-forbidden', 'The source vfolder is not permitted to be cloned');
    const name = textField(body, 'target_name');
    const permission = member(body, 'permission', permissions, 'rw');
    const usageMode = member(body, 'usage_mode', usageModes, 'general');
    checkHost(body, 'target_host', 'create-vfolder');
    access.allow(call, 'create-vfolder');
    checkName(name, account);
    checkCount(account);
    const cloneable = flagField(body, 'cloneable', false);
    const folder = await folders.create(account.userId, { name, permission, usageMode, cloneable });
    const task = tasks.start(`Cloning ${source.folder.name}`);
    folders.copy(source.folder, folder).then(
      () => tasks.update(task, { event: 'bgtask_done', message: `Cloned ${name}`, current: 1, total: 1 }),
      (error: unknown) => tasks.update(task, { event: 'bgtask_failed', message: String(error), current: 0, total: 0 }),
    );
    return created({ ...shown(folder), bgtask_id: task });
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

  const trashByBody = async (call: Call): Promise<Reply> => {
    access.allow(call, 'delete-vfolder');
    return trash((await access.byBody(call)).folder);
  };

  const trashByPath = (call: Call): Promise<Reply> => {
    access.allow(call, 'delete-vfolder');
    return trash(access.own(call).folder);
  };

  const trashed = async (call: Call): Promise<Folder> => {
    const { folder } = await access.byBody(call);
    if (folder.status !== 'delete-pending') throw badParameters('The folder is not in the trash.');
    return folder;
  };

  const restore = async (call: Call): Promise<Reply> => {
    const folder = await trashed(call);
    checkName(folder.name, callerOf(call));
    await folders.change(folder, { status: 'ready' });
    return empty();
  };

  const purge = async (call: Call): Promise<Reply> => {
    await folders.remove(await trashed(call));
    return empty();
  };

  const force = async (call: Call): Promise<Reply> => {
    const { folder } = access.find(call);
    if (folder.status === 'ready') await trash(folder);
    const left = folders.byId(folder.id);
    if (left !== null) await folders.remove(left);
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
      volume_info: { [folderHost]: { backend: 'xfs', capabilities, usage, sftp_scaling_groups: [] } },
    });
  };

  const rename = async (call: Call): Promise<Reply> => {
    const { folder } = access.own(call);
    access.allow(call, 'modify-vfolder');
    const name = textField(await jsonBody(call), 'new_name');
    checkName(name, callerOf(call));
    await folders.change(folder, { name });
    return { status: 201 };
  };

  const updateOptions = async (call: Call): Promise<Reply> => {
    const { folder } = access.own(call);
    access.allow(call, 'modify-vfolder');
    const body = await jsonBody(call);
    const permission = member(body, 'permission', permissions, folder.permission);
    await folders.change(folder, { permission, cloneable: flagField(body, 'cloneable', folder.cloneable) });
    return { status: 201 };
  };

  /** The name stands in a JSON body of the GET. */
  const idOf = async (call: Call): Promise<Reply> => {
    const body = await jsonBody(call);
    const name = optionalText(body, 'name', 'vfolder_name', 'vfolderName') ?? call.query.get('name') ?? '';
    const { folder } = access.ready({ ...call, params: { f: name } });
    return ok({ id: hex(folder.id) });
  };

  const list = (call: Call): Reply => ok(folders.list(callerOf(call).userId).map((one) => access.show(one)));

  return [
    { method: 'GET', path: '/folders', handler: list },
    { method: 'POST', path: '/folders', handler: create },
    { method: 'DELETE', path: '/folders', handler: trashByBody },
    { method: 'GET', path: '/folders/_/id', handler: idOf },
    { method: 'GET', path: '/folders/_/hosts', handler: hosts },
    { method: 'GET', path: '/folders/_/allowed-types', handler: () => ok(['user']) },
    { method: 'GET', path: '/folders/_/allowed_types', handler: () => ok(['user']) },
    { method: 'GET', path: '/folders/_/quota', handler: () => ok({ used: 0, quota: 0 }) },
    { method: 'POST', path: '/folders/restore-from-trash-bin', handler: restore },
    { method: 'POST', path: '/folders/delete-from-trash-bin', handler: purge },
    { method: 'POST', path: '/folders/purge', handler: purge },
    { method: 'GET', path: '/folders/{f}', handler: (call) => ok(access.show(access.find(call))) },
    { method: 'DELETE', path: '/folders/{f}', handler: trashByPath },
    ...(face.since('25.1') ? [{ method: 'DELETE', path: '/folders/{f}/force', handler: force }] : []),
    { method: 'POST', path: '/folders/{f}/rename', handler: rename },
    { method: 'POST', path: '/folders/{f}/update-options', handler: updateOptions },
    { method: 'POST', path: '/folders/{f}/clone', handler: clone },
  ];
}
