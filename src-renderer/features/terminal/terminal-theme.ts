/** Terminal colours from the window's own surfaces. xterm lifts what has too little contrast. */
import type { ITheme } from '@xterm/xterm';

const lightAnsi = {
  black: '#24292f',
  red: '#b3261e',
  green: '#17753f',
  yellow: '#7a5200',
  blue: '#0b5fc4',
  magenta: '#8033a8',
  cyan: '#0f6e7c',
  white: '#5c6470',
  brightBlack: '#5c6470',
  brightRed: '#c4231c',
  brightGreen: '#1b8a4b',
  brightYellow: '#8f6200',
  brightBlue: '#1a6fe0',
  brightMagenta: '#9747c2',
  brightCyan: '#148596',
  brightWhite: '#1a1d21',
};

const darkAnsi = {
  black: '#2b2f35',
  red: '#ff7a70',
  green: '#6cc98f',
  yellow: '#e2b450',
  blue: '#79b4ff',
  magenta: '#d29af2',
  cyan: '#64cbd8',
  white: '#d5d9df',
  brightBlack: '#8a919b',
  brightRed: '#ff9c94',
  brightGreen: '#8fdcab',
  brightYellow: '#f1cb78',
  brightBlue: '#a3ccff',
  brightMagenta: '#e2bcf7',
  brightCyan: '#93dee8',
  brightWhite: '#ffffff',
};

const contrastAnsi = {
  ...darkAnsi,
  black: '#000000',
  red: '#ff8f87',
  green: '#7fe0a3',
  yellow: '#ffd45c',
  blue: '#8fc1ff',
  magenta: '#e0b3ff',
  cyan: '#7fe3f0',
  white: '#ffffff',
  brightBlack: '#b8bec7',
};

/** `app-…`: the surfaces of the other windows, which follow light, dark and the system's high contrast. */
export type TerminalLook = 'app-light' | 'app-dark' | 'light' | 'dark' | 'contrast';

/** Which look a setting means under the scheme of the other windows. */
export function lookOf(setting: 'app' | 'light' | 'dark' | 'contrast', scheme: 'light' | 'dark'): TerminalLook {
  return setting === 'app' ? `app-${scheme}` : setting;
}

const isDark = (look: TerminalLook) => look !== 'light' && look !== 'app-light';

/** Contrast between text and what is behind it; WCAG asks for 4.5, and for 7 where more is wanted. */
export function leastContrast(look: TerminalLook): number {
  return look === 'contrast' || matchMedia('(prefers-contrast: more)').matches ? 7 : 4.5;
}

export function surfaceOf(look: TerminalLook): string {
  return terminalTheme(look).background ?? '';
}

/** Reads the app's surfaces from CSS, so that high contrast and later changes of them are followed. */
export function terminalTheme(look: TerminalLook): ITheme {
  const dark = isDark(look);
  const css = look.startsWith('app-') ? getComputedStyle(document.documentElement) : null;
  const colour = (name: string, fallback: string) => css?.getPropertyValue(name).trim() || fallback;
  const foreground = colour('--ink', look === 'contrast' ? '#ffffff' : dark ? '#e7e9ec' : '#1a1d21');
  const background = colour('--surface', look === 'contrast' ? '#000000' : dark ? '#16181b' : '#ffffff');
  return {
    ...(look === 'contrast' ? contrastAnsi : dark ? darkAnsi : lightAnsi),
    foreground,
    background,
    cursor: foreground,
    cursorAccent: background,
    selectionBackground: dark ? '#3a5274' : '#b9d3f5',
    selectionInactiveBackground: dark ? '#33404f' : '#d5deea',
    scrollbarSliderBackground: dark ? '#ffffff2e' : '#0000002e',
    scrollbarSliderHoverBackground: dark ? '#ffffff4d' : '#0000004d',
    scrollbarSliderActiveBackground: dark ? '#ffffff66' : '#00000066',
  };
}

/** Marks of the search; the addon takes #RRGGBB only. */
export function searchColours(look: TerminalLook) {
  return isDark(look)
    ? {
        matchBackground: '#5e4d20',
        matchOverviewRuler: '#e2b450',
        activeMatchBackground: '#a06a00',
        activeMatchColorOverviewRuler: '#ffffff',
      }
    : {
        matchBackground: '#ffe8a3',
        matchOverviewRuler: '#8a5a00',
        activeMatchBackground: '#ffc62e',
        activeMatchColorOverviewRuler: '#1a1d21',
      };
}
