/** Mantine's theme from a site's colour. Neutral surfaces and status colours are CSS variables in `global.css`. */
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from '@mantine/core';

/** The accent where no site is chosen yet. */
export const neutralAccent = '#2f5d8a';

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

function shades(hex: string): MantineColorsTuple {
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

/** Mantine's dark greys in the hue of `global.css`: 0 is text, 4 borders, 6 fields, 7 the window. */
const darkGreys: MantineColorsTuple = [
  '#e7e9ec',
  '#c9cdd3',
  '#a0a7b1',
  '#6d747e',
  '#464c55',
  '#343a42',
  '#1f2328',
  '#16181b',
  '#121416',
  '#0d0f11',
];

const sans =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", sans-serif';
export const monospace = 'ui-monospace, "JetBrains Mono", "Noto Sans Mono", "Noto Sans Mono CJK KR", monospace';

/** Theme of everything that belongs to the site of this colour. */
export function siteTheme(colour: string): MantineThemeOverride {
  return createTheme({
    primaryColor: 'site',
    primaryShade: { light: 6, dark: 6 },
    colors: { site: shades(colour), dark: darkGreys },
    autoContrast: true,
    luminanceThreshold: 0.179,
    fontFamily: sans,
    fontFamilyMonospace: monospace,
    fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
    lineHeights: { xs: '1.4', sm: '1.4', md: '1.4', lg: '1.4', xl: '1.4' },
    spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
    defaultRadius: 6,
    cursorType: 'pointer',
    respectReducedMotion: true,
    headings: { fontWeight: '600' },
    components: {
      Tooltip: {
        defaultProps: {
          openDelay: 350,
          transitionProps: { duration: 80 },
          withArrow: false,
          multiline: true,
          maw: 320,
        },
      },
      Modal: {
        defaultProps: {
          transitionProps: { duration: 120, transition: 'fade' },
          overlayProps: { backgroundOpacity: 0.35 },
          radius: 10,
          centered: true,
        },
      },
      Menu: { defaultProps: { transitionProps: { duration: 80 }, radius: 8, shadow: 'md', position: 'bottom-end' } },
      Button: { defaultProps: { size: 'sm' } },
    },
  });
}

/** Hands Mantine the surfaces of `global.css`. */
export const surfaceVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-soft)',
    '--mantine-color-placeholder': 'var(--ink-soft)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--surface-hover)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-error': 'var(--status-broken)',
    '--mantine-color-anchor': 'var(--ink)',
    '--mantine-color-disabled': 'var(--surface-sunk)',
    '--mantine-color-disabled-color': 'var(--ink-soft)',
    '--mantine-color-disabled-border': 'var(--line)',
  };
  return { variables: {}, light: both, dark: both };
};
