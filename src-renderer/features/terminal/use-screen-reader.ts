/** Whether xterm keeps its text readable for screen readers; costs speed, so it is a choice, remembered on this computer. */
import { useCallback, useState } from 'react';

const storageKey = 'berth.terminal.screenReader';

function read(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'on';
  } catch {
    // Storage switched off: off until chosen.
    return false;
  }
}

export function useScreenReader(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(read);
  const change = useCallback((wanted: boolean) => {
    setOn(wanted);
    try {
      localStorage.setItem(storageKey, wanted ? 'on' : 'off');
    } catch {
      // Only the memory across windows is lost.
    }
  }, []);
  return [on, change];
}
