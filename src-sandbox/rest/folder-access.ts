/**
 * How folder routes find a folder and what they show of it (API reference, section 7.1).
 */
import type { Access, FolderPermission } from '../folders/folder.ts';
import { folderHost } from '../folders/folder-store.ts';
import { checkHostPermission, type HostPermission } from '../folders/host-permissions.ts';
import { type Call, callerOf, jsonBody, textField } from '../http/call.ts';
import { confine } from '../http/home-path.ts';
import { notFound } from '../http/problem.ts';
import type { Site } from '../site.ts';

const ranks: Readonly<Record<FolderPermission, number>> = { ro: 0, rw: 1, wd: 2 };

export const hex = (uuid: string): string => uuid.replaceAll('-', '');

export class FolderAccess {
  private readonly site: Pick<Site, 'accounts' | 'folders' | 'face' | 'sessions'>;

  constructor(site: Pick<Site, 'accounts' | 'folders' | 'face' | 'sessions'>) {
    this.site = site;
  }

  /** By name, and by UUID where this manager takes one in a path. Throws 404. */
  find(call: Call): Access {
    const reference = call.params.f ?? '';
    const access = this.site.folders.find(callerOf(call).userId, reference);
    const byName = access?.folder.name === reference;
    if (access === null || (!byName && !this.site.face.since('24.03.12'))) throw notFound('virtual folder');
    return access;
  }

  /** One that is not in the trash and that the caller may use so. Throws 404, as for a folder that is not there. */
  ready(call: Call, least: FolderPermission = 'ro'): Access {
    const access = this.find(call);
    if (access.folder.status !== 'ready' || ranks[access.permission] < ranks[least]) throw notFound('virtual folder');
    return access;
  }

  /** Own folder that is not in the trash. Throws 404. */
  own(call: Call): Access {
    const access = this.ready(call);
    if (!access.isOwner) throw notFound('virtual folder');
    return access;
  }

  /** Throws 400 when the caller's policy does not allow this with folders. */
  allow(call: Call, permission: HostPermission): void {
    const { hostPermissions } = this.site.sessions.usage.policyOf(callerOf(call));
    checkHostPermission(hostPermissions, permission, folderHost, this.site.face);
  }

  /** The folder whose id stands in the body. Throws 404. */
  async byBody(call: Call): Promise<Access> {
    const id = textField(await jsonBody(call), 'id', 'vfolder_id', 'vfolderId');
    const access = this.site.folders.find(callerOf(call).userId, id);
    if (access === null || !access.isOwner) throw notFound('virtual folder');
    return access;
  }

  /** The place of a path in the folder. Throws 400 for one that leaves it. */
  place({ folder }: Access, path: string): Promise<string> {
    const root = this.site.folders.pathOf(folder);
    return confine(root, path.replace(/^\/+/, ''), null, [root]);
  }

  show({ folder, permission, isOwner }: Access): Record<string, unknown> {
    const email = this.site.accounts.byUserId(folder.ownerId)?.email ?? null;
    const old = this.site.face.since('24.12')
      ? {}
      : { user_email: email, group_name: null, type: 'user', max_files: 0, max_size: null, cur_size: 0 };
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
      ownership_type: 'user',
      unmanaged_path: null,
      cloneable: folder.cloneable,
      ...old,
    };
  }
}
