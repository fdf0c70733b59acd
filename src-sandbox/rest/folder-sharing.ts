/**
 * Invitations to folders, and leaving a folder that somebody else shared (API reference, section 7.2).
 */
import type { Invitation } from '../folders/folder.ts';
import { permissions } from '../folders/folder.ts';
import {
  type Call,
  callerOf,
  created,
  jsonBody,
  ok,
  optionalText,
  parameters,
  type Reply,
  textField,
} from '../http/call.ts';
import { badFields, badParameters, notFound, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import type { Site } from '../site.ts';
import { FolderAccess, hex } from './folder-access.ts';

export function folderSharingRoutes(site: Site): readonly Route[] {
  const { folders, accounts } = site;
  const access = new FolderAccess(site);

  const invite = async (call: Call): Promise<Reply> => {
    const { folder } = access.own(call);
    access.allow(call, 'invite-others');
    const inviter = callerOf(call);
    const body = await jsonBody(call);
    const asked = optionalText(body, 'perm', 'permission') ?? 'rw';
    const permission = permissions.find((one) => one === asked);
    if (permission === undefined) throw badFields({ perm: 'value is not a valid member of the enum' });
    const emails = body.emails ?? body.user_ids ?? body.userIDs;
    if (!Array.isArray(emails)) throw badFields({ emails: 'is required' });
    if (folder.name.startsWith('.'))
      throw new Problem(403, 'generic-forbidden', 'Cannot share private dot-prefixed vfolders.');
    const wanted = emails.map(String).filter((email) => email !== inviter.email && accounts.byEmail(email) !== null);
    if (wanted.length === 0) throw notFound('vfolder invitation', 'No users to invite');
    const invited: string[] = [];
    for (const email of wanted) {
      const has = folders.list(accounts.byEmail(email)?.userId ?? '').some((one) => one.folder.id === folder.id);
      const asks = folders.invitations().some(({ folderId, invitee }) => folderId === folder.id && invitee === email);
      if (has) throw new Problem(409, 'vfolder-grant-already-exists', 'Invitation to this vfolder already exists.');
      if (asks) continue;
      await folders.invite(folder, inviter.email, email, permission);
      invited.push(email);
    }
    return created({ invited_ids: invited });
  };

  const show = (invitation: Invitation): Record<string, unknown> => ({
    id: invitation.id,
    inviter: invitation.inviter,
    invitee: invitation.invitee,
    perm: invitation.permission,
    state: 'pending',
    created_at: invitation.createdAt,
    modified_at: invitation.createdAt,
    vfolder_id: hex(invitation.folderId),
    vfolder_name: folders.byId(invitation.folderId)?.name ?? null,
  });

  const incoming = (call: Call): Reply => {
    const { email } = callerOf(call);
    const mine = folders.invitations().filter(({ invitee }) => invitee === email);
    return ok({ invitations: mine.map(show) });
  };

  const sent = (call: Call): Reply => {
    const { email } = callerOf(call);
    const mine = folders.invitations().filter(({ inviter }) => inviter === email);
    return ok({ invitations: mine.map(show) });
  };

  const find = async (call: Call): Promise<Invitation> => {
    const id = textField(await parameters(call), 'inv_id');
    const { email } = callerOf(call);
    const invitation = folders.invitations().find((one) => one.id === id);
    if (invitation === undefined || (invitation.invitee !== email && invitation.inviter !== email)) {
      throw new Problem(404, 'vfolder-invitation-not-found', 'No such vfolder invitation.');
    }
    return invitation;
  };

  const accept = async (call: Call): Promise<Reply> => {
    const invitation = await find(call);
    const { userId, email } = callerOf(call);
    if (invitation.invitee !== email) {
      throw new Problem(404, 'vfolder-invitation-not-found', 'No such vfolder invitation.');
    }
    const name = folders.byId(invitation.folderId)?.name ?? '';
    if (folders.find(userId, name)?.folder.status === 'ready') {
      throw new Problem(400, 'vfolder-already-exists', 'The virtual folder already exists with the same name.');
    }
    await folders.settle(invitation, userId);
    return ok({});
  };

  const decline = async (call: Call): Promise<Reply> => {
    await folders.settle(await find(call), null);
    return ok({});
  };

  const leave = async (call: Call): Promise<Reply> => {
    const { folder, isOwner } = access.ready(call);
    if (isOwner) throw badParameters('Cannot leave a vfolder owned by the requesting user.');
    await folders.leave(folder, callerOf(call).userId);
    return ok({ msg: `${callerOf(call).email} leave vfolder.` });
  };

  return [
    { method: 'POST', path: '/folders/{f}/invite', handler: invite },
    { method: 'POST', path: '/folders/{f}/leave', handler: leave },
    { method: 'GET', path: '/folders/invitations/list', handler: incoming },
    { method: 'GET', path: '/folders/invitations/list-sent', handler: sent },
    { method: 'GET', path: '/folders/invitations/list_sent', handler: sent },
    { method: 'POST', path: '/folders/invitations/accept', handler: accept },
    { method: 'POST', path: '/folders/invitations/delete', handler: decline },
    { method: 'DELETE', path: '/folders/invitations/delete', handler: decline },
  ];
}
