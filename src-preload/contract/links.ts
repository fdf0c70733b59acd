/** What runs over a session's SSH connection: the link itself and apps. */
import { z } from 'zod';
import { AccountId, Instant, Nothing, SessionRef, Uuid } from './common.ts';
import { ErrorValue } from './errors.ts';
import { call, event } from './verbs.ts';

export const LinkState = z.enum([
  /** Nobody uses it. */
  'idle',
  /** On its way up; after a loss `error` says what was lost, and `nextTryAt` when it is tried again (null: now). */
  'connecting',
  'up',
  /** Up, but the other side is late to answer; at `nextTryAt` it counts as gone, and Berth connects anew. */
  'degraded',
  /** This computer has no network; the next one is tried at once. */
  'waiting-for-network',
  /** The account cannot be used; goes on by itself after the sign-in. */
  'signing-in',
  /** Stopped, for the reason in `error`, until somebody asks. */
  'failed',
]);
export type LinkState = z.infer<typeof LinkState>;

/** What speaks against the better way to a service. */
export const WayReason = z.enum([
  'no-ssh',
  'no-key',
  'ssh-unusable',
  'forward-refused',
  'not-on-loopback',
  'no-websocket',
  'site-refused',
  'rate-limited',
]);
export type WayReason = z.infer<typeof WayReason>;

/** A service that is not reached over SSH: by a WebSocket of the site a connection, or through its app proxy. */
export const Detour = z.strictObject({ service: z.string(), way: z.enum(['site', 'app-proxy']), why: WayReason });
export type Detour = z.infer<typeof Detour>;

export const Link = z.strictObject({
  accountId: AccountId,
  sessionId: Uuid,
  sessionName: z.string(),
  state: LinkState,
  since: Instant,
  /** When the next try is due, where one is set. */
  nextTryAt: Instant.nullable(),
  /** Open channels by kind, for the Ports view. */
  terminals: z.number().int(),
  apps: z.array(z.string()),
  detours: z.array(Detour),
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** Why it is not up. */
  error: ErrorValue.optional(),
});
export type Link = z.infer<typeof Link>;

export const links = {
  list: call(Nothing, z.array(Link)),
  /** Cuts the wait short. */
  retry: call(SessionRef, Nothing),
  /** The person looked at this new host key (`params.actual` of the error) and takes it in place of the old one. */
  acceptHostKey: call(SessionRef.extend({ fingerprint: z.string().max(200) }), Nothing),
  changed: event(Link),
};

export const AppTile = z.strictObject({
  /** Service name on the wire, e.g. `jupyter`. */
  service: z.string(),
  title: z.string(),
  category: z.enum(['utilities', 'development', 'machine-learning', 'desktop', 'other', 'ports']),
  protocol: z.string(),
  /** How Berth opens it: a window of its own, its terminal, its SSH dialog; `none`: not over a window (VNC, RDP). */
  opens: z.enum(['window', 'terminal', 'ssh', 'none']),
});
export type AppTile = z.infer<typeof AppTile>;

export const AppOpenInput = z.strictObject({
  accountId: AccountId,
  sessionId: Uuid,
  service: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
});
export type AppOpenInput = z.infer<typeof AppOpenInput>;

export const apps = {
  list: call(SessionRef, z.array(AppTile)),
  /** Services by name as tiles, before there is a session that has them. */
  describe: call(
    z.strictObject({ services: z.array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)).max(100) }),
    z.array(AppTile),
  ),
  /**
   * Makes a place on the gateway for this service and answers with its entry address (one use, 60 s).
   * The waiting page there turns into the service.
   */
  open: call(AppOpenInput, z.strictObject({ url: z.string() })),
};

/** Windows that the host opens itself; the browser host's page opens its own (see src-renderer/bridge.ts). */
export const windows = {
  open: call(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('terminal'),
        accountId: AccountId,
        sessionId: Uuid,
        /** The tab that another window gives to this one. */
        move: z
          .string()
          .regex(/^[a-z0-9]{4,32}$/)
          .optional(),
      }),
      z.strictObject({
        kind: z.literal('app'),
        accountId: AccountId,
        sessionId: Uuid,
        service: AppOpenInput.shape.service,
      }),
    ]),
    z.strictObject({ opened: z.boolean() }),
  ),
  /** Windows of this session should close: it ended. Null: those of the whole account, which was signed out. */
  closing: event(z.strictObject({ accountId: AccountId, sessionId: Uuid.nullable() })),
};
