/** Logs of containers: followed while they run, kept on this computer after the session ended, read by the line. */
import { z } from 'zod';
import { AccountId, Instant, Nothing, Uuid } from './common.ts';
import { ErrorValue } from './errors.ts';
import { call, stream } from './verbs.ts';

/** One container's log. Without a kernel: the main one's. */
export const LogRef = z.strictObject({
  accountId: AccountId,
  sessionId: Uuid,
  kernelId: z
    .string()
    .regex(/^[0-9a-f-]{32,36}$/)
    .nullable(),
});
export type LogRef = z.infer<typeof LogRef>;

export const LogState = z.strictObject({
  lines: z.number().int(),
  bytes: z.number().int(),
  /** Changes when line numbers no longer mean what they meant. */
  epoch: z.number().int(),
  /** Lines in front of which the site had dropped a part that Berth never saw. */
  gaps: z.array(z.number().int()),
  /** Lines that Berth dropped at the front to stay within its bound. */
  dropped: z.number().int(),
  /** When the site last answered; null before. */
  asOf: Instant.nullable(),
  /** `following`: more may come; `ended`: the session is over and this is all there is; `kept`: the site has it no more. */
  state: z.enum(['loading', 'following', 'ended', 'kept']),
  /** The site could not be asked; what is here stays. */
  error: ErrorValue.optional(),
});
export type LogState = z.infer<typeof LogState>;

export const LogLines = z.strictObject({
  epoch: z.number().int(),
  from: z.number().int(),
  /** Colours in force at the start of the first line: the numbers between `ESC [` and `m`. */
  sgr: z.string(),
  /** As the container wrote them, escape sequences included; very long ones are cut. */
  lines: z.array(z.strictObject({ text: z.string(), cut: z.boolean() })),
});
export type LogLines = z.infer<typeof LogLines>;

export const maxLogLines = 1000;

export const KeptLogs = z.strictObject({
  sessions: z.number().int(),
  bytes: z.number().int(),
  limitBytes: z.number().int(),
  folder: z.string(),
});
export type KeptLogs = z.infer<typeof KeptLogs>;

export const logs = {
  /** Tells how far the log is, now and after each change, while the window has it open. `refresh`: ask the site at once. */
  follow: stream(LogRef, z.strictObject({ refresh: z.literal(true) }), LogState),
  read: call(
    z.strictObject({
      ...LogRef.shape,
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(maxLogLines),
    }),
    LogLines,
  ),
  /** Line numbers with `text`, in order, as far as `complete` tells; escape sequences are not searched. */
  search: call(
    z.strictObject({ ...LogRef.shape, text: z.string().min(1).max(1024), matchCase: z.boolean() }),
    z.strictObject({
      epoch: z.number().int(),
      lines: z.array(z.number().int()),
      matches: z.number().int(),
      complete: z.boolean(),
    }),
  ),
  /** Writes it to a file of the person's own. `plain`: without escape sequences. */
  save: call(
    z.strictObject({
      ...LogRef.shape,
      path: z.string().min(1).max(4096),
      plain: z.boolean(),
      replace: z.boolean(),
    }),
    z.strictObject({ path: z.string(), bytes: z.number().int() }),
  ),
  kept: call(Nothing, KeptLogs),
  /** Removes what is kept of sessions that have ended. */
  clear: call(Nothing, KeptLogs),
};
