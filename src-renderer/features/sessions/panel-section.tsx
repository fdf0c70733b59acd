/** A part of the detail panel that folds, and remembers that it was folded; and a named fact in it. */
import type { ReactNode } from 'react';
import { useRemembered } from '../../state/remembered.ts';
import style from './detail-panel.module.css';

interface SectionProps {
  readonly name: string;
  readonly title: string;
  /** Folded until somebody opens it; nothing in it is asked for before. */
  readonly closed?: boolean;
  readonly children: ReactNode;
}

export function Section({ name, title, closed = false, children }: SectionProps) {
  const [open, setOpen] = useRemembered(`panel.${name}`, !closed);
  return (
    <details className={style.section} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={style.sectionTitle}>{title}</summary>
      {open && children}
    </details>
  );
}

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
