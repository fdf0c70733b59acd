/** A 28 px button that is only an icon; its tooltip is its accessible name. */
import type { MouseEvent, Ref } from 'react';
import style from './icon-button.module.css';
import { Icon, type IconName } from './icons.tsx';

interface Props {
  readonly icon: IconName;
  /** Accessible name and tooltip. */
  readonly label: string;
  /** Why it cannot be used now; the button then stays reachable and says so. */
  readonly reason?: string | undefined;
  /** Shown after the name in the tooltip. */
  readonly shortcut?: string | undefined;
  /** Draws the name below the icon. */
  readonly word?: boolean;
  readonly onClick?: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly tabIndex?: number;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly 'aria-haspopup'?: 'menu' | 'dialog';
  readonly 'aria-expanded'?: boolean;
}

export function IconButton({ icon, label, reason, shortcut, word = false, onClick, ...rest }: Props) {
  return (
    <button
      {...rest}
      type="button"
      className={style.button}
      data-word={word || undefined}
      aria-label={label}
      data-tip={`${label}${shortcut ? `  ${shortcut}` : ''}${reason ? `\n${reason}` : ''}`}
      {...(reason ? { 'aria-disabled': true, 'aria-description': reason } : {})}
      onClick={(event) => {
        if (!reason) onClick?.(event);
      }}
    >
      <Icon name={icon} />
      {word && <span className={style.word}>{label}</span>}
    </button>
  );
}
