/** Launches beyond the one call: recipes, history, drafts, what opens when a session runs, and how far a start is. */
import { z } from 'zod';
import { AccountId, AccountRef, Instant, Nothing, SessionRef, Uuid } from './common.ts';
import { LaunchSpec } from './launch-spec.ts';
import { call, event } from './verbs.ts';

/** What opens by itself once the session runs: a service of it, or Berth's own terminal. */
export const OpensWhenRunning = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('terminal') }),
  z.strictObject({ kind: z.literal('app'), service: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
]);
export type OpensWhenRunning = z.infer<typeof OpensWhenRunning>;

export const HistoryEntry = z.strictObject({
  id: Uuid,
  at: Instant,
  /** The person's own name for it; else the session's name is shown. */
  title: z.string().max(256).nullable(),
  pinned: z.boolean(),
  /** Without the values of variables that look like secrets. */
  spec: LaunchSpec,
  sessions: z.array(z.strictObject({ sessionId: Uuid, name: z.string() })),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** A launch from a file, a link, the command line, the history or a session: to be checked and launched by a person. */
export const Recipe = z.strictObject({
  title: z.string(),
  spec: LaunchSpec,
  /** Where it was made, as its file or link says; null when that is not known. */
  madeFor: z.string().nullable(),
  /** Values that were left out because they look like secrets, by name. */
  leftOut: z.array(z.string()),
});
export type Recipe = z.infer<typeof Recipe>;

export const LaunchPhase = z.strictObject({
  /** The site's own word, e.g. PULLING. */
  status: z.string(),
  /** Null: not reached yet, but usual for this environment. */
  at: Instant.nullable(),
  /** Milliseconds it took; null while it lasts or is not reached. */
  tookMs: z.number().nullable(),
  /** The middle of the person's own past launches of this image on this site; null without any. */
  usualMs: z.number().nullable(),
});
export type LaunchPhase = z.infer<typeof LaunchPhase>;

export const LaunchProgress = z.strictObject({
  phases: z.array(LaunchPhase),
  /** The phase in which the start failed; null while it goes on or went well. */
  failedIn: z.string().nullable(),
  opens: OpensWhenRunning.nullable(),
});
export type LaunchProgress = z.infer<typeof LaunchProgress>;

/** 64 KiB of commands and scripts, and everything around them. */
const RecipeText = z
  .string()
  .min(1)
  .max(512 * 1024);
const Title = z.string().trim().max(256);

export const launches = {
  /** Newest first, pinned ones before; at most 50 a site that are not pinned. */
  history: call(AccountRef, z.array(HistoryEntry)),
  /** Remembers a launch that the site took, and what is to open once its sessions run. */
  record: call(
    z.strictObject({
      accountId: AccountId,
      spec: LaunchSpec,
      sessions: z
        .array(z.strictObject({ sessionId: Uuid, name: z.string().max(256) }))
        .min(1)
        .max(100),
      opens: OpensWhenRunning.nullable(),
    }),
    Nothing,
  ),
  change: call(
    z.strictObject({
      accountId: AccountId,
      id: Uuid,
      title: Title.nullable().optional(),
      pinned: z.boolean().optional(),
    }),
    Nothing,
  ),
  forget: call(z.strictObject({ accountId: AccountId, id: Uuid }), Nothing),
  /** The half-filled form as it was last kept, also before a crash. */
  draft: call(AccountRef, LaunchSpec.nullable()),
  keepDraft: call(z.strictObject({ accountId: AccountId, spec: LaunchSpec }), Nothing),
  /** A launch as a small readable file and as a link, both without secrets. */
  write: call(
    z.strictObject({ accountId: AccountId, title: Title, spec: LaunchSpec }),
    z.strictObject({
      text: z.string(),
      fileName: z.string(),
      /** Null: too long for a link. */
      link: z.string().nullable(),
      leftOut: z.array(z.string()),
    }),
  ),
  /** Reads a recipe's text or a `berth://launch` link. Fails with `recipe-invalid`, which names the place. */
  read: call(z.strictObject({ text: RecipeText }), Recipe),
  /** A listed session as a launch: exactly as it was asked for if Berth started it, else from what the site tells. */
  again: call(SessionRef, Recipe),
  /** The recipe that the command line or a link asked for, once; null when there is none. */
  takeRequested: call(Nothing, Recipe.nullable()),
  requested: event(z.strictObject({})),
  /** What the person called the ports that were opened beforehand, by port; empty for sessions that Berth did not start. */
  portNames: call(SessionRef, z.record(z.string(), z.string())),
  progress: call(SessionRef, LaunchProgress),
  setOpens: call(
    z.strictObject({ accountId: AccountId, sessionId: Uuid, opens: OpensWhenRunning.nullable() }),
    Nothing,
  ),
  /** What is to be opened now; each is given to one window once. */
  takeOpenings: call(
    Nothing,
    z.array(
      z.strictObject({ accountId: AccountId, sessionId: Uuid, sessionName: z.string(), opens: OpensWhenRunning }),
    ),
  ),
  /** There is something to take. */
  opening: event(z.strictObject({})),
};
