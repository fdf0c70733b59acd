/** Drags a tab to another place among the others with a mouse or pen; they make way as it passes their middle. */
import { type PointerEvent, type RefObject, useRef, useState } from 'react';

/** Less is a click by an unsteady hand. */
const beginsAfterPx = 5;

interface Options {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly onMove: (from: number, to: number) => void;
}

interface Drag {
  readonly startX: number;
  readonly pointerId: number;
  at: number;
  isMoving: boolean;
}

export interface TabDrag {
  /** The tab under way. */
  readonly dragged: number | null;
  readonly begin: (at: number, event: PointerEvent) => void;
  readonly move: (event: PointerEvent) => void;
  readonly end: () => void;
  /** The click that ends a drag is none. */
  readonly wasDragged: () => boolean;
}

export function useTabDrag({ list, onMove }: Options): TabDrag {
  const drag = useRef<Drag | null>(null);
  const justDragged = useRef(false);
  const [dragged, setDragged] = useState<number | null>(null);

  function end(): void {
    justDragged.current = drag.current?.isMoving ?? false;
    // The click comes within this turn, if at all; a later one is meant.
    setTimeout(() => {
      justDragged.current = false;
    });
    drag.current = null;
    setDragged(null);
  }

  return {
    dragged,
    begin: (at, { button, pointerType, clientX, pointerId }) => {
      // A finger scrolls the tabs.
      if (button !== 0 || pointerType === 'touch') return;
      drag.current = { at, startX: clientX, pointerId, isMoving: false };
    },
    move: ({ clientX }) => {
      const it = drag.current;
      const tabs = [...(list.current?.children ?? [])];
      if (!it || tabs.length < 2) return;
      if (!it.isMoving) {
        if (Math.abs(clientX - it.startX) < beginsAfterPx) return;
        it.isMoving = true;
        // From here on it goes on outside of the strip, too.
        list.current?.setPointerCapture(it.pointerId);
        setDragged(it.at);
      }
      const middleOf = (at: number) => {
        const box = tabs[at]?.getBoundingClientRect();
        return box ? box.left + box.width / 2 : null;
      };
      const [left, right] = [middleOf(it.at - 1), middleOf(it.at + 1)];
      const to = left !== null && clientX < left ? it.at - 1 : right !== null && clientX > right ? it.at + 1 : it.at;
      if (to === it.at) return;
      onMove(it.at, to);
      it.at = to;
      setDragged(to);
    },
    end,
    wasDragged: () => justDragged.current,
  };
}
