/** How far a start is, how long each phase took, and how long it usually takes. Pure. */
import type { LaunchPhase } from '../../src-preload/contract/launches.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';

export interface Step {
  readonly status: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Milliseconds of past launches by phase, newest last. */
export type Durations = Readonly<Record<string, readonly number[]>>;

/** More would remember a site that has long changed. */
export const keptDurations = 10;

const started: ReadonlySet<string> = new Set(['RUNNING', 'RUNNING_DEGRADED']);
const ended: ReadonlySet<string> = new Set(['TERMINATING', 'TERMINATED', 'CANCELLED', 'ERROR']);

/**
 * The steps of a start: the site's own times where it keeps them, else what was seen.
 * A phase that the site entered twice (a retry) keeps its first time there; nothing after the start belongs to it.
 */
export function startSteps(session: Pick<Session, 'history'>, seen: readonly Step[]): Step[] {
  const source = session.history.length > 0 ? session.history : seen;
  const steps: Step[] = [];
  for (const step of [...source].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    if (steps.some(({ status }) => status === step.status)) continue;
    steps.push({ status: step.status, at: step.at });
    if (started.has(step.status) || ended.has(step.status)) break;
  }
  return steps;
}

/** Whole durations of a start that came to run; null for one that did not. */
export function durationsOf(steps: readonly Step[]): Record<string, number> | null {
  if (!started.has(steps.at(-1)?.status ?? '')) return null;
  const durations: Record<string, number> = {};
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1];
    if (next !== undefined) durations[step.status] = Math.max(0, Date.parse(next.at) - Date.parse(step.at));
  }
  return durations;
}

/** The middle of what was seen; null without any. */
export function usual(durations: readonly number[] | undefined): number | null {
  if (durations === undefined || durations.length === 0) return null;
  const sorted = [...durations].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export function addDurations(past: Durations, one: Readonly<Record<string, number>>): Record<string, number[]> {
  const all: Record<string, number[]> = Object.fromEntries(Object.entries(past).map(([key, list]) => [key, [...list]]));
  for (const [status, ms] of Object.entries(one)) {
    all[status] = [...(all[status] ?? []), ms].slice(-keptDurations);
  }
  return all;
}

/** Phases so far, then the usual ones that are still to come; and where it failed, if it did. */
export function describeStart(
  status: string,
  steps: readonly Step[],
  past: Durations,
): { readonly phases: LaunchPhase[]; readonly failedIn: string | null } {
  const phases: LaunchPhase[] = steps
    .filter((step) => !ended.has(step.status))
    .map((step) => {
      const next = steps[steps.indexOf(step) + 1];
      return {
        status: step.status,
        at: step.at,
        tookMs:
          next === undefined || started.has(step.status)
            ? null
            : Math.max(0, Date.parse(next.at) - Date.parse(step.at)),
        usualMs: usual(past[step.status]),
      };
    });
  const runs = steps.some((step) => started.has(step.status));
  if (!runs && !ended.has(status)) {
    // In the order in which the site went through them; those before the present one are over or were skipped.
    const order = Object.keys(past);
    const last = Math.max(-1, ...phases.map((phase) => order.indexOf(phase.status)));
    for (const coming of order.slice(last + 1)) {
      if (phases.some((phase) => phase.status === coming)) continue;
      phases.push({ status: coming, at: null, tookMs: null, usualMs: usual(past[coming]) });
    }
  }
  const lastPhase = phases.filter((phase) => phase.at !== null).at(-1);
  return { phases, failedIn: !runs && ended.has(status) ? (lastPhase?.status ?? status) : null };
}
