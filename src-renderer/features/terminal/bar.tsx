/** One line in the strip: a sign, words, at most one button, and a little more. */
import type { ReactNode } from 'react';
import { Icon } from '../../ui/icons.tsx';
import style from './bar.module.css';

interface BarProps {
  readonly kind: 'warning' | 'info';
  readonly words: string;
  readonly more?: ReactNode;
  readonly action?: string;
  readonly onAct?: () => void;
  /** Numbers in it do not change while it is shown. */
  readonly steady?: boolean;
}

export function Bar({ kind, words, more, action, onAct, steady = false }: BarProps) {
  return (
    <div className={style.bar} data-kind={kind} data-bar>
      <Icon name={kind === 'warning' ? 'warning' : 'info'} />
      {/* Seconds change each second; announcing them each time would drown everything else. */}
      <span
        className={`${style.words} numbers`}
        data-tip={words}
        role={/\d/.test(words) && !steady ? 'timer' : 'status'}
      >
        {words}
      </span>
      {action && (
        <button type="button" className={style.button} onClick={onAct}>
          {action}
        </button>
      )}
      <span className={style.more}>{more}</span>
    </div>
  );
}
