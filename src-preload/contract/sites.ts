/** Sites (endpoints with their trust) and accounts (a sign-in on one). */
import { z } from 'zod';
import { AccountId, AccountRef, Instant, Nothing, SiteId } from './common.ts';
import { ErrorValue } from './errors.ts';
import { Certificate, ConnectionChange, SiteConnection } from './site-connection.ts';
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
  /** When the site ends this sign-in by itself; null: never, or it did not tell. */
  endsAt: Instant.nullable(),
  /** The site lets a running sign-in be made longer. */
  canExtend: z.boolean(),
  /** The site's clock minus this computer's, in seconds; 0 when they agree. Berth signs for the site's. */
  skewSeconds: z.number(),
});
export type Account = z.infer<typeof Account>;

/** Colours to mark sites with. Each reads at 4.5:1 or better against white; white text on them does, too. */
export const siteColours = [
  '#1f6feb',
  '#8250df',
  '#bf3989',
  '#a04100',
  '#7d5600',
  '#1a7f37',
  '#0a7c86',
  '#57606a',
] as const;

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
    /** The way a sign-in takes when a person does not choose. */
    mode: z.enum(['api', 'session']),
    /** `api`: by keypair, or by e-mail and password at the manager; `session`: by e-mail and password at a webserver. */
    modes: z.array(z.enum(['api', 'session'])),
    manager: z.string(),
    apiVersion: z.string(),
    skewSeconds: z.number(),
    /** Single sign-on services that only the site's web page offers. */
    singleSignOn: z.array(z.string()),
  }),
  z.strictObject({ reachable: z.literal(false), error: ErrorValue }),
]);
export type ProbeResult = z.infer<typeof ProbeResult>;

export const SignInInput = z.discriminatedUnion('mode', [
  z.strictObject({
    endpoint: EndpointText,
    mode: z.literal('api'),
    accessKey: z.string().trim().min(1).max(256),
    secretKey: z.string().trim().min(1).max(1024),
  }),
  /** Through the webserver where there is one, else at the manager. */
  z.strictObject({
    endpoint: EndpointText,
    mode: z.literal('password'),
    email: z.string().trim().min(1).max(256),
    password: z.string().min(1).max(1024),
    /** Managers want it; webservers know their own. */
    domain: z.string().trim().min(1).max(64),
  }),
]);
export type SignInInput = z.infer<typeof SignInInput>;

const AttemptId = z.uuid();

/** Where a sign-in has got to. All but `done` wait for a reply, and forget the password after ten minutes. */
export const SignInStep = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('done'), accountId: AccountId }),
  /** A one-time code is wanted; `wrong`: the last one was not right. */
  z.strictObject({ step: z.literal('code'), attempt: AttemptId, wrong: z.boolean() }),
  /** A second factor must be set up first; without a `secret` only the site's web page can do it. */
  z.strictObject({
    step: z.literal('enrol'),
    attempt: AttemptId,
    secret: z.string().nullable(),
    uri: z.string().nullable(),
    wrong: z.boolean(),
  }),
  /** The password has expired; `refused`: why the site did not take the new one, in its words. */
  z.strictObject({ step: z.literal('new-password'), attempt: AttemptId, refused: z.string().nullable() }),
  /** Somebody is signed in to this account elsewhere. */
  z.strictObject({ step: z.literal('elsewhere'), attempt: AttemptId }),
]);
export type SignInStep = z.infer<typeof SignInStep>;

const OneTimeCode = z.string().trim().min(1).max(64);
export const SignInReply = z.discriminatedUnion('reply', [
  z.strictObject({ reply: z.literal('code'), attempt: AttemptId, code: OneTimeCode }),
  z.strictObject({ reply: z.literal('enrolled'), attempt: AttemptId, code: OneTimeCode }),
  z.strictObject({ reply: z.literal('new-password'), attempt: AttemptId, password: z.string().min(1).max(1024) }),
  z.strictObject({ reply: z.literal('force'), attempt: AttemptId }),
]);
export type SignInReply = z.infer<typeof SignInReply>;

export const SiteChange = z.strictObject({
  siteId: SiteId,
  name: z.string().trim().min(1).max(64).optional(),
  colour: Site.shape.colour.optional(),
});
export type SiteChange = z.infer<typeof SiteChange>;

const AtEndpoint = z.strictObject({ endpoint: EndpointText });

export const sites = {
  list: call(Nothing, z.array(Site)),
  /** Looks whether a Backend.AI endpoint answers, for the line under the Endpoint field. */
  probe: call(AtEndpoint, ProbeResult),
  signIn: call(SignInInput, SignInStep),
  /** Takes a step that `signIn` or an earlier reply asked for. */
  reply: call(SignInReply, SignInStep),
  /** Gives an unfinished sign-in up and forgets its password. */
  giveUp: call(z.strictObject({ attempt: AttemptId }), Nothing),
  /**
   * Ends the sign-in on the site, forgets the secret and ends links, windows and watching of this account; the site stays
   * in the list of endpoints.
   */
  signOut: call(AccountRef, Nothing),
  /** Makes a running sign-in longer. */
  extend: call(AccountRef, Nothing),
  update: call(SiteChange, Nothing),
  /** Forgets a site that has no accounts, and how to get there. */
  remove: call(z.strictObject({ siteId: SiteId }), Nothing),
  connection: call(AtEndpoint, SiteConnection),
  /** Also for an address that is no site yet: it holds for the sign-in that follows. */
  setConnection: call(z.strictObject({ endpoint: EndpointText, change: ConnectionChange }), SiteConnection),
  /** The certificate that the endpoint shows now, whether it is trusted or not. */
  inspect: call(AtEndpoint, Certificate),
  /** Tries again after `unreachable` or `locked`. */
  reconnect: call(AccountRef, Nothing),
  changed: event(z.array(Site)),
};
