/** Who the caller is, and the folders it may use (API reference, sections 6.8, 7.1 and 10.1). */
import { z } from 'zod';
import type { Folder } from '../../src-preload/contract/launcher.ts';
import type { Identity } from './site-api.ts';
import type { SiteClient } from './site-client.ts';
import { asInstant, dashed, nullableText } from './wire.ts';

const Role = z.object({ global_role: nullableText, domain_role: nullableText });

const UserData = z.object({
  user: z.object({
    email: nullableText,
    full_name: nullableText,
    role: nullableText,
    domain_name: nullableText,
    groups: z
      .array(z.object({ id: z.string(), name: z.string() }))
      .nullish()
      .catch(null),
  }),
});

const userQuery = 'query { user { email full_name role domain_name groups { id name } } }';

/** `GET /auth/role` first: the cheapest call that proves key, signature and clock. */
export async function readIdentity(client: SiteClient, signal?: AbortSignal): Promise<Identity> {
  const role = await client.json('/auth/role', Role, { signal });
  const { user } = await client.graphql(userQuery, {}, UserData, signal);
  const fromRole = role.global_role === 'superadmin' ? 'superadmin' : role.domain_role;
  return {
    email: user.email ?? '',
    fullName: user.full_name ?? '',
    domain: user.domain_name ?? 'default',
    role: (user.role ?? fromRole ?? 'user').toLowerCase(),
    projects: (user.groups ?? []).map(({ id, name }) => ({ id: dashed(id), name })),
  };
}

const FolderRow = z.object({
  id: z.string(),
  name: z.string(),
  host: z.string().catch(''),
  permission: z.enum(['ro', 'rw', 'wd']).catch('ro'),
  usage_mode: z.string().catch('general'),
  ownership_type: z.enum(['user', 'group']).catch('user'),
  status: z.string().catch('ready'),
  created_at: nullableText,
});

/** Folders that exist for a person: those in the trash or being deleted are left out. */
export async function readFolders(client: SiteClient, signal?: AbortSignal): Promise<Folder[]> {
  const rows = await client.json('/folders', z.array(FolderRow), { signal });
  return rows
    .filter((row) => !row.status.startsWith('delet'))
    .map((row) => ({
      id: dashed(row.id),
      name: row.name,
      host: row.host,
      permission: row.permission,
      usageMode: row.usage_mode,
      ownership: row.ownership_type,
      automatic: row.name.startsWith('.'),
      status: row.status,
      createdAt: asInstant(row.created_at),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
