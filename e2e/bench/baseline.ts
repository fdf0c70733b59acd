/**
 * Ratios that were measured once, kept beside the code: a figure that falls behind its own past is told of, even while
 * it is inside its budget. Ratios only, since anything absolute would compare machines.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../hosts/process.ts';
import type { Figure } from './figure.ts';

export interface Baseline {
  /** Where it was measured; ratios of other machines are alike, but not the same. */
  readonly machine: string;
  readonly ratios: Readonly<Record<string, number>>;
}

/** This much behind is more than two runs differ. */
const worseBy = 0.2;

const file = join(root, 'e2e/bench/baseline.json');

export function readBaseline(): Baseline {
  if (!existsSync(file)) return { machine: '', ratios: {} };
  return JSON.parse(readFileSync(file, 'utf8')) as Baseline;
}

/** Milliseconds are better when smaller; everything else with a ratio is a rate. */
const isCost = ({ unit }: Figure): boolean => unit === 'ms' || unit === 'MiB';

export function verdictOf(figure: Figure, { ratios }: Baseline): { ratio: number | null; isWorse: boolean } {
  const ratio = ratios[figure.name] ?? null;
  if (ratio === null || figure.ratio === null) return { ratio, isWorse: false };
  const isWorse = isCost(figure) ? figure.ratio > ratio * (1 + worseBy) : figure.ratio < ratio * (1 - worseBy);
  return { ratio, isWorse };
}

/** Takes over the ratios that were measured now; others stay. */
export function recordBaseline(before: Baseline, figures: readonly Figure[]): void {
  const now = figures.flatMap(({ name, ratio }) => (ratio === null ? [] : [[name, ratio] as const]));
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, ${process.platform}`;
  const next: Baseline = { machine, ratios: { ...before.ratios, ...Object.fromEntries(now) } };
  writeFileSync(file, `${JSON.stringify(next, null, 2)}\n`);
}
