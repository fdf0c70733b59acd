/** Sites (endpoints with their trust) and accounts (a sign-in on one). */
import { z } from 'zod';
import { AccountId, AccountRef, Nothing, SiteId } from './common.ts';
import { ErrorValue } from './errors.ts';
import { call, event } from './verbs.ts';

export const Project = z.strictObject({ id: z.string(), name: z.string() });
export type Project = z.infer<typeof Project>;

export const Account = z.strictObject({
  id: AccountId,
  siteId: SiteId,
  /** E-mail once known, else the access key. */
  label: z.string(),
  accessKey: z.string(),
  mode: z.enum(['api', 'session']),
  /** `locked`: the keychain would not give the secret; `memory`: the secret is forgotten when Berth quits. */
  state: z.enum(['connecting', 'signed-in', 'signed-out', 'unreachable', 'locked']),
  error: ErrorValue.optional(),
  secretKeptIn: z.enum(['os', 'memory', 'nowhere']),
  email: z.string().optional(),
  domain: z.string().optional(),
  role: z.string().optional(),
  projects: z.array(Project),
});
export type Account = z.infer<typeof Account>;

export const Site = z.strictObject({
  id: SiteId,
  name: z.string(),
  endpoint: z.string(),
  /** CSS hex colour that marks everything of this site. */
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
  isSandbox: z.boolean(),
  manager: z.string().optional(),
  accounts: z.array(Account),
});
export type Site = z.infer<typeof Site>;

/** Endpoint as a person types it; scheme optional. */
export const EndpointText = z.string().trim().min(1).max(2048);

export const ProbeResult = z.discriminatedUnion('reachable', [
  z.strictObject({
    reachable: z.literal(true),
    endpoint: z.string(),
    mode: z.enum(['api', 'session']),
    manager: z.string(),
    apiVersion: z.string(),
  }),
  z.strictObject({ reachable: z.literal(false), error: ErrorValue }),
]);
export type ProbeResult = z.infer<typeof ProbeResult>;

export const SignInInput = z.strictObject({
  endpoint: EndpointText,
  mode: z.literal('api'),
  accessKey: z.string().trim().min(1).max(256),
  secretKey: z.string().trim().min(1).max(1024),
});
export type SignInInput = z.infer<typeof SignInInput>;

export const sites = {
  list: call(Nothing, z.array(Site)),
  /** Looks whether a Backend.AI endpoint answers, for the line under the Endpoint field. */
  probe: call(z.strictObject({ endpoint: EndpointText }), ProbeResult),
  signIn: call(SignInInput, z.strictObject({ accountId: AccountId })),
  /** Forgets the secret and ends links, windows and watching of this account; the site stays in the list of endpoints. */
  signOut: call(AccountRef, Nothing),
  /** Tries again after `unreachable` or `locked`. */
  reconnect: call(AccountRef, Nothing),
  changed: event(z.array(Site)),
};
