/**
 * What the site knows of a folder, of whom it is shared with, and of invitations. The shape of the index on disk.
 */
import { z } from 'zod';

export const permissions = ['ro', 'rw', 'wd'] as const;
export const usageModes = ['general', 'model', 'data'] as const;
const Permission = z.enum(permissions);

const Folder = z.object({
  id: z.string(),
  name: z.string(),
  /** User id of the owner; empty in an index of before there were several accounts. */
  ownerId: z.string().default(''),
  permission: Permission,
  usageMode: z.enum(usageModes),
  cloneable: z.boolean(),
  createdAt: z.string(),
  status: z.enum(['ready', 'delete-pending']),
});

/** A right to somebody else's folder that an accepted invitation gave. */
const Grant = z.object({ folderId: z.string(), userId: z.string(), permission: Permission });

const Invitation = z.object({
  id: z.string(),
  folderId: z.string(),
  inviter: z.string(),
  invitee: z.string(),
  permission: Permission,
  createdAt: z.string(),
});

/** Older sandboxes wrote the bare list of folders. */
export const FolderIndex = z.union([
  z.object({ folders: z.array(Folder), grants: z.array(Grant), invitations: z.array(Invitation) }),
  z.array(Folder).transform((folders) => ({ folders, grants: [], invitations: [] })),
]);

export type FolderPermission = z.infer<typeof Permission>;
export type Folder = Readonly<z.infer<typeof Folder>>;
export type Grant = Readonly<z.infer<typeof Grant>>;
export type Invitation = Readonly<z.infer<typeof Invitation>>;

export interface Index {
  readonly folders: readonly Folder[];
  readonly grants: readonly Grant[];
  readonly invitations: readonly Invitation[];
}

/** A folder as one user may use it. */
export interface Access {
  readonly folder: Folder;
  readonly permission: FolderPermission;
  readonly isOwner: boolean;
}
