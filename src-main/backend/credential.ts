/** What proves an account to its site. Secret: it lives in memory and in the secret store, and nowhere else. */
import { z } from 'zod';

export const Credential = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('keypair'),
    accessKey: z.string(),
    secretKey: z.string(),
    /** Ends the manager's own record of this sign-in (26.4 and later). */
    logoutToken: z.string().nullable().catch(null),
  }),
  z.object({
    kind: z.literal('session'),
    accessKey: z.string(),
    /** What the webserver knows the sign-in by. */
    id: z.string(),
    /** Releases before 22.09 know the cookie only. */
    cookie: z.string().nullable(),
    /** Milliseconds since 1970, where the webserver told. */
    endsAt: z.number().nullable().catch(null),
  }),
]);
export type Credential = z.infer<typeof Credential>;
