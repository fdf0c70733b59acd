/** Ports of sessions on this computer: forwards that a person asks for, and what listens in a session. */
import { z } from 'zod';
import { AccountId, Instant, Nothing, SessionRef, Uuid } from './common.ts';
import { ErrorValue } from './errors.ts';
import { call, event } from './verbs.ts';

export const Port = z.number().int().min(1).max(65_535);
/** A kernel by its name in the session's cluster: `main1`, `sub1`, … */
export const KernelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/);
/** The kernel that a session's SSH server runs in, and its connection ends in. */
export const mainKernel = 'main1';

/** A port of a session. */
export const ForwardTarget = z.strictObject({ accountId: AccountId, sessionId: Uuid, kernel: KernelName, port: Port });
export type ForwardTarget = z.infer<typeof ForwardTarget>;

export const ForwardState = z.enum([
  /** Programs of this computer can connect. */
  'open',
  'stopped',
  /** It could not be opened, for the reason in `error`. */
  'failed',
]);
export type ForwardState = z.infer<typeof ForwardState>;

export const Forward = ForwardTarget.extend({
  id: z.string().max(200),
  sessionName: z.string(),
  /** On 127.0.0.1; nothing else is ever listened on. */
  localPort: Port,
  state: ForwardState,
  since: Instant,
  /** Connections now, of these not through to the session yet, and since it was opened. */
  connections: z.number().int(),
  waiting: z.number().int(),
  total: z.number().int(),
  /** From the session, and to it. */
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** Comes back with the next start of Berth. */
  pinned: z.boolean(),
  /** What went wrong last, and when. */
  error: ErrorValue.optional(),
  errorAt: Instant.nullable(),
});
export type Forward = z.infer<typeof Forward>;

/** A port on which a program in the session accepts connections. */
export const ListeningPort = z.strictObject({
  port: Port,
  /** Name of the program, where the session lets it be seen. */
  program: z.string().nullable(),
});
export type ListeningPort = z.infer<typeof ListeningPort>;

/** Why another kernel than the main one could not be looked into, from the main one. */
export const Unseen = z.enum(['no-ssh-program', 'not-reached']);
export type Unseen = z.infer<typeof Unseen>;

export const Listening = z.strictObject({
  ports: z.array(ListeningPort),
  unseen: Unseen.optional(),
  /** When the session was looked at; null: not yet. Stays while its connection is not up. */
  asOf: Instant.nullable(),
});
export type Listening = z.infer<typeof Listening>;

/** What listens in one of the kernels beside the main one. */
export const KernelListening = Listening.extend({ kernel: KernelName });
export type KernelListening = z.infer<typeof KernelListening>;

const ForwardRef = z.strictObject({ id: z.string().max(200) });

export const forwards = {
  list: call(Nothing, z.array(Forward)),
  /** A local port that is free now: the one used last for a session of this name, or the same number, or any. */
  suggest: call(ForwardTarget, z.strictObject({ localPort: Port, remembered: z.boolean() })),
  /**
   * Opens a session's port on this computer, for every program of it. Null: the port that `suggest` names.
   * Fails with `port-taken`, whose params name a `free` one.
   */
  open: call(ForwardTarget.extend({ localPort: Port.nullable() }), Forward),
  /** Closes the port and its connections; the entry stays. */
  stop: call(ForwardRef, Nothing),
  /** Closes what there is and opens it anew. */
  restart: call(ForwardRef, Nothing),
  remove: call(ForwardRef, Nothing),
  pin: call(z.strictObject({ id: z.string().max(200), pinned: z.boolean() }), Nothing),
  /** What listens in a kernel beside the session's services. Looks where the connection is up; `asked` brings it up. */
  listening: call(
    z.strictObject({ accountId: AccountId, sessionId: Uuid, kernel: KernelName, asked: z.boolean() }),
    Listening,
  ),
  /**
   * What listens in the kernels beside the main one, as it was seen last; none for a session of one kernel. Looks where the
   * connection is up, at a pace of its own.
   */
  listeningBeside: call(SessionRef, z.array(KernelListening)),
  changed: event(Forward),
  removed: event(ForwardRef),
};
