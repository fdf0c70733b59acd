/** The lines between panes: dragged by the pointer, moved by the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import style from './dividers.module.css';
import { type Divider, leastRatio } from './layout-policy.ts';
import { useWords } from './terminal-words.ts';

interface Props {
  readonly dividers: readonly Divider[];
  readonly onRatio: (path: readonly boolean[], ratio: number) => void;
  /** Keys go back to the terminal. */
  readonly onDone: () => void;
}

export function Dividers({ dividers, onRatio, onDone }: Props) {
  return dividers.map((it) => <Line key={it.path.join()} divider={it} onRatio={onRatio} onDone={onDone} />);
}

function Line({ divider, onRatio, onDone }: Omit<Props, 'dividers'> & { readonly divider: Divider }) {
  const t = useWords();
  const dragging = useRef(false);
  const { path, direction, ratio, box } = divider;
  const isRow = direction === 'row';
  const place = isRow
    ? { left: `${(box.left + box.width * ratio) * 100}%`, top: `${box.top * 100}%`, height: `${box.height * 100}%` }
    : { top: `${(box.top + box.height * ratio) * 100}%`, left: `${box.left * 100}%`, width: `${box.width * 100}%` };

  function onMove(event: PointerEvent<HTMLElement>): void {
    const stage = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!dragging.current || !stage) return;
    const share = isRow
      ? ((event.clientX - stage.left) / stage.width - box.left) / box.width
      : ((event.clientY - stage.top) / stage.height - box.top) / box.height;
    onRatio(path, share);
  }
  function onKey(event: KeyboardEvent): void {
    const back = isRow ? 'ArrowLeft' : 'ArrowUp';
    const forth = isRow ? 'ArrowRight' : 'ArrowDown';
    if (event.key === back) onRatio(path, ratio - 0.02);
    else if (event.key === forth) onRatio(path, ratio + 0.02);
    else if (event.key === 'Enter' || event.key === 'Escape') onDone();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line that moves is a separator with a value, which hr has not
    <div
      role="separator"
      aria-orientation={isRow ? 'vertical' : 'horizontal'}
      aria-label={t(isRow ? 'divider.row' : 'divider.column')}
      aria-valuenow={Math.round(ratio * 100)}
      aria-valuemin={leastRatio * 100}
      aria-valuemax={100 - leastRatio * 100}
      tabIndex={0}
      className={style.divider}
      data-direction={direction}
      style={place}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={onMove}
      onPointerUp={() => {
        dragging.current = false;
      }}
      onDoubleClick={() => onRatio(path, 0.5)}
    />
  );
}
