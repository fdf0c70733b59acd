/** What happens in panes, as one object over all renders, which calls what the latest render handed in. */
import { useMemo, useRef } from 'react';
import type { PaneActions } from './pane.tsx';

export function useSteady(handlers: PaneActions): PaneActions {
  const latest = useRef(handlers);
  latest.current = handlers;
  return useMemo(
    () => ({
      attached: (...args) => latest.current.attached(...args),
      focused: (...args) => latest.current.focused(...args),
      left: (...args) => latest.current.left(...args),
      moved: (...args) => latest.current.moved(...args),
      endSearch: () => latest.current.endSearch(),
      open: (...args) => latest.current.open(...args),
      titled: (...args) => latest.current.titled(...args),
      rang: (...args) => latest.current.rang(...args),
      programCopied: (...args) => latest.current.programCopied(...args),
      copied: (...args) => latest.current.copied(...args),
      pasted: (...args) => latest.current.pasted(...args),
    }),
    [],
  );
}
