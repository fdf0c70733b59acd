/** Who the caller is (API reference, sections 6.8 and 10.1). */
import { z } from 'zod';
import type { Identity } from './site-api.ts';
import type { SiteClient } from './site-client.ts';
import { dashed, nullableText } from './wire.ts';

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
