/** Shapes that several areas share. */
import { z } from 'zod';

export const Nothing = z.undefined();
export const Uuid = z.uuid();
/** Berth's own id of an account on a site: random, not a secret, stable across restarts. */
export const AccountId = z.string().regex(/^[a-z0-9-]{8,64}$/);
export const SiteId = AccountId;

/** Resource slots as the wire has them: decimal text, memory in bytes; `cuda.shares` may be a fraction. */
export const Slots = z.record(z.string(), z.string());
export type Slots = z.infer<typeof Slots>;

export const SessionRef = z.strictObject({ accountId: AccountId, sessionId: Uuid });
export type SessionRef = z.infer<typeof SessionRef>;

export const AccountRef = z.strictObject({ accountId: AccountId });

/** ISO 8601 text. */
export const Instant = z.string();
