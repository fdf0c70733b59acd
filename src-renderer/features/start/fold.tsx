/** A rarer part of the launcher: one line with what it holds, its fields below when opened. A fix can open it. */
import { type ReactNode, useId } from 'react';
import { Icon } from '../../ui/icons.tsx';
import classes from './fold.module.css';
import type { Part } from './verdict/verdict-policy.ts';

interface Props {
  readonly title: string;
  /** What is set, in a few words. */
  readonly state: string;
  /** Something was chosen here: the state stands out. */
  readonly isSet?: boolean;
  readonly invalid?: boolean;
  readonly parts?: readonly Part[];
  readonly children: ReactNode;
}

export function Fold({ title, state, isSet = false, invalid = false, parts = [], children }: Props) {
  const id = useId();
  return (
    <details className={classes.fold} data-parts={parts.join(' ')}>
      <summary aria-describedby={id} data-invalid={invalid || undefined}>
        <span className={classes.chevron}>
          <Icon name="chevronDown" />
        </span>
        <span className={classes.title}>{title}</span>
        <span className={classes.state} id={id} data-set={isSet || undefined}>
          {state}
        </span>
      </summary>
      <div className={classes.body}>{children}</div>
    </details>
  );
}

/** Opens the fold that holds a part and goes to what is wrong in it, else to its first field. */
export function showPart(within: HTMLElement, part: Part): void {
  const fold = within.querySelector<HTMLDetailsElement>(`details[data-parts~="${part}"]`);
  if (!fold) return;
  for (let it: Element | null = fold; it; it = it.parentElement) if (it instanceof HTMLDetailsElement) it.open = true;
  const fields = '[aria-invalid="true"], [data-invalid="true"] input';
  const field = fold.querySelector<HTMLElement>(fields) ?? fold.querySelector<HTMLElement>('input, textarea');
  fold.scrollIntoView({ block: 'nearest' });
  field?.focus();
}
