/** How often a followed log is asked for. Each answer is the whole log, so a long one is asked for less often. Pure. */

const quietMs: readonly number[] = [2_000, 2_000, 3_000, 5_000, 8_000, 10_000];
const errorMs: readonly number[] = [2_000, 4_000, 8_000, 15_000, 30_000];
/** Share of the time that asking may take: a tenth. */
const restPerWork = 9;
const longestMs = 60_000;

/** @param quiet answers in a row that brought nothing new @param tookMs how long the last one took */
export function followDelayMs(quiet: number, tookMs: number): number {
  const base = quietMs[Math.min(quiet, quietMs.length - 1)] ?? 10_000;
  return Math.min(longestMs, Math.max(base, tookMs * restPerWork));
}

export function followErrorDelayMs(failures: number): number {
  return errorMs[Math.min(failures - 1, errorMs.length - 1)] ?? 30_000;
}
