/** A part of the overview: its title, and what it says when it cannot be answered. */
import { type ReactNode, useId } from 'react';
import { toErrorValue, useErrorSentences } from '../../../ui/errors/sentences.ts';
import { Loading } from '../../../ui/loading.tsx';
import style from './overview.module.css';
import { useOverviewWords } from './words.ts';

interface Props {
  readonly title: string;
  /** Nothing has been answered yet. */
  readonly isAsking: boolean;
  readonly children: ReactNode;
}

export function Part({ title, isAsking, children }: Props) {
  const t = useOverviewWords();
  const id = useId();
  return (
    <section className={style.part} aria-labelledby={id}>
      <h2 id={id} className={style.title}>
        {title}
      </h2>
      {isAsking && <Loading words={t('asking')} />}
      {children}
    </section>
  );
}

/** One sentence in its place; the other parts go on. */
export function PartError({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const t = useOverviewWords();
  const sentences = useErrorSentences();
  return (
    <p role="alert" className={style.none}>
      {sentences(toErrorValue(error)).what}{' '}
      <button type="button" className={style.link} onClick={onRetry}>
        {t('retry')}
      </button>
    </p>
  );
}
