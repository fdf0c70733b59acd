/** A column's header: a click sorts, its edge sizes, both by keyboard, too. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { ListSort } from '../../../src-preload/contract/session-view.ts';
import { ColumnHeader } from '../../ui/cells.tsx';
import { type SortColumn, widthLimits } from './columns-policy.ts';
import style from './sort-header.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly column: SortColumn;
  readonly label: string;
  readonly end: boolean;
  readonly sort: ListSort | null;
  readonly onSort: (column: SortColumn) => void;
  /** Null: as wide as it comes. */
  readonly onSize: (column: SortColumn, width: number | null) => void;
}

const stepPx = 8;

export function SortHeader({ column, label, end, sort, onSort, onSize }: Props) {
  const mine = sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : undefined;
  return (
    <ColumnHeader label={label} sort={mine} className={`${style.header} ${end ? style.end : ''}`}>
      <button type="button" className={style.button} onClick={() => onSort(column)}>
        <span className="ellipsis">{label}</span>
        {mine && (
          <svg aria-hidden="true" width="8" height="8" viewBox="0 0 8 8" className={style.arrow}>
            <path d={mine === 'ascending' ? 'M1 6l3-4 3 4Z' : 'M1 2l3 4 3-4Z'} fill="currentColor" />
          </svg>
        )}
      </button>
      <Edge label={label} onSize={(width) => onSize(column, width)} />
    </ColumnHeader>
  );
}

function Edge({ label, onSize }: { readonly label: string; readonly onSize: (width: number | null) => void }) {
  const t = useWords();
  const began = useRef<{ x: number; width: number } | null>(null);
  const widthOf = (it: HTMLElement) => it.parentElement?.offsetWidth ?? widthLimits.least;
  const down = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    began.current = { x: event.clientX, width: widthOf(event.currentTarget) };
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (began.current) onSize(began.current.width + event.clientX - began.current.x);
  };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -stepPx, ArrowRight: stepPx }[event.key];
    if (step !== undefined) onSize(widthOf(event.currentTarget) + step);
    else if (event.key === 'Home') onSize(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a movable separator is a widget, which hr is not
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('column.width', { column: label })}
      aria-valuemin={widthLimits.least}
      aria-valuemax={widthLimits.most}
      // Its true width is the browser's matter; a screen reader hears the header move.
      aria-valuenow={widthLimits.least}
      tabIndex={0}
      className={style.edge}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => {
        began.current = null;
      }}
      onDoubleClick={() => onSize(null)}
      onKeyDown={key}
    />
  );
}
