/**
 * A dialog over the window on the browser's own `<dialog>`: focus stays inside, Escape closes, focus returns. Rendered
 * means open.
 */
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react';
import style from './dialog.module.css';
import { IconButton } from './icon-button.tsx';
import { useUiWords } from './words.ts';

interface Props {
  readonly title: string;
  readonly role?: 'dialog' | 'alertdialog';
  /** Pixels; the window's edge limits it. */
  readonly width?: number;
  readonly onClose: () => void;
  /** False: only the buttons inside end it. */
  readonly dismissible?: boolean;
  readonly children: ReactNode;
  /** Buttons, the most likely one last. Focus begins on `data-autofocus`. */
  readonly footer?: ReactNode;
}

export function Dialog({ title, role = 'dialog', width = 480, onClose, dismissible = true, children, footer }: Props) {
  const t = useUiWords();
  const box = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  }, [onClose]);

  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    it.showModal();
    it.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => it.close();
  }, []);

  useEffect(() => {
    const it = box.current;
    if (!it) return;
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // The browser would close it without asking; React decides instead.
      event.preventDefault();
      event.stopPropagation();
      if (dismissible) close.current();
    };
    const outside = (event: MouseEvent) => {
      if (event.target === it && dismissible && role === 'dialog') close.current();
    };
    const cancel = (event: Event) => event.preventDefault();
    it.addEventListener('keydown', key);
    it.addEventListener('mousedown', outside);
    it.addEventListener('cancel', cancel);
    return () => {
      it.removeEventListener('keydown', key);
      it.removeEventListener('mousedown', outside);
      it.removeEventListener('cancel', cancel);
    };
  }, [dismissible, role]);

  return (
    <dialog
      ref={box}
      role={role}
      aria-labelledby={titleId}
      aria-modal="true"
      className={style.dialog}
      style={{ width }}
    >
      <div className={style.content}>
        <header className={style.header}>
          <h2 id={titleId} className={style.title}>
            {title}
          </h2>
          {dismissible && role === 'dialog' && <IconButton icon="close" label={t('close')} onClick={onClose} />}
        </header>
        <div className={style.body}>{children}</div>
        {footer && <footer className={style.footer}>{footer}</footer>}
      </div>
    </dialog>
  );
}
