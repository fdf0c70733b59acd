/**
 * Which line stands at the top of a list so long that no browser could make it high enough: small steps move by the pixel,
 * a drag of the scroll bar by its share of the whole. Pure.
 */

/** Browsers clip elements somewhere above 16 million pixels. */
export const maxHeightPx = 8_000_000;

export interface ScrollPlace {
  /** Pixels, as the element has it. */
  readonly scrollTop: number;
  /** Lines, with a fraction. */
  readonly top: number;
}

export interface ScrollFrame {
  readonly lines: number;
  readonly rowPx: number;
  readonly viewPx: number;
}

export function heightPx({ lines, rowPx }: ScrollFrame): number {
  return Math.min(lines * rowPx, maxHeightPx);
}

export function lastTop({ lines, rowPx, viewPx }: ScrollFrame): number {
  return Math.max(0, lines - viewPx / rowPx);
}

/** The element was scrolled to `scrollTop`. */
export function scrolledTo(before: ScrollPlace, scrollTop: number, frame: ScrollFrame): ScrollPlace {
  const most = Math.max(0, heightPx(frame) - frame.viewPx);
  const isWhole = frame.lines * frame.rowPx <= maxHeightPx;
  if (isWhole) return { scrollTop, top: scrollTop / frame.rowPx };
  if (scrollTop <= 0) return { scrollTop: 0, top: 0 };
  if (scrollTop >= most - 0.5) return { scrollTop, top: lastTop(frame) };
  const step = scrollTop - before.scrollTop;
  const top = Math.abs(step) < frame.viewPx * 2 ? before.top + step / frame.rowPx : (scrollTop / most) * lastTop(frame);
  return { scrollTop, top: clamp(top, frame) };
}

/** Where the scroll bar stands when that line is at the top. */
export function placeOf(top: number, frame: ScrollFrame): ScrollPlace {
  const most = Math.max(0, heightPx(frame) - frame.viewPx);
  const at = clamp(top, frame);
  if (frame.lines * frame.rowPx <= maxHeightPx) return { scrollTop: Math.min(most, at * frame.rowPx), top: at };
  const last = lastTop(frame);
  return { scrollTop: last === 0 ? 0 : (at / last) * most, top: at };
}

function clamp(top: number, frame: ScrollFrame): number {
  return Math.max(0, Math.min(top, lastTop(frame)));
}
