/** A menu at a button: arrow keys, first letters, Escape; focus goes back to where it came from. One open at a time. */
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { Icon, type IconName } from './icons.tsx';
import style from './menu.module.css';
import { refused } from './refused.ts';

export interface MenuItem {
  readonly id: string;
  readonly label: ReactNode;
  readonly icon?: IconName;
  readonly shortcut?: string;
  /** Ticked, for a choice among several. */
  readonly checked?: boolean;
  /** A line above. */
  readonly separated?: boolean;
  /** Why it cannot be chosen now. */
  readonly reason?: string | null;
  readonly onSelect: () => void;
}

interface Props {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly align?: 'start' | 'end';
  readonly onClose: () => void;
}

export function Menu({ anchor, label, items, align = 'end', onClose }: Props) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    it.showPopover();
    const at = anchor.getBoundingClientRect();
    const left = align === 'end' ? at.right - it.offsetWidth : at.left;
    const fits = at.bottom + 4 + it.offsetHeight < innerHeight - 4;
    it.style.left = `${Math.max(4, Math.min(left, innerWidth - it.offsetWidth - 4))}px`;
    it.style.top = `${fits ? at.bottom + 4 : Math.max(4, at.top - it.offsetHeight - 4)}px`;
    it.querySelector<HTMLElement>('button')?.focus();
  }, [anchor, align]);

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target) && !anchor.contains(event.target)) {
        onClose();
      }
    };
    document.addEventListener('pointerdown', outside, true);
    addEventListener('resize', onClose);
    addEventListener('blur', onClose);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      removeEventListener('resize', onClose);
      removeEventListener('blur', onClose);
    };
  }, [anchor, onClose]);

  const key = (event: KeyboardEvent) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const now = buttons.indexOf(document.activeElement as HTMLElement);
    const go = (to: number) => {
      event.preventDefault();
      buttons[(to + buttons.length) % buttons.length]?.focus();
    };
    event.stopPropagation();
    if (event.key === 'ArrowDown') go(now + 1);
    else if (event.key === 'ArrowUp') go(now - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(buttons.length - 1);
    else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose();
      anchor.focus();
    } else if (event.key.length === 1) {
      const letter = event.key.toLowerCase();
      const after = [...buttons.slice(now + 1), ...buttons.slice(0, now + 1)];
      after.find((it) => it.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
    }
  };

  return (
    <div ref={box} popover="manual" role="menu" aria-label={label} tabIndex={-1} className={style.menu} onKeyDown={key}>
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          {...(item.checked === undefined ? {} : { 'aria-checked': item.checked })}
          tabIndex={-1}
          className={style.item}
          data-separated={item.separated || undefined}
          {...refused(item.reason)}
          onClick={() => {
            if (item.reason) return;
            onClose();
            // First, so that a dialog opened by the item returns focus to the same place.
            anchor.focus();
            item.onSelect();
          }}
        >
          <span className={style.icon}>
            {item.checked ? <Icon name="check" /> : item.icon ? <Icon name={item.icon} /> : null}
          </span>
          <span className={style.label}>{item.label}</span>
          {item.shortcut && <span className={style.shortcut}>{item.shortcut}</span>}
        </button>
      ))}
    </div>
  );
}
