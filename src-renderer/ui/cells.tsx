// biome-ignore-all lint/a11y/useSemanticElements: rows are positioned by hand, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: rows take the focus, their cells do not
/** Cells of a `VirtualTable`, for assistive technology what th and td are. */
import type { CSSProperties, ReactNode } from 'react';

interface Props {
  readonly className?: string | undefined;
  /** Tooltip. */
  readonly tip?: string | undefined;
  readonly colSpan?: number;
  readonly style?: CSSProperties;
  readonly children?: ReactNode;
}

interface HeaderProps extends Props {
  /** Accessible name, where what stands in the header is more than that. */
  readonly label?: string;
  readonly sort?: 'ascending' | 'descending' | undefined;
}

export function ColumnHeader({ className, label, sort, children }: HeaderProps) {
  return (
    <div role="columnheader" aria-label={label} aria-sort={sort} className={className}>
      {children}
    </div>
  );
}

/** Names its row. */
export function RowHeader({ className, tip, children }: Props) {
  return (
    <div role="rowheader" className={className} data-tip={tip}>
      {children}
    </div>
  );
}

export function Cell({ className, tip, colSpan, style, children }: Props) {
  return (
    <div
      role="cell"
      className={className}
      style={style}
      data-tip={tip}
      {...(colSpan ? { 'aria-colspan': colSpan } : {})}
    >
      {children}
    </div>
  );
}
