/**
 * What a policy allows with folders of a storage host, and the refusal of what it does not (API reference, section 7.2).
 */
import type { Face } from '../face.ts';
import { badParameters, Problem } from '../http/problem.ts';

export const hostPermissions = [
  'create-vfolder',
  'modify-vfolder',
  'delete-vfolder',
  'mount-in-session',
  'upload-file',
  'download-file',
  'invite-others',
  'set-user-specific-permission',
] as const;
export type HostPermission = (typeof hostPermissions)[number];

/** Throws 400: with a slug of its own from the last patches of 25.15 on, as a bad parameter before. */
export function checkHostPermission(
  allowed: readonly HostPermission[],
  permission: HostPermission,
  host: string,
  face: Face,
): void {
  if (allowed.includes(permission)) return;
  const msg = `\`${permission}\` Not allowed in vfolder host(\`${host}\`)`;
  throw face.since('25.15.10')
    ? new Problem(400, 'storage-permission-not-allowed', 'The specified storage permission is not allowed.', { msg })
    : badParameters(msg);
}
