/**
 * What may go wrong, as values: a closed set of codes that both sides switch on. Texts live in the renderer's
 * translations under `errors.<code>`; nothing here is ever matched by message.
 */
import { z } from 'zod';

export const errorCodes = [
  'internal',
  'invalid-input',
  'cancelled',
  'timeout',
  'offline',
  'tls',
  'not-backend-ai',
  'version-unsupported',
  'clock-skew',
  'unauthorised',
  'forbidden',
  'not-found',
  'rate-limited',
  'server-error',
  'maintenance',
  'bad-answer',
  'unsupported',
  'refused-by-site',
  'quota',
  'name-taken',
  'account-missing',
  'signed-out',
  'session-gone',
  'session-not-running',
  'no-ssh-service',
  'key-missing',
  'key-refused',
  'host-key-changed',
  'tunnel-refused',
  'tunnel-lost',
  'service-unknown',
  'service-failed',
  'service-timeout',
  'secrets-unavailable',
  'secrets-locked',
  'settings-invalid',
  'sandbox-failed',
  'file-exists',
  'file-write',
  'bridge-lost',
] as const;

export const ErrorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** Where on the way it went wrong, from near to far. */
export const ErrorPlace = z.enum(['computer', 'proxy', 'site', 'manager', 'agent', 'container', 'service']);
export type ErrorPlace = z.infer<typeof ErrorPlace>;

/** An error as it crosses the bridge: safe to show, free of secrets. */
export const ErrorValue = z.strictObject({
  code: ErrorCode,
  place: ErrorPlace,
  /** `auto`: Berth tries again by itself; `user`: trying again may help; `never`: something must change first. */
  retry: z.enum(['never', 'user', 'auto']),
  /** Values for the translated sentence (names, amounts). */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The other side's own words, redacted; shown folded, never interpreted. */
  detail: z.string().max(8192).optional(),
  /** Found again in the log under this id; defects only. */
  correlation: z.string().optional(),
});
export type ErrorValue = z.infer<typeof ErrorValue>;
