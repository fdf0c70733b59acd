// biome-ignore-all lint/a11y/useSemanticElements: rows are positioned by hand, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the body's rows take the focus, the header's does not
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are handled once, by the body
/**
 * A table for any number of rows: only what is in view is in the document. Arrow keys walk the rows, one of which is in
 * the tab order; everything else about a key is the owner's.
 */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import { readKeptScroll, useKeptScroll } from './use-kept-scroll.ts';
import style from './virtual-table.module.css';

/** As in the style sheet: 32 and its line. */
const headerHeightPx = 33;

/** Held while a row was clicked or walked to. */
export interface Modifiers {
  readonly shift: boolean;
  /** Ctrl, or on a Mac Cmd. */
  readonly ctrl: boolean;
}

const plain: Modifiers = { shift: false, ctrl: false };

interface Props {
  /** Accessible name. */
  readonly label: string;
  /** Grid template class, shared by header and rows. */
  readonly columns: string | undefined;
  /** A `grid-template-columns` where the owner's columns vary. */
  readonly template?: string;
  /** Cells with role `columnheader`. */
  readonly header: ReactNode;
  readonly count: number;
  readonly rowHeight: number;
  readonly rowKey: (index: number) => string;
  /** Cells of a row. */
  readonly renderRow: (index: number) => ReactNode;
  /** The row that is chosen; -1 for none. */
  readonly active: number;
  readonly onActivate: (index: number, by: 'pointer' | 'keyboard', modifiers: Modifiers) => void;
  /** Ticked rows, among several. */
  readonly isTicked?: (index: number) => boolean;
  /** Keys pressed on a row that the table does not use itself. */
  readonly onRowKey?: (event: KeyboardEvent, index: number) => void;
  /** Scrolled to when it changes; for a row that something else points at. */
  readonly reveal?: number;
  /** Session storage key under which the scroll position survives a reload. */
  readonly scrollKey: string;
  /** The last rows have come into view. */
  readonly onEnd?: (() => void) | undefined;
  /** Arrow up and down enter the table from anywhere on the page where they mean nothing else. */
  readonly entered?: 'by-arrows';
}

/** Where arrow keys have a meaning of their own. */
const ownArrows =
  'input, textarea, select, summary, [contenteditable], [aria-haspopup], [role="menu"], [role="listbox"], [tabindex]:not([role="tab"], main)';

export function VirtualTable(props: Props) {
  const { label, columns, header, count, rowHeight, rowKey, renderRow, active, onActivate, onRowKey, scrollKey } =
    props;
  const { entered, template, isTicked, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const focusWanted = useRef(false);

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: rowKey,
    overscan: 8,
    // The header lies in the same scroll area, stuck to its top: columns stay aligned whatever the scroll bar takes.
    scrollMargin: headerHeightPx,
    scrollPaddingStart: headerHeightPx,
    initialOffset: () => readKeptScroll(scrollKey),
    // The chosen row stays in the document, so that focus is never lost by scrolling.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      if (active < 0 || active >= count || shown.includes(active)) return shown;
      return active < (shown[0] ?? 0) ? [active, ...shown] : [...shown, active];
    },
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed row height is what must be measured again
  useLayoutEffect(() => virtual.measure(), [rowHeight, virtual]);

  useLayoutEffect(() => {
    if (!focusWanted.current || active < 0) return;
    focusWanted.current = false;
    virtual.scrollToIndex(active, { align: 'auto' });
    scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  }, [active, virtual]);

  const { reveal = -1 } = props;
  useLayoutEffect(() => {
    if (reveal >= 0) virtual.scrollToIndex(reveal, { align: 'auto' });
  }, [reveal, virtual]);

  useKeptScroll(scroller, scrollKey);

  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>('[data-index]');
    if (!row) return;
    const index = Number(row.dataset.index);
    if (event.ctrlKey || event.metaKey || event.altKey) {
      onRowKey?.(event, index);
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: count - 1,
    };
    const to = steps[event.key];
    if (to === undefined) {
      // A button in the row keeps Enter and Space for itself.
      if (target === row || (event.key !== 'Enter' && event.key !== ' ')) onRowKey?.(event, index);
      return;
    }
    event.preventDefault();
    walkTo(to, { shift: event.shiftKey, ctrl: false });
  };

  const walkTo = (to: number, modifiers: Modifiers) => {
    const next = Math.max(0, Math.min(count - 1, to));
    focusWanted.current = next !== active;
    if (next !== active) onActivate(next, 'keyboard', modifiers);
    else scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };

  const enter = useRef((_step: 1 | -1) => {});
  useEffect(() => {
    const none = active < 0 || active >= count;
    enter.current = (step) => {
      if (count > 0) walkTo(none ? (step === 1 ? 0 : count - 1) : active + step, plain);
    };
  });
  useEffect(() => {
    if (entered !== 'by-arrows') return;
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (!(event.target instanceof Element) || event.target.closest(ownArrows)) return;
      if (document.querySelector('dialog[open], [role="dialog"], [role="menu"]')) return;
      event.preventDefault();
      enter.current(event.key === 'ArrowDown' ? 1 : -1);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [entered]);

  const grid = useMemo(() => (template === undefined ? undefined : { gridTemplateColumns: template }), [template]);
  const activate = useRef(onActivate);
  activate.current = onActivate;
  const click = useCallback((index: number, modifiers: Modifiers) => activate.current(index, 'pointer', modifiers), []);
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  const atEnd = count > 0 && last >= count - 2;
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows have an end of their own
  useEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, count, onEnd]);

  const tabStop = active >= 0 && active < count ? active : 0;
  return (
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={count + 1}
      className={style.table}
      data-empty={count === 0 || undefined}
      onKeyDown={key}
    >
      <div role="rowgroup" className={style.head}>
        <div role="row" aria-rowindex={1} className={`${style.header} ${columns}`} style={grid}>
          {header}
        </div>
      </div>
      {count > 0 && (
        <div role="rowgroup" className={style.canvas} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <Row
              key={item.key}
              index={item.index}
              top={item.start - headerHeightPx}
              height={rowHeight}
              grid={grid}
              columns={columns}
              isActive={item.index === active}
              isTabStop={item.index === tabStop}
              isTicked={isTicked?.(item.index) ?? false}
              onClick={click}
              renderRow={renderRow}
            />
          ))}
        </div>
      )}
    </div>
  );
}

interface RowProps extends Pick<Props, 'columns' | 'renderRow'> {
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly grid: CSSProperties | undefined;
  readonly isActive: boolean;
  readonly isTabStop: boolean;
  readonly isTicked: boolean;
  readonly onClick: (index: number, modifiers: Modifiers) => void;
}

/** Memoised: a step of scrolling renders the rows that come, not those that stay. */
const Row = memo(function Row(props: RowProps) {
  const { index, top, height, grid, columns, isActive, isTabStop, isTicked, onClick, renderRow } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      {...(isActive ? { 'aria-current': true } : {})}
      data-index={index}
      tabIndex={isTabStop ? 0 : -1}
      className={`${style.row} ${columns}`}
      data-ticked={isTicked || undefined}
      // Rows do not move; a transform for each would be one more thing to paint by itself.
      style={{ ...grid, height, top }}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest('button, a, input, dialog, [role="menu"]')) return;
        onClick(index, { shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey });
      }}
    >
      {renderRow(index)}
    </div>
  );
});
