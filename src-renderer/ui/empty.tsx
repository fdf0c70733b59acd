/** What would be here, and the one thing to do about it. */
import type { ReactNode } from 'react';
import style from './empty.module.css';
import { Icon, type IconName } from './icons.tsx';

interface Props {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function Empty({ icon, title, children, action }: Props) {
  return (
    <div className={style.empty}>
      <span className={style.icon}>
        <Icon name={icon} size={28} />
      </span>
      <p className={style.title}>{title}</p>
      {children && <p className={style.text}>{children}</p>}
      {action}
    </div>
  );
}
