/** Waiting in words: nothing for the first 300 ms, then a sentence, and after 3 s the seconds. */
import { useEffect, useState } from 'react';
import style from './loading.module.css';
import { useUiWords } from './words.ts';

/** Milliseconds since `since` (or since mounted), ticking once a second. */
export function useElapsed(since?: number): number {
  const [start] = useState(() => Date.now());
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, now - (since ?? start));
}

export function Loading({ words, delayMs = 300 }: { readonly words?: string; readonly delayMs?: number }) {
  const t = useUiWords();
  const elapsedMs = useElapsed();
  const [shown, setShown] = useState(delayMs === 0);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), delayMs);
    return () => clearTimeout(timer);
  }, [delayMs]);
  return (
    <div role="status" className={style.loading}>
      {shown && (
        <>
          <span className={style.ring} aria-hidden="true" />
          <span>{words ?? t('loading')}</span>
          {elapsedMs >= 3000 && (
            <span className="soft numbers">{t('seconds', { n: Math.floor(elapsedMs / 1000) })}</span>
          )}
        </>
      )}
    </div>
  );
}
