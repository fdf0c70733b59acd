/** Frame of a page in the main window: title, find box or actions at the right, content below. */
import type { ReactNode } from 'react';
import style from './page.module.css';

interface Props {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, actions, children }: Props) {
  return (
    <div className={style.page}>
      <header className={style.header}>
        <h1 className={style.title}>{title}</h1>
        <div className={style.actions}>{actions}</div>
      </header>
      <div className={style.content}>{children}</div>
    </div>
  );
}
