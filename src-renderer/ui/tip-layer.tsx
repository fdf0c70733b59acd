/**
 * One tooltip for the whole window, driven by `data-tip` attributes. A list of hundreds of buttons then costs no more
 * than one, and a disabled control can still say why.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import style from './tip-layer.module.css';

const delayMs = 350;

/** Navigation words are drawn in a wide window; only the folded one needs them as tooltips. */
const tipSelector = () => (innerWidth <= 1000 ? '[data-tip], [data-tip-narrow]' : '[data-tip]');

interface Tip {
  readonly text: string;
  readonly box: DOMRect;
}

export function TipLayer() {
  const [tip, setTip] = useState<Tip | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let owner: Element | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      owner = null;
      setTip(null);
    };
    const consider = (target: EventTarget | null, waitMs: number) => {
      const found = target instanceof Element ? target.closest(tipSelector()) : null;
      if (found === owner) return;
      hide();
      if (!found) return;
      owner = found;
      timer = setTimeout(() => {
        const text = found.getAttribute('data-tip') ?? found.getAttribute('data-tip-narrow');
        if (text && found.isConnected) setTip({ text, box: found.getBoundingClientRect() });
      }, waitMs);
    };
    const over = (event: PointerEvent) => consider(event.target, delayMs);
    const focus = (event: FocusEvent) => {
      // Only for the keyboard: after a click the pointer already told.
      if (event.target instanceof Element && event.target.matches(':focus-visible')) consider(event.target, 0);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide();
    };
    document.addEventListener('pointerover', over);
    document.addEventListener('pointerdown', hide, true);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', hide);
    document.addEventListener('keydown', key);
    document.addEventListener('scroll', hide, true);
    document.documentElement.addEventListener('pointerleave', hide);
    return () => {
      hide();
      document.removeEventListener('pointerover', over);
      document.removeEventListener('pointerdown', hide, true);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('keydown', key);
      document.removeEventListener('scroll', hide, true);
      document.documentElement.removeEventListener('pointerleave', hide);
    };
  }, []);

  useLayoutEffect(() => {
    const it = box.current;
    if (!it || !tip) return;
    // The top layer, so that it also stands over an open dialog.
    it.showPopover();
    const left = tip.box.left + tip.box.width / 2 - it.offsetWidth / 2;
    const below = tip.box.bottom + 6;
    const fits = below + it.offsetHeight < innerHeight - 4;
    it.style.left = `${Math.max(4, Math.min(left, innerWidth - it.offsetWidth - 4))}px`;
    it.style.top = `${fits ? below : tip.box.top - it.offsetHeight - 6}px`;
  }, [tip]);

  if (!tip) return null;
  return (
    // The text is already the control's name or description; a second announcement would only disturb.
    <div ref={box} popover="manual" className={style.tip} aria-hidden="true">
      {tip.text}
    </div>
  );
}
