/** State of a screen that survives a reload of the window. Never for anything secret. */
import { type Dispatch, type SetStateAction, useEffect, useState } from 'react';

function load<T>(key: string, initial: T): T {
  try {
    const text = sessionStorage.getItem(key);
    if (text !== null) return JSON.parse(text) as T;
  } catch {
    // Nothing usable was kept.
  }
  return initial;
}

/** Like `useState`, kept in this window's session storage under `berth.<name>`. `check` refuses what no longer fits. */
export function useRemembered<T>(
  name: string,
  initial: T,
  check: (value: unknown) => boolean = () => true,
): [T, Dispatch<SetStateAction<T>>] {
  const key = `berth.${name}`;
  const [value, setValue] = useState<T>(() => {
    const loaded = load<T>(key, initial);
    return check(loaded) ? loaded : initial;
  });
  useEffect(() => {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Storage full or off: the screen works, it only forgets.
    }
  }, [key, value]);
  return [value, setValue];
}
