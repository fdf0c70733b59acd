/** The contract's `terminals` streams. */
import type { StreamHandlers } from '../handlers.ts';
import { Terminal, type TerminalDeps } from './terminal.ts';

export function terminalsHandlers(deps: TerminalDeps): StreamHandlers['terminals'] {
  return {
    attach: (input, port) => {
      new Terminal(deps, input, port);
    },
  };
}
