/** The title of a terminal window, with a mark while a bell rang that nobody was there to see. */
import { useCallback, useEffect, useState } from 'react';

/** Answers what to call when a bell rings. */
export function useTitle(title: string): () => void {
  const [unseenBell, setUnseenBell] = useState(false);
  useEffect(() => {
    document.title = `${unseenBell ? '● ' : ''}${title}`;
  }, [title, unseenBell]);
  useEffect(() => {
    const seen = () => setUnseenBell(false);
    addEventListener('focus', seen);
    return () => removeEventListener('focus', seen);
  }, []);
  return useCallback(() => {
    if (!document.hasFocus()) setUnseenBell(true);
  }, []);
}
