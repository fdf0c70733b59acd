/** Colours by arithmetic: luminance and contrast of WCAG 2, black or white on a colour, shades of a site's colour. */

type Rgb = readonly [number, number, number];

function parse(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function mix(from: Rgb, to: Rgb, share: number): string {
  const part = (at: 0 | 1 | 2) =>
    Math.round(from[at] + (to[at] - from[at]) * share)
      .toString(16)
      .padStart(2, '0');
  return `#${part(0)}${part(1)}${part(2)}`;
}

/** Relative luminance of WCAG 2, 0 to 1. */
export function luminance(hex: string): number {
  const [r, g, b] = parse(hex).map((channel) => {
    const c = channel / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever is easier to read on `hex`; never below 4.5. */
export function textOn(hex: string): '#000000' | '#ffffff' {
  return luminance(hex) > 0.179 ? '#000000' : '#ffffff';
}

/** Contrast of WCAG 2, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** Ten shades from light to dark; 6 is the colour itself, 7 its hover. */
export type Shades = readonly [string, string, string, string, string, string, string, string, string, string];

export function shades(hex: string): Shades {
  const base = parse(hex);
  const white: Rgb = [255, 255, 255];
  const black: Rgb = [0, 0, 0];
  return [
    mix(base, white, 0.92),
    mix(base, white, 0.82),
    mix(base, white, 0.64),
    mix(base, white, 0.46),
    mix(base, white, 0.28),
    mix(base, white, 0.12),
    hex,
    // Hover moves away from the text's colour, so that contrast only grows.
    textOn(hex) === '#ffffff' ? mix(base, black, 0.12) : mix(base, white, 0.12),
    mix(base, black, 0.3),
    mix(base, black, 0.45),
  ];
}
