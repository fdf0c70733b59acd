/** A `VirtualTable` with a title over each column and nothing to sort: the frame of what a page lists, one row an item. */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { ColumnHeader } from './cells.tsx';
import style from './item-table.module.css';
import { VirtualTable } from './virtual-table.tsx';

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly className?: string | undefined;
  /** The title is for assistive technology alone, as over a column of buttons. */
  readonly untitled?: true;
}

interface Props<Item> {
  /** Accessible name. */
  readonly label: string;
  /** Class with the widths of the columns. */
  readonly widths: string | undefined;
  readonly columns: readonly Column[];
  readonly items: readonly Item[];
  /** Always the same function: a new one makes the table lay out its rows again. */
  readonly idOf: (item: Item) => string;
  readonly rowHeight: number;
  /** Cells of an item's row. */
  readonly render: (item: Item) => ReactNode;
  /** By its id: stood on and scrolled to, once it is listed; where a link led here. */
  readonly pointsAt?: string | null;
  /** Session storage key under which the scroll position survives a reload. */
  readonly scrollKey: string;
}

export function ItemTable<Item>(props: Props<Item>) {
  const { label, widths, columns, items, idOf, rowHeight, render, pointsAt, scrollKey } = props;
  const [active, setActive] = useState(-1);
  const pointed = pointsAt ? items.findIndex((item) => idOf(item) === pointsAt) : -1;
  useEffect(() => {
    if (pointed >= 0) setActive(pointed);
  }, [pointed]);
  const rowKey = useCallback(
    (index: number) => {
      const item = items[index];
      return item === undefined ? String(index) : idOf(item);
    },
    [items, idOf],
  );
  return (
    <VirtualTable
      label={label}
      columns={`${style.columns} ${widths}`}
      header={columns.map(({ id, title, className, untitled }) => (
        <ColumnHeader key={id} className={className}>
          {untitled ? <span className="visually-hidden">{title}</span> : title}
        </ColumnHeader>
      ))}
      count={items.length}
      rowHeight={rowHeight}
      rowKey={rowKey}
      renderRow={(index) => {
        const item = items[index];
        return item !== undefined && render(item);
      }}
      active={active}
      onActivate={setActive}
      reveal={pointed}
      scrollKey={scrollKey}
    />
  );
}
