/** The doctor: walks the way to a site, hop by hop, and tells which one fails. Nothing in its report is a secret. */
import { z } from 'zod';
import { AccountId, Instant, Nothing } from './common.ts';
import { ErrorValue } from './errors.ts';
import { EndpointText } from './sites.ts';
import { stream } from './verbs.ts';

/** In the order of the way. */
export const doctorSteps = [
  'proxy',
  'name',
  'tcp',
  'tls',
  'answer',
  'version',
  'clock',
  'sign-in',
  'events',
  'tunnel',
] as const;
export const DoctorStepName = z.enum(doctorSteps);
export type DoctorStepName = z.infer<typeof DoctorStepName>;

export const DoctorStep = z.strictObject({
  step: DoctorStepName,
  /** `warning`: works, but somebody should know; `not-tried`: something before it failed, or it was not asked for. */
  state: z.enum(['ok', 'warning', 'failed', 'not-tried']),
  /** Null when it was not tried. */
  ms: z.number().nullable(),
  /** What was found, by names in English, as they stand in the copied report. */
  facts: z.record(z.string(), z.string().max(500)),
  error: ErrorValue.optional(),
});
export type DoctorStep = z.infer<typeof DoctorStep>;

export const DoctorReport = z.strictObject({
  endpoint: z.string(),
  at: Instant,
  ok: z.boolean(),
  /** The hop to look at first. */
  failed: DoctorStepName.nullable(),
  steps: z.array(DoctorStep),
});
export type DoctorReport = z.infer<typeof DoctorReport>;

/** An account's own endpoint, trust, proxy and sign-in; or any endpoint, without a sign-in. */
export const DoctorTarget = z.union([
  z.strictObject({ accountId: AccountId }),
  z.strictObject({ endpoint: EndpointText }),
]);
export type DoctorTarget = z.infer<typeof DoctorTarget>;

export const DoctorNote = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('begun'), endpoint: z.string(), step: DoctorStepName }),
  z.strictObject({ is: z.literal('step'), step: DoctorStep }),
  z.strictObject({ is: z.literal('report'), report: DoctorReport }),
]);
export type DoctorNote = z.infer<typeof DoctorNote>;

/** The report as text to copy or print. @param sentences what happened and what to do, for the error of a step */
export function doctorText(
  report: DoctorReport,
  sentences: (error: ErrorValue) => { readonly what: string; readonly advice: string },
): string {
  const marks = { ok: 'ok', warning: 'warning', failed: 'FAILED', 'not-tried': 'not tried' };
  const lines = [`Berth doctor: ${report.endpoint}, ${report.at}`];
  for (const { step, state, ms, facts, error } of report.steps) {
    const told = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
    const time = ms === null ? '' : `${Math.round(ms)} ms`;
    lines.push(`${step.padEnd(8)} ${marks[state].padEnd(9)} ${time.padStart(8)}  ${told.join('; ')}`.trimEnd());
    if (error === undefined) continue;
    const { what, advice } = sentences(error);
    lines.push(`${' '.repeat(10)}${what} ${advice}`);
    const params = Object.entries(error.params).map(([name, value]) => `${name}: ${value}`);
    lines.push(`${' '.repeat(10)}(${[`code: ${error.code}`, `place: ${error.place}`, ...params].join(', ')})`);
    if (error.detail) lines.push(...error.detail.split('\n').map((line) => `${' '.repeat(10)}| ${line}`));
  }
  lines.push(report.ok ? 'Everything on the way works.' : `Look at this first: ${report.failed ?? '-'}.`);
  return lines.join('\n');
}

export const doctor = {
  /** Notes as the walk goes on; the last one is the whole report. Closing the stream ends the walk. */
  run: stream(DoctorTarget, Nothing, DoctorNote),
};
