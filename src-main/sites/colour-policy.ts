/** Colours that mark sites (tested: each reads on white, and white on it). */
import { siteColours } from '../../src-preload/contract/sites.ts';

export const sitePalette = siteColours;

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
