/** One row of the bench: a value, what it is compared with in the same run, and whether it is inside its budget. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same measure of the reference, in the same unit; null where there is nothing to compare with. */
  readonly reference: number | null;
  readonly ratio: number | null;
  readonly budget: number;
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

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
