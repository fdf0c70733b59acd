/** Mantine's theme from a site's colour. Neutral surfaces and status colours are CSS variables in `global.css`. */
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from '@mantine/core';
import { shades } from './colour.ts';

/** The accent where no site is chosen yet. */
export const neutralAccent = '#2f5d8a';

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
      Button: {
        defaultProps: { size: 'sm' },
        // As high as other controls, with words as large as the text around.
        vars: (_theme: unknown, { size }: { size?: unknown }) => ({
          root: size === 'compact-md' ? { '--button-fz': '13px' } : {},
        }),
      },
      // Mantine makes these two pixels smaller than their field's words: too small to read.
      InputWrapper: { styles: { description: { fontSize: 12 }, error: { fontSize: 12 } } },
      Radio: { styles: { label: { fontSize: 13 }, description: { fontSize: 12 } } },
      Checkbox: { styles: { label: { fontSize: 13 }, description: { fontSize: 12 } } },
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
