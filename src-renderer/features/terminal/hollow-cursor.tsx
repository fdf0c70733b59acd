/** A hollow box over the cursor while no shell listens; xterm itself draws one only without focus. */
import { useEffect, useState } from 'react';
import type { Screen } from './screen.ts';
import style from './terminal.module.css';

/** Output may still be drawn for a moment after the link is gone, and the window may be resized. */
const lookMs = 250;

export function HollowCursor({ screen }: { readonly screen: Screen }) {
  const [box, setBox] = useState(() => screen.cursorBox());
  useEffect(() => {
    const timer = setInterval(() => setBox(screen.cursorBox()), lookMs);
    return () => clearInterval(timer);
  }, [screen]);
  return box && <div aria-hidden="true" className={style.hollow} style={box} />;
}
