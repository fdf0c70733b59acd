/**
 * A dialog over the window on the browser's own `<dialog>`: focus stays inside, Escape closes, focus returns. Rendered
 * means open.
 */
import { createContext, type ReactNode, useContext, useEffect, useId, useLayoutEffect, useRef } from 'react';
import style from './dialog.module.css';
import { IconButton } from './icon-button.tsx';
import { useUiWords } from './words.ts';

/** A bar that every dialog shows on top, because what lies behind an open dialog cannot be reached. */
export const DialogNotice = createContext<ReactNode>(null);

/** Open ones, the topmost last. */
const open: HTMLDialogElement[] = [];

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
  const notice = useContext(DialogNotice);
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
    open.push(it);
    it.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      open.splice(open.indexOf(it), 1);
      it.close();
    };
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
    // A focused button that becomes disabled leaves the focus on nothing: then no key passes through the dialog.
    const keyOfNobody = (event: KeyboardEvent) => {
      const { target } = event;
      if ((target === document.body || target === document.documentElement) && open.at(-1) === it) key(event);
    };
    const cancel = (event: Event) => {
      if (event.target !== it) return;
      event.preventDefault();
      if (dismissible) close.current();
    };
    it.addEventListener('keydown', key);
    document.addEventListener('keydown', keyOfNobody);
    it.addEventListener('mousedown', outside);
    it.addEventListener('cancel', cancel);
    return () => {
      it.removeEventListener('keydown', key);
      document.removeEventListener('keydown', keyOfNobody);
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
        {notice}
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
