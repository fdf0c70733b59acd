/** The contract's `terminals`: streams to shells, and what is asked about shells that tmux keeps. */

import { BerthError } from '../base/berth-error.ts';
import type { CallContext, Handlers, StreamHandlers } from '../handlers.ts';
import type { SessionRefValue } from '../links/links-service.ts';
import { collect } from './ssh-way.ts';
import { Terminal, type TerminalDeps } from './terminal.ts';
import { endCommand, listCommand, outputCommand, readList } from './tmux.ts';

const askTimeoutMs = 10_000;
const outputTimeoutMs = 60_000;
const maxListLength = 256 * 1024;
/** Characters of a saved output; tmux keeps 50,000 lines, so only very long ones come to more. */
const maxOutputLength = 32 * 1024 * 1024;

export function terminalsStreams(deps: TerminalDeps): StreamHandlers['terminals'] {
  const open = new Map<string, Terminal>();
  return {
    attach: (input, port) => {
      const name = `${input.accountId}/${input.sessionId}/${input.terminalId}`;
      const before = open.get(name);
      if (before?.handOver(input, port)) return;
      const terminal: Terminal = new Terminal(deps, input, port, () => {
        if (open.get(name)?.isOver) open.delete(name);
      });
      if (!terminal.isOver) open.set(name, terminal);
      // After the other one has taken hold of the link, which nobody would want for a moment otherwise.
      before?.leave();
    },
  };
}

export function terminalsHandlers({ links, clock }: TerminalDeps): Handlers['terminals'] {
  /** Asks over a link that is up; this alone never brings one up. */
  const ask = async (
    ref: SessionRefValue,
    command: string,
    maxLength: number,
    timeoutMs: number,
    { signal }: CallContext,
  ) => {
    const use = links.acquire(ref, { kind: 'terminal' });
    try {
      const { connection } = use;
      if (!connection) throw new BerthError('tunnel-lost', { place: 'container', retry: 'user' });
      signal.throwIfAborted();
      return await collect(connection, command, maxLength, timeoutMs, clock);
    } finally {
      await use.dispose();
    }
  };
  return {
    kept: async (ref, context) =>
      readList((await ask(ref, listCommand(ref.sessionId), maxListLength, askTimeoutMs, context)).text),
    end: async ({ terminalId, ...ref }, context) => {
      await ask(ref, endCommand(ref.sessionId, terminalId), maxListLength, askTimeoutMs, context);
    },
    output: async ({ terminalId, ...ref }, context) => {
      const command = outputCommand(ref.sessionId, terminalId);
      const { text, isWhole } = await ask(ref, command, maxOutputLength, outputTimeoutMs, context);
      return { text, cut: !isWhole };
    },
  };
}
