/** Terminals of a session: the stream between a window and a shell, and what is asked about shells that are kept. */
import { z } from 'zod';
import { AccountId, Instant, Nothing, SessionRef, Uuid } from './common.ts';
import { ErrorValue } from './errors.ts';
import { LinkState } from './links.ts';
import { call, stream } from './verbs.ts';

/** Names the tmux session, so that a reloaded window finds its shell again. */
export const TerminalId = z.string().regex(/^[a-z0-9]{4,32}$/);

/** Lines of history that a window may ask for when it finds a kept shell again. */
export const maxHistoryLines = 20_000;
/** Bytes of input that a window may send ahead of what the shell's side has taken. */
export const inputWindowBytes = 64 * 1024;
/** What was taken is told once it comes to this much, so that single keys need no answer. */
export const inputAckBytes = 4 * 1024;

export const TerminalInput = z.strictObject({
  accountId: AccountId,
  sessionId: Uuid,
  cols: z.number().int().min(2).max(1000),
  rows: z.number().int().min(1).max(1000),
  terminalId: TerminalId,
  /** Lines that a kept shell showed before, to be sent ahead of its screen; 0: none. */
  history: z.number().int().min(0).max(maxHistoryLines),
});
export type TerminalInput = z.infer<typeof TerminalInput>;

export const TerminalControl = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('resize'),
    cols: z.number().int().min(2).max(1000),
    rows: z.number().int().min(1).max(1000),
  }),
  z.strictObject({ type: z.literal('retry') }),
  /** Send again what a kept shell printed: tmux draws screens, so that lines which rushed by never came. */
  z.strictObject({ type: z.literal('refill') }),
  /** Forget what was scrolled away, also where the shell is kept. */
  z.strictObject({ type: z.literal('clear') }),
]);
export type TerminalControl = z.infer<typeof TerminalControl>;

/** `tmux`: outlives a lost link; `shell`: does not; `console`: the site's own (ttyd), which every window of it shares. */
export const ShellKind = z.enum(['tmux', 'shell', 'console']);
export type ShellKind = z.infer<typeof ShellKind>;

export const TerminalNote = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('state'),
    state: LinkState,
    since: Instant,
    nextTryAt: Instant.nullable(),
    error: ErrorValue.optional(),
  }),
  /** `resumed`: the same shell as before; its keys are still welcome. */
  z.strictObject({ type: z.literal('attached'), over: ShellKind, resumed: z.boolean() }),
  /** So many bytes of input went to the shell's side; see `inputWindowBytes`. */
  z.strictObject({ type: z.literal('taken'), bytes: z.number().int().positive() }),
  /** The first so many bytes of this stream's input have certainly arrived in the container. Not told of a console. */
  z.strictObject({ type: z.literal('arrived'), bytes: z.number().int().positive() }),
  /** So many bytes of output that came faster than the window took them were dropped before what comes next. */
  z.strictObject({ type: z.literal('skipped'), bytes: z.number().int().positive() }),
  z.strictObject({ type: z.literal('exited'), code: z.number().int().nullable() }),
  /** Another window shows this shell now; the stream ends. */
  z.strictObject({ type: z.literal('moved') }),
]);
export type TerminalNote = z.infer<typeof TerminalNote>;

export const KeptShell = z.strictObject({
  terminalId: TerminalId,
  /** A window shows it. */
  isShown: z.boolean(),
  /** What runs in its foreground; null: the shell waits for a command. */
  program: z.string().max(256).nullable(),
  title: z.string().max(256),
  createdAt: Instant,
});
export type KeptShell = z.infer<typeof KeptShell>;

const OneTerminal = z.strictObject({ accountId: AccountId, sessionId: Uuid, terminalId: TerminalId });

export const terminals = {
  attach: stream(TerminalInput, TerminalControl, TerminalNote),
  /** Shells of the session that tmux keeps, the oldest first. Empty where there is no tmux. Needs a link that is up. */
  kept: call(SessionRef, z.array(KeptShell)),
  /** Ends a kept shell with what runs in it. One that is gone already is no error. */
  end: call(OneTerminal, Nothing),
  /** Everything a kept shell still knows that it printed, as plain text; `cut`: the oldest part was too much. */
  output: call(OneTerminal, z.strictObject({ text: z.string(), cut: z.boolean() })),
};
