/** The parts of a slider's track: free, used by others, held by one's own sessions, and beyond the limit. Pure. */
import { type AmountRule, sliderEnd } from './amount-policy.ts';

/** What others hold of what policy and project grant; 0 where that cannot be told. */
export function byOthers(rule: AmountRule): number {
  if (rule.total === null || rule.free === null || rule.own === null) return 0;
  return Math.max(0, rule.total - rule.own - rule.free);
}

/** Share of the track that shows what lies beyond the limit; the thumb does not go there. */
export const beyondShare = 0.06;

export interface Track {
  readonly start: number;
  readonly end: number;
  /** Ends of the parts as shares of the reachable track, each at least as far as the one before. */
  readonly value: number;
  readonly free: number;
  readonly others: number;
  /** True where a limit ends the track and something is drawn beyond. */
  readonly limited: boolean;
}

export function trackOf(rule: AmountRule, ticks: number): Track {
  const end = sliderEnd(rule, ticks);
  const start = Math.min(rule.min, end);
  const share = (amount: number) => Math.min(1, Math.max(0, (amount - start) / (end - start || 1)));
  const free = rule.remaining === null ? 1 : share(rule.remaining);
  const others = rule.own === null || rule.total === null ? 1 : Math.max(free, share(rule.total - rule.own));
  return { start, end, value: share(ticks), free, others, limited: rule.max !== null };
}
