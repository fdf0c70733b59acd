/** What can be done with a tab, for its own menu and for the window's. */
import type { MenuItem } from '../../ui/menu.tsx';
import { keysOf } from './keys-policy.ts';
import { type Layout, maxPanes, panesOf } from './layout-policy.ts';
import { isMac } from './platform.ts';
import type { useWords } from './terminal-words.ts';
import type { Moves } from './use-moves.ts';

const longestTitle = 40;

interface Options {
  readonly t: ReturnType<typeof useWords>;
  readonly layout: Layout;
  readonly at: number;
  readonly moves: Moves;
  readonly onRename: () => void;
  readonly onMove: (to: number) => void;
}

export function tabItems({ t, layout, at, moves, onRename, onMove }: Options): MenuItem[] {
  const tab = layout.tabs[at];
  const count = tab ? panesOf(tab.root).length : 0;
  const isOnly = layout.tabs.length < 2;
  return [
    {
      id: 'left',
      label: t('moveLeft'),
      shortcut: keysOf('tabLeft', isMac),
      separated: true,
      reason: at === 0 ? t('move.first') : null,
      onSelect: () => onMove(at - 1),
    },
    {
      id: 'right',
      label: t('moveRight'),
      shortcut: keysOf('tabRight', isMac),
      reason: at === layout.tabs.length - 1 ? t('move.last') : null,
      onSelect: () => onMove(at + 1),
    },
    {
      id: 'new-window',
      label: t('toNewWindow'),
      reason: isOnly ? t('move.only') : null,
      onSelect: () => moves.toNewWindow(at),
    },
    ...moves.others.map((other) => ({
      id: `to-${other.id}`,
      label: t('toWindow', { title: shortened(other.title) }),
      reason: other.panes + count > maxPanes ? t('move.noRoom') : null,
      onSelect: () => moves.toWindow(at, other.id),
    })),
    { id: 'rename', label: t('renameTab'), shortcut: 'F2', separated: true, onSelect: onRename },
  ];
}

function shortened(title: string): string {
  return title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title;
}
