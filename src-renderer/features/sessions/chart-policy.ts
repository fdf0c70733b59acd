/** Pure: numbers over time as one line of a small chart. */

/** An SVG path through `values`, oldest first; a gap where a value is null. `most` is the upper edge. */
export function linePath(values: readonly (number | null)[], most: number, width: number, height: number): string {
  const last = Math.max(1, values.length - 1);
  let path = '';
  let pen = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      pen = false;
      continue;
    }
    const x = round((index / last) * width);
    const y = round(height - (most > 0 ? Math.min(1, Math.max(0, value / most)) : 0) * height);
    // A lone value is a dot: a line of no length with round ends.
    path += pen ? `L${x} ${y}` : `M${x} ${y}h0`;
    pen = true;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export interface Summary {
  readonly average: number;
  readonly most: number;
}

/** Null when nothing was told. */
export function summarize(values: readonly (number | null)[]): Summary | null {
  const told = values.filter((it) => it !== null);
  if (told.length === 0) return null;
  return { average: told.reduce((sum, it) => sum + it, 0) / told.length, most: Math.max(...told) };
}
