/** `live_stat` and `last_stat` of containers -> metrics (API reference, section 4.13). All values arrive as text. */
import type { Metric } from '../../../src-preload/contract/session-facts.ts';
import { asRecord } from '../wire.ts';

/** Metrics in the order of the site's own map; what is no measurement is left out. */
export function readMetrics(stat: unknown): Metric[] {
  return Object.entries(asRecord(stat)).flatMap(([name, value]) => {
    const fields = asRecord(value);
    const metric: Metric = {
      name,
      unit: typeof fields.unit_hint === 'string' && fields.unit_hint !== '' ? fields.unit_hint : null,
      current: amount(fields.current),
      capacity: amount(fields.capacity),
      percent: amount(fields.pct),
      rate: amount(fields['stats.rate']),
      max: amount(fields['stats.max']),
      average: amount(fields['stats.avg']),
    };
    return metric.current === null && metric.percent === null ? [] : [metric];
  });
}

/**
 * Several containers as one. Amounts add up; `percent` adds up too, because 100 is one core or one device for each of
 * them. Average and maximum of different containers say nothing together.
 */
export function sumMetrics(kernels: readonly (readonly Metric[])[]): Metric[] {
  if (kernels.length === 1) return [...(kernels[0] ?? [])];
  const sums = new Map<string, Metric>();
  for (const metric of kernels.flat()) {
    const known = sums.get(metric.name);
    sums.set(metric.name, {
      name: metric.name,
      unit: known?.unit ?? metric.unit,
      current: plus(known?.current, metric.current),
      capacity: plus(known?.capacity, metric.capacity),
      percent: plus(known?.percent, metric.percent),
      rate: plus(known?.rate, metric.rate),
      max: null,
      average: null,
    });
  }
  return [...sums.values()];
}

function amount(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function plus(known: number | null | undefined, added: number | null): number | null {
  if (added === null) return known ?? null;
  return (known ?? 0) + added;
}
