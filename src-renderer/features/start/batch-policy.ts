/** Batch jobs: when they may start and how long they may take, in the person's own time. Pure; the clock comes in. */
import type { BatchChoice, TimeUnit } from '../../../src-preload/contract/launch-spec.ts';

export type BatchProblem = 'no-command' | 'bad-start' | 'past-start' | 'bad-timeout';

/** `2026-05-01T09:30` of the `datetime-local` field; seconds do no harm. Null when it names no time. */
export function readLocal(text: string): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const date = new Date(year ?? 0, (month ?? 1) - 1, day, hour, minute, second ?? 0);
  // The 31st of a short month would silently become the 1st of the next.
  return date.getMonth() === (month ?? 1) - 1 && date.getDate() === day ? date : null;
}

const two = (value: number) => String(value).padStart(2, '0');

/** A time as the `datetime-local` field has it. */
export function showLocal(date: Date): string {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The offset that holds at that moment, `+09:00`: it differs between summer and winter. */
export function offsetOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The time with its offset, as the site is told: `2026-05-01T09:30:00+09:00`. */
export function withOffset(date: Date): string {
  return `${showLocal(date)}:${two(date.getSeconds())}${offsetOf(date)}`;
}

/** What the field begins with when it is switched on: in two minutes (P-LAUNCH-14). */
export function suggestedStart(now: Date): string {
  return showLocal(new Date(now.getTime() + 2 * 60_000 + 59_999));
}

const secondsOf: Readonly<Record<TimeUnit, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Whole, at least 1, and not so long that the sum is no number any more. Null otherwise. */
export function timeoutSeconds(timeout: BatchChoice['timeout']): number | null {
  if (timeout === null || !/^\d{1,9}$/.test(timeout.amount.trim())) return null;
  const amount = Number(timeout.amount.trim());
  return amount >= 1 ? amount * secondsOf[timeout.unit] : null;
}

export function batchProblems(batch: BatchChoice, now: Date): BatchProblem[] {
  const problems: BatchProblem[] = [];
  if (batch.command.trim() === '') problems.push('no-command');
  if (batch.startsAt !== null) {
    const start = readLocal(batch.startsAt);
    if (start === null) problems.push('bad-start');
    else if (start.getTime() <= now.getTime()) problems.push('past-start');
  }
  if (batch.timeout !== null && timeoutSeconds(batch.timeout) === null) problems.push('bad-timeout');
  return problems;
}
