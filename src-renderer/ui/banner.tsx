/** A thin bar across the window or a screen: one sentence, at most one thing to do. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import style from './banner.module.css';
import { Icon } from './icons.tsx';

interface Props {
  readonly kind: 'warning' | 'info';
  readonly children: ReactNode;
  readonly action?: { readonly label: string; readonly onClick: () => void; readonly busy?: boolean } | undefined;
}

export function Banner({ kind, children, action }: Props) {
  return (
    <div role="status" className={style.banner} data-kind={kind}>
      <Icon name={kind === 'warning' ? 'warning' : 'info'} />
      <span className={style.text}>{children}</span>
      {action && (
        <Button size="compact-sm" variant="default" loading={action.busy ?? false} onClick={action.onClick}>
          {action.label}
        </Button>
      )}
    </div>
  );
}
