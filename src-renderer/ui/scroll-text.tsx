// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
/** Preformatted text that scrolls by itself and can be reached by keyboard for that. */
import type { Ref } from 'react';

interface Props {
  readonly label: string;
  readonly className?: string | undefined;
  readonly text: string;
  /** In a dialog: where the focus begins. */
  readonly autoFocus?: boolean;
  readonly ref?: Ref<HTMLElement>;
}

export function ScrollText({ label, className, text, autoFocus = false, ref }: Props) {
  return (
    <section
      data-autofocus={autoFocus || undefined}
      ref={ref}
      tabIndex={0}
      aria-label={label}
      className={className}
      style={{ whiteSpace: 'pre-wrap' }}
    >
      {text}
    </section>
  );
}
