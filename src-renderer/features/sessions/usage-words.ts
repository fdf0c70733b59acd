/** How amounts in use are said, in the strip above the list and in the overview. */
import type { UsageLine } from '../../../src-preload/contract/usage.ts';
import { acceleratorUnit, formatNumber, gib } from '../../ui/format.ts';
import type { Words } from './words.ts';

/** By its unit, as people say it; two kinds with the same one by the site's own names. */
export function usageName(t: Words, { slot, unit }: UsageLine, among: readonly UsageLine[]): string {
  if (slot === 'cpu' || slot === 'mem') return slot === 'cpu' ? 'CPU' : t('column.memory');
  const same = among.filter((it) => it.unit === unit).length > 1;
  return same ? slot : (unit ?? acceleratorUnit(slot));
}

export function usageAmounts(t: Words, { slot, used, limit }: UsageLine): string {
  const say = (value: number) => (slot === 'mem' ? gib(value) : formatNumber(value));
  const unit = slot === 'mem' ? ' GiB' : '';
  return limit === null ? `${say(used)}${unit}` : `${t('used.before', { used: say(used) })}${say(limit)}${unit}`;
}

export function usageLimit(t: Words, { limit, by }: UsageLine): string {
  if (limit === null || by === null) return t('usage.unlimited');
  return t(`usage.by.${by}`);
}

/** Kinds of accelerators of which there is nothing to have, or no limit and nothing in use, say nothing. */
export function isOfUse({ slot, used, limit }: UsageLine): boolean {
  return slot === 'cpu' || slot === 'mem' || used > 0 || (limit !== null && limit > 0);
}

/** Nine tenths are nearly all. */
export function usageLevel({ used, limit }: Pick<UsageLine, 'used' | 'limit'>): 'full' | 'near' | undefined {
  if (limit === null || limit <= 0) return undefined;
  return used >= limit ? 'full' : used >= 0.9 * limit ? 'near' : undefined;
}
