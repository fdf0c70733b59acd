/** Pure: rounds of a site's scheduler as a table: what is good and bad news, filters, pages (web client parity P-PEND-03). */
import type { SchedulingAttempt } from '../../../../src-preload/contract/session-facts.ts';

export const roundsOnPage = 10;

export type Level = 'good' | 'bad' | 'again' | 'quiet' | 'unknown';

const levels: Readonly<Record<string, Level>> = {
  SUCCESS: 'good',
  FAILURE: 'bad',
  EXPIRED: 'bad',
  GIVE_UP: 'bad',
  NEED_RETRY: 'again',
  STALE: 'quiet',
  SKIPPED: 'quiet',
};

/** A word of a newer manager is neither good nor bad. */
export function levelOf(result: string): Level {
  return levels[result] ?? 'unknown';
}

export interface RoundsFilter {
  /** Null: all of them. */
  readonly phase: string | null;
  readonly result: string | null;
}

/** What there is to choose from, in alphabetical order. */
export function choicesOf(rounds: readonly SchedulingAttempt[]): {
  readonly phases: string[];
  readonly results: string[];
} {
  const distinct = (values: readonly string[]) => [...new Set(values)].sort();
  return { phases: distinct(rounds.map(({ phase }) => phase)), results: distinct(rounds.map(({ result }) => result)) };
}

export interface RoundsPage {
  readonly rows: readonly SchedulingAttempt[];
  /** From 0; the last one where fewer are left than were asked for. */
  readonly page: number;
  readonly total: number;
}

export function pageOf(
  rounds: readonly SchedulingAttempt[],
  { phase, result }: RoundsFilter,
  wanted: number,
): RoundsPage {
  const fitting = rounds.filter((it) => (phase ?? it.phase) === it.phase && (result ?? it.result) === it.result);
  const last = Math.max(0, Math.ceil(fitting.length / roundsOnPage) - 1);
  const page = Math.min(wanted, last);
  return { rows: fitting.slice(page * roundsOnPage, (page + 1) * roundsOnPage), page, total: fitting.length };
}
