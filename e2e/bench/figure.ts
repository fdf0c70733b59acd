/** One row of the bench: a value, what it is compared with in the same run, and whether it is inside its budget. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same measure of the reference, in the same unit; null where there is nothing to compare with. */
  readonly reference: number | null;
  readonly ratio: number | null;
  /** Null for what is told only. */
  readonly budget: number | null;
  readonly ok: boolean;
}

const round = (value: number) => Number(value.toPrecision(4));

/** A figure that must not exceed its budget. */
export function atMost(
  name: string,
  value: number,
  unit: string,
  budget: number,
  reference: number | null = null,
): Figure {
  return {
    name,
    value: round(value),
    unit,
    reference: reference === null ? null : round(reference),
    ratio: null,
    budget,
    ok: value <= budget,
  };
}

/** A figure judged by its ratio to the reference, which must not fall below the budget. */
export function ratioAtLeast(name: string, value: number, unit: string, reference: number, budget: number): Figure {
  const ratio = value / reference;
  return {
    name,
    value: round(value),
    unit,
    reference: round(reference),
    ratio: round(ratio),
    budget,
    ok: ratio >= budget,
  };
}

/** A figure without a budget, told because a reader will ask for it. */
export function told(name: string, value: number, unit: string, reference: number | null = null): Figure {
  return {
    name,
    value: round(value),
    unit,
    reference: reference === null ? null : round(reference),
    ratio: reference === null ? null : round(value / reference),
    budget: null,
    ok: true,
  };
}

/** @param share 0.5 for the median, 0.99 for what one in a hundred exceeds */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
