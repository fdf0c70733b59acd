/** Which keys belong to a terminal window and not to its shell. One table, which the help shows too. Pure. */
import type { Side } from './layout-policy.ts';

export type Shortcut =
  | 'search'
  | 'larger'
  | 'smaller'
  | 'usual-size'
  | 'new-tab'
  | 'close'
  | 'split-right'
  | 'split-down'
  | 'next-tab'
  | 'previous-tab'
  | 'tab-right'
  | 'tab-left'
  | 'help'
  | { readonly tab: number }
  | { readonly focus: Side }
  | { readonly resize: Side };

export interface Key {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const sides: Readonly<Record<string, Side>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Shell keys stay the shell's: plain Ctrl+letter never is a shortcut, except on a Mac with the command key. */
export function shortcutOf(key: Key, isMac: boolean): Shortcut | null {
  return zoomOf(key, isMac) ?? (isMac ? macShortcut(key) : usualShortcut(key));
}

function zoomOf(key: Key, isMac: boolean): Shortcut | null {
  if (key.altKey || (isMac ? !key.metaKey || key.ctrlKey : !key.ctrlKey || key.metaKey)) return null;
  if (key.key === '+' || key.key === '=') return 'larger';
  if (key.key === '-' && !key.shiftKey) return 'smaller';
  if (key.key === '0' && !key.shiftKey) return 'usual-size';
  return null;
}

function usualShortcut(key: Key): Shortcut | null {
  const { code, ctrlKey, shiftKey, altKey, metaKey } = key;
  if (metaKey) return null;
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  if (digit && altKey && !ctrlKey && !shiftKey) return { tab: Number(digit) - 1 };
  if (!ctrlKey) return null;
  if (code === 'PageUp' && !altKey) return shiftKey ? 'tab-left' : 'previous-tab';
  if (code === 'PageDown' && !altKey) return shiftKey ? 'tab-right' : 'next-tab';
  const side = sides[code];
  if (side && shiftKey) return altKey ? { resize: side } : { focus: side };
  if (!shiftKey || altKey) return null;
  switch (code) {
    case 'KeyF':
      return 'search';
    case 'KeyT':
      return 'new-tab';
    case 'KeyW':
      return 'close';
    case 'KeyE':
      return 'split-right';
    case 'KeyO':
      return 'split-down';
    case 'Slash':
      return 'help';
    default:
      return null;
  }
}

function macShortcut({ code, ctrlKey, shiftKey, altKey, metaKey }: Key): Shortcut | null {
  if (!metaKey) return null;
  const side = sides[code];
  if (side && altKey && !shiftKey) return ctrlKey ? { resize: side } : { focus: side };
  if (ctrlKey || altKey) return null;
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  if (digit && !shiftKey) return { tab: Number(digit) - 1 };
  if (shiftKey) {
    if (code === 'BracketLeft') return 'previous-tab';
    if (code === 'BracketRight') return 'next-tab';
    if (code === 'ArrowLeft') return 'tab-left';
    if (code === 'ArrowRight') return 'tab-right';
    if (code === 'Slash') return 'help';
    return code === 'KeyD' ? 'split-down' : null;
  }
  switch (code) {
    case 'KeyF':
      return 'search';
    case 'KeyT':
      return 'new-tab';
    case 'KeyW':
      return 'close';
    case 'KeyD':
      return 'split-right';
    default:
      return null;
  }
}

export type KeyName =
  | 'newTab'
  | 'close'
  | 'nextTab'
  | 'previousTab'
  | 'tabNumber'
  | 'tabLeft'
  | 'tabRight'
  | 'splitRight'
  | 'splitDown'
  | 'moveFocus'
  | 'resize'
  | 'find'
  | 'copy'
  | 'paste'
  | 'select'
  | 'openLink'
  | 'larger'
  | 'smaller'
  | 'usualSize'
  | 'keys';

/** What the help shows, in its order: what it does, and the keys. */
export function keyTable(isMac: boolean): readonly (readonly [KeyName, string])[] {
  return isMac
    ? [
        ['newTab', '⌘T'],
        ['close', '⌘W'],
        ['nextTab', '⇧⌘]'],
        ['previousTab', '⇧⌘['],
        ['tabNumber', '⌘1 … ⌘9'],
        ['tabLeft', '⇧⌘←'],
        ['tabRight', '⇧⌘→'],
        ['splitRight', '⌘D'],
        ['splitDown', '⇧⌘D'],
        ['moveFocus', '⌥⌘ ← ↑ → ↓'],
        ['resize', '⌃⌥⌘ ← ↑ → ↓'],
        ['find', '⌘F'],
        ['copy', '⌘C'],
        ['paste', '⌘V'],
        ['select', '⌥'],
        ['openLink', '⌘'],
        ['larger', '⌘+'],
        ['smaller', '⌘-'],
        ['usualSize', '⌘0'],
        ['keys', '⇧⌘/'],
      ]
    : [
        ['newTab', 'Ctrl+Shift+T'],
        ['close', 'Ctrl+Shift+W'],
        ['nextTab', 'Ctrl+PageDown'],
        ['previousTab', 'Ctrl+PageUp'],
        ['tabNumber', 'Alt+1 … Alt+9'],
        ['tabLeft', 'Ctrl+Shift+PageUp'],
        ['tabRight', 'Ctrl+Shift+PageDown'],
        ['splitRight', 'Ctrl+Shift+E'],
        ['splitDown', 'Ctrl+Shift+O'],
        ['moveFocus', 'Ctrl+Shift+← ↑ → ↓'],
        ['resize', 'Ctrl+Shift+Alt+← ↑ → ↓'],
        ['find', 'Ctrl+Shift+F'],
        ['copy', 'Ctrl+Shift+C'],
        ['paste', 'Ctrl+Shift+V'],
        ['select', 'Shift'],
        ['openLink', 'Ctrl'],
        ['larger', 'Ctrl++'],
        ['smaller', 'Ctrl+-'],
        ['usualSize', 'Ctrl+0'],
        ['keys', 'Ctrl+Shift+/'],
      ];
}

/** The keys of one thing, for tooltips. */
export function keysOf(name: KeyName, isMac: boolean): string {
  return keyTable(isMac).find(([it]) => it === name)?.[1] ?? '';
}
