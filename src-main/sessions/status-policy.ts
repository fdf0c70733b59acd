/**
 * What a session's status means for a person, and what the site says about why it waits or failed
 * (API reference, sections 5.1 to 5.5). Pure. Unknown statuses stay as they are: newer managers add names.
 */
import type { Failure, SessionTab, StatusFamily } from '../../src-preload/contract/sessions.ts';

const families: Readonly<Record<string, StatusFamily>> = {
  PENDING: 'waiting',
  DEPRIORITIZING: 'waiting',
  RESERVED: 'waiting',
  RESCHEDULING: 'waiting',
  PREEMPTED: 'ending',
  SCHEDULED: 'starting',
  PREPARING: 'starting',
  BUILDING: 'starting',
  PULLING: 'starting',
  PREPARED: 'starting',
  CREATING: 'starting',
  RESTARTING: 'starting',
  RESIZING: 'running',
  SUSPENDED: 'running',
  RUNNING: 'running',
  RUNNING_DEGRADED: 'running',
  TERMINATING: 'ending',
  TERMINATED: 'finished',
  CANCELLED: 'finished',
  ERROR: 'broken',
};

export function familyOf(status: string): StatusFamily {
  return families[status] ?? 'unknown';
}

export function tabOf(status: string): SessionTab {
  const family = familyOf(status);
  if (family === 'finished') return 'finished';
  return family === 'broken' || family === 'unknown' ? 'other' : 'running';
}

/** ERROR is not an end: it still holds its place until it is terminated. */
export function hasEnded(status: string): boolean {
  return familyOf(status) === 'finished';
}

/** Worth asking about often: the status will change by itself soon. */
export function isMoving(status: string): boolean {
  const family = familyOf(status);
  return family === 'waiting' || family === 'starting' || family === 'ending';
}

const maxReasons = 20;
const maxReasonLength = 500;

/** Reasons in the site's words, one line each, from the parsed `status_data`, whatever shape the manager's era gives it. */
export function reasonsOf(statusData: unknown): string[] {
  const data = record(statusData);
  const lines = [...schedulerReasons(record(data.scheduler)), ...errorReasons(data.error, 0)];
  const exitCode = record(data.kernel).exit_code;
  if (typeof exitCode === 'number' && exitCode !== 0) lines.push(`exit code ${exitCode}`);
  return [...new Set(lines.map((line) => line.slice(0, maxReasonLength)))].slice(0, maxReasons);
}

function schedulerReasons(scheduler: Readonly<Record<string, unknown>>): string[] {
  const failed = list(scheduler.failed_predicates).flatMap((item) => {
    const { name, msg } = record(item);
    return firstText(msg, name);
  });
  return failed.length > 0 ? failed : firstText(scheduler.msg);
}

/** `collection` holds the same shape once a kernel; deeper nesting has not been seen and is cut. */
function errorReasons(value: unknown, depth: number): string[] {
  const error = record(value);
  const inner = depth < 3 ? list(error.collection).flatMap((item) => errorReasons(item, depth + 1)) : [];
  return inner.length > 0 ? inner : firstText(error.repr, error.name);
}

const maxFailures = 5;
/** The end of a traceback says what went wrong. */
const maxTraceback = 4_000;

/** Whole errors of a start that failed (web client parity P-FAIL-02); nothing where there is none. */
export function failuresOf(statusData: unknown): { readonly failures?: Failure[] } {
  const failures = wholeErrors(record(statusData).error, 0).slice(0, maxFailures);
  return failures.length === 0 ? {} : { failures };
}

function wholeErrors(value: unknown, depth: number): Failure[] {
  const error = record(value);
  const inner = depth < 3 ? list(error.collection).flatMap((item) => wholeErrors(item, depth + 1)) : [];
  if (inner.length > 0) return inner;
  const text = (field: unknown) => (typeof field === 'string' && field.trim() !== '' ? field.trim() : null);
  const [name, repr] = [text(error.name), text(error.repr)];
  if (name === null && repr === null) return [];
  return [
    {
      name,
      text: repr?.slice(0, maxTraceback) ?? null,
      source: text(error.src),
      agent: text(error.agent_id),
      traceback: text(error.traceback)?.slice(-maxTraceback) ?? null,
    },
  ];
}

/** First line of the first value that is a text with something in it. */
function firstText(...values: readonly unknown[]): string[] {
  for (const value of values) {
    const line = typeof value === 'string' ? value.trim().split('\n', 1)[0] : undefined;
    if (line !== undefined && line !== '') return [line];
  }
  return [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
