/** Waiting times between tries. */

/** Tries of a cut link: at once, then doubling to 30 s (design, section 8: usable 2 s after the network is back). */
export const linkDelaysMs: readonly number[] = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** Share of a delay by which it may be longer or shorter, so that many clients do not knock in step. */
const jitterShare = 0.2;

/**
 * The wait before try number `attempt` (0 = first). The last delay repeats.
 * @param random a number in [0, 1)
 */
export function backoffMs(delaysMs: readonly number[], attempt: number, random: number): number {
  const base = delaysMs[Math.min(attempt, delaysMs.length - 1)] ?? 0;
  return Math.round(base * (1 + jitterShare * (2 * random - 1)));
}
