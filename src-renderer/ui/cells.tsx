// biome-ignore-all lint/a11y/useSemanticElements: rows are positioned by hand, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: rows take the focus, their cells do not
/** Cells of a `VirtualTable`, for assistive technology what th and td are. */
import type { ReactNode } from 'react';

interface Props {
  readonly className?: string | undefined;
  /** Tooltip. */
  readonly tip?: string | undefined;
  readonly colSpan?: number;
  readonly children?: ReactNode;
}

export function ColumnHeader({ className, children }: Props) {
  return (
    <div role="columnheader" className={className}>
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

export function Cell({ className, tip, colSpan, children }: Props) {
  return (
    <div role="cell" className={className} data-tip={tip} {...(colSpan ? { 'aria-colspan': colSpan } : {})}>
      {children}
    </div>
  );
}
