/** What a site lets an account see of sessions and do with them, beside what a session's status allows. */
import { z } from 'zod';

export const SessionRules = z.strictObject({
  /**
   * Saving sessions as images. `off`: the site has switched it off; `unsupported`: its manager cannot. `offered` also where
   * the site does not tell: its answer decides then.
   */
  commit: z.enum(['offered', 'off', 'unsupported']),
  /** Whether machines may be named. */
  agents: z.boolean(),
  /** Administers the domain or the site. */
  admin: z.boolean(),
  /** Keeps the rounds of its scheduler. */
  rounds: z.boolean(),
  /** Tells this account what was asked of a session, as far as can be known without asking. */
  audit: z.boolean(),
});
export type SessionRules = z.infer<typeof SessionRules>;

export const OwnImages = z.strictObject({
  /** Null where the site does not tell. */
  have: z.number().int().nullable(),
  /** Null: not limited, or not told. */
  limit: z.number().int().nullable(),
});
export type OwnImages = z.infer<typeof OwnImages>;
