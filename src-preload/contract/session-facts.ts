/** Facts of one session that the site tells beside its row: measurements, idle checks, reasons, relatives. */
import { z } from 'zod';
import { Instant } from './common.ts';

/** One measured quantity of a container, or summed over containers (API reference, section 4.13). */
export const Metric = z.strictObject({
  /** E.g. `cpu_util`, `mem`, `cuda_util`, `cuda_mem`, `net_rx`, `io_read`. */
  name: z.string(),
  /** `percent`, `bytes`, `bps`, `msec`, `count`, or what the site says; null when it says nothing. */
  unit: z.string().nullable(),
  current: z.number().nullable(),
  capacity: z.number().nullable(),
  /** 100 is one core for `cpu_util`; may exceed 100. */
  percent: z.number().nullable(),
  /** Change a second of a growing amount, e.g. bytes a second of `io_read`. */
  rate: z.number().nullable(),
  max: z.number().nullable(),
  average: z.number().nullable(),
});
export type Metric = z.infer<typeof Metric>;

/** Why and when the site would end an idle session (API reference, section 4.14). */
export const IdleCheck = z.strictObject({
  /** `network_timeout`, `session_lifetime`, `utilization`, or a name that the site made up. */
  name: z.string(),
  /** The instant at which it is over, which stays the same from answer to answer; null: does not apply, or not known now. */
  endsAt: Instant.nullable(),
  /** The time is over, and the site has not decided yet. */
  checking: z.boolean(),
  /** `expire`: until the end; `grace`: until the check begins. */
  kind: z.enum(['expire', 'grace']),
  /** Of `utilization`: what is measured, in percent. */
  resources: z.array(
    z.strictObject({ name: z.string(), average: z.number().nullable(), threshold: z.number().nullable() }),
  ),
  /** `and`: ends when all lie below; `or`: when any does. */
  operator: z.enum(['and', 'or']).nullable(),
});
export type IdleCheck = z.infer<typeof IdleCheck>;

export const StatusStep = z.strictObject({ status: z.string(), at: Instant });
export type StatusStep = z.infer<typeof StatusStep>;

/** A condition that the scheduler checked, by the name its era gives it. */
export const Predicate = z.strictObject({ name: z.string(), message: z.string() });

/** One round of the scheduler, on managers that keep them (26.2 and later). */
export const SchedulingAttempt = z.strictObject({
  phase: z.string(),
  fromStatus: z.string().nullable(),
  toStatus: z.string().nullable(),
  /** SUCCESS, FAILURE, STALE, NEED_RETRY, EXPIRED, GIVE_UP, SKIPPED, or a newer word. */
  result: z.string(),
  errorCode: z.string().nullable(),
  message: z.string().nullable(),
  attempts: z.number().int(),
  at: Instant.nullable(),
  updatedAt: Instant.nullable(),
  steps: z.array(
    z.strictObject({
      name: z.string(),
      result: z.string(),
      errorCode: z.string().nullable(),
      message: z.string().nullable(),
      startedAt: Instant.nullable(),
      endedAt: Instant.nullable(),
    }),
  ),
});
export type SchedulingAttempt = z.infer<typeof SchedulingAttempt>;

/** What is known of why a session waits or did not start, whatever the manager's era (API reference, sections 5.4 and 5.5). */
export const Scheduling = z.strictObject({
  /** In the site's words, one line each; the newest first where there are rounds. */
  reasons: z.array(z.string()),
  /** The scheduler's sentence as a whole, with its line breaks. */
  message: z.string().nullable(),
  retries: z.number().int().nullable(),
  lastTryAt: Instant.nullable(),
  failed: z.array(Predicate),
  passed: z.array(z.string()),
  attempts: z.array(SchedulingAttempt),
  /** Place in the queue, 0 is next; null where not told or not waiting. */
  queuePosition: z.number().int().nullable(),
});
export type Scheduling = z.infer<typeof Scheduling>;

/** The rounds of the scheduler, newest first. */
export const SchedulingRounds = z.strictObject({
  /** The newest ones; `total` counts those as well that were left out. */
  rounds: z.array(SchedulingAttempt),
  total: z.number().int(),
});
export type SchedulingRounds = z.infer<typeof SchedulingRounds>;

/** Something that was asked of a session, as the site keeps it. */
export const AuditEntry = z.strictObject({
  id: z.string(),
  at: Instant.nullable(),
  /** The site's own word: `create`, `rename`, `delete`, ... */
  operation: z.string(),
  /** `success`, `error`, `running`, `unknown`, `denied`, or a newer word. */
  result: z.string(),
  /** Who asked; null where the site does not tell, or did it itself. */
  by: z.strictObject({ id: z.string(), email: z.string().nullable() }).nullable(),
  durationMs: z.number().nullable(),
  description: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditPage = z.strictObject({ entries: z.array(AuditEntry), total: z.number().int() });
export type AuditPage = z.infer<typeof AuditPage>;

/** A folder that is mounted, as far as the site tells of it. */
export const SessionMount = z.strictObject({
  name: z.string().nullable(),
  id: z.string().nullable(),
  readOnly: z.boolean().nullable(),
  /** Where it is in the session. */
  path: z.string().nullable(),
});
export type SessionMount = z.infer<typeof SessionMount>;

/** Another session that this one waits for, or that waits for it. */
export const Relative = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  result: z.string().nullable(),
});
export type Relative = z.infer<typeof Relative>;

export const Relatives = z.strictObject({
  dependsOn: z.array(Relative),
  /** Null where the site cannot tell. */
  neededBy: z.array(Relative).nullable(),
});
export type Relatives = z.infer<typeof Relatives>;

/** Progress of a job on the site, such as an image being made (API reference, section 8.2). */
export const TaskProgress = z.strictObject({
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  message: z.string(),
  /** 0..1; null when the site does not know how much there is. */
  fraction: z.number().min(0).max(1).nullable(),
});
export type TaskProgress = z.infer<typeof TaskProgress>;
