/** Colours that mark sites. Each reads at 4.5:1 or better against white; white text on them does, too (tested). */

export const sitePalette = [
  '#1f6feb',
  '#8250df',
  '#bf3989',
  '#a04100',
  '#7d5600',
  '#1a7f37',
  '#0a7c86',
  '#57606a',
] as const;

/** The first colour that no other site has, else the one used least. */
export function nextColour(used: readonly string[]): string {
  let best: string = sitePalette[0];
  let fewest = Number.POSITIVE_INFINITY;
  for (const colour of sitePalette) {
    const count = used.filter((other) => other === colour).length;
    if (count < fewest) {
      best = colour;
      fewest = count;
    }
  }
  return best;
}
