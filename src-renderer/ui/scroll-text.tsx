// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
/** Preformatted text that scrolls by itself and can be reached by keyboard for that. */
import type { Ref } from 'react';

interface Props {
  readonly label: string;
  readonly className?: string | undefined;
  readonly text: string;
  readonly ref?: Ref<HTMLElement>;
}

export function ScrollText({ label, className, text, ref }: Props) {
  return (
    <section ref={ref} tabIndex={0} aria-label={label} className={className} style={{ whiteSpace: 'pre-wrap' }}>
      {text}
    </section>
  );
}
