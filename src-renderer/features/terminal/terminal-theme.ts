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

/** Reads the surfaces from CSS, so that high contrast and later changes of them are followed. */
export function terminalTheme(scheme: 'light' | 'dark'): ITheme {
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string, fallback: string) => css.getPropertyValue(name).trim() || fallback;
  const dark = scheme === 'dark';
  const foreground = colour('--ink', dark ? '#e7e9ec' : '#1a1d21');
  const background = colour('--surface', dark ? '#16181b' : '#ffffff');
  return {
    ...(dark ? darkAnsi : lightAnsi),
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
export function searchColours(scheme: 'light' | 'dark') {
  return scheme === 'dark'
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
