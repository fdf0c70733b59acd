// biome-ignore-all lint/a11y/useSemanticElements: there is no tree element
// biome-ignore-all lint/a11y/useFocusableInteractive: the tree takes the focus and points at its item
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled once, by the tree
/** What would be lost, as a tree with boxes to choose by. Only what is in view is in the document. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { LossEntry } from '../../../src-preload/contract/files.ts';
import { formatBytes } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './terminate.module.css';
import { type Chosen, openAtFirst, type TreeNode, treeOf, visibleNodes } from './tree-policy.ts';
import { useWords } from './words.ts';

const rowPx = 26;
const mostPx = 234;

interface Props {
  readonly entries: readonly LossEntry[];
  /** Null: to look at only. */
  readonly chosen: Chosen | null;
  readonly onChosen?: (chosen: Chosen) => void;
}

export function LossTree({ entries, chosen, onChosen }: Props) {
  const t = useWords();
  const id = useId();
  const nodes = useMemo(() => treeOf(entries), [entries]);
  const [open, setOpen] = useState(() => openAtFirst(nodes));
  const [active, setActive] = useState(0);
  const shown = useMemo(() => visibleNodes(nodes, open), [nodes, open]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
  });
  useEffect(() => {
    virtual.scrollToIndex(active, { align: 'auto' });
  }, [active, virtual]);

  const turn = (node: TreeNode): void => {
    const next = new Set(open);
    if (!next.delete(node.id)) next.add(node.id);
    setOpen(next);
  };
  const choose = (node: TreeNode): void => {
    if (chosen) onChosen?.(chosen.toggled(node.first, node.last));
    else if (node.kind === 'folder') turn(node);
  };
  const key = (event: KeyboardEvent): void => {
    const node = shown[active];
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = open.has(node.id);
    const parent = (): number => shown.findLastIndex((it, at) => at < active && it.level < node.level);
    const moves: Record<string, () => void> = {
      ArrowDown: () => setActive(Math.min(shown.length - 1, active + 1)),
      ArrowUp: () => setActive(Math.max(0, active - 1)),
      Home: () => setActive(0),
      End: () => setActive(shown.length - 1),
      ArrowRight: () => {
        if (node.kind === 'folder' && !isOpen) turn(node);
        else if (node.kind === 'folder') setActive(active + 1);
      },
      ArrowLeft: () => {
        if (node.kind === 'folder' && isOpen) turn(node);
        else if (parent() >= 0) setActive(parent());
      },
      ' ': () => choose(node),
      Enter: () => choose(node),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={t('tree')}
      aria-multiselectable={chosen !== null}
      aria-activedescendant={shown[active] ? `${id}-${shown[active].id}` : undefined}
      tabIndex={0}
      className={style.tree}
      style={{ height: Math.min(mostPx, Math.max(1, shown.length) * rowPx + 2) }}
      onKeyDown={key}
    >
      <div role="none" className={style.treeCanvas} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const node = shown[item.index];
          if (!node) return null;
          const state = chosen?.stateOf(node.first, node.last);
          return (
            <div
              key={node.id}
              id={`${id}-${node.id}`}
              role="treeitem"
              aria-level={node.level}
              aria-selected={false}
              aria-label={`${node.name}, ${node.kind === 'link' ? t('link') : formatBytes(node.bytes)}`}
              {...(node.kind === 'folder' ? { 'aria-expanded': open.has(node.id) } : {})}
              {...(state ? { 'aria-checked': state === 'all' ? true : state === 'some' ? 'mixed' : false } : {})}
              data-active={item.index === active || undefined}
              className={style.treeRow}
              style={{ transform: `translateY(${item.start}px)`, paddingLeft: 6 + (node.level - 1) * 18 }}
              onClick={(event) => {
                setActive(item.index);
                const onTwist = (event.target as HTMLElement).closest('[data-twist]') !== null;
                if (onTwist) turn(node);
                else choose(node);
              }}
            >
              <span
                className={style.twist}
                data-twist={node.kind === 'folder' || undefined}
                data-open={open.has(node.id) || undefined}
              >
                {node.kind === 'folder' && <Icon name="chevronDown" size={12} />}
              </span>
              {state && (
                <span className={style.box} data-state={state}>
                  {state === 'all' && <Icon name="check" size={11} />}
                </span>
              )}
              <span className={`${style.treeName} ellipsis`}>{node.name}</span>
              <span className={`${style.treeSize} numbers`}>
                {node.kind === 'link' ? t('link') : formatBytes(node.bytes)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
